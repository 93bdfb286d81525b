// SPDX-License-Identifier: MIT
/// @file
/// Reads the forms of other well-known data sets.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/data/dataset.hpp>
#include <hybrec/data/delimited.hpp>
#include <hybrec/data/detail/item_table.hpp>
#include <hybrec/data/detail/merge_logs.hpp>
#include <hybrec/data/detail/user_lists.hpp>
#include <hybrec/data/read_interactions.hpp>
#include <hybrec/data/read_user_lists.hpp>

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hybrec::detail {

/// RecBole's atomic files: `name.inter`, `name.item`.
template <class = on_use>
[[nodiscard]] dataset read_atomic_files(const std::filesystem::path& interactions, bool) {
    dataset data{.log = read_interactions(interactions)};
    const auto items = std::filesystem::path{interactions}.replace_extension(".item");
    if (std::filesystem::exists(items))
        read_named_item_table(data, items, {.delimiter = "\t"}, " ");
    return data;
}

/// `anime_history.dat` or `anime_ratings.dat`, `anime_info.dat`.
template <class = on_use>
[[nodiscard]] dataset read_anime(const std::filesystem::path& interactions, bool) {
    dataset data{.log = read_interactions(interactions)};
    const auto items = std::filesystem::path{interactions}.replace_filename("anime_info.dat");
    if (std::filesystem::exists(items))
        read_named_item_table(data, items, {.delimiter = "\t"}, ",");
    return data;
}

/// HetRec 2011 Last.fm: `user_artists.dat`, `artists.dat`.
template <class = on_use>
[[nodiscard]] dataset read_lastfm(const std::filesystem::path& interactions, bool) {
    dataset data{.log = read_interactions(interactions)};
    const auto items = std::filesystem::path{interactions}.replace_filename("artists.dat");
    if (std::filesystem::exists(items))
        read_named_item_table(data, items, {.delimiter = "\t"}, ",");
    return data;
}

/// `book_history.dat` or `book_ratings.dat`, `items_info.dat`. The latter was once separated by
/// `;`, so that a tab now follows every "&amp": rows are ragged, and titles are put together again.
template <class = on_use>
[[nodiscard]] dataset read_book_crossing(const std::filesystem::path& interactions, bool) {
    dataset data{.log = read_interactions(interactions)};
    const auto items = std::filesystem::path{interactions}.replace_filename("items_info.dat");
    if (!std::filesystem::exists(items))
        return data;
    delimited_reader reader{items, {.delimiter = "\t", .ragged = true}};
    constexpr std::size_t title_column = 2;
    while (reader.next()) {
        const auto fields = reader.fields();
        if (fields.size() <= title_column)
            throw reader.error_at(0, "the row has " + std::to_string(fields.size()) +
                                         " fields; expected at least 3");
        std::string title{fields[title_column]};
        for (std::size_t at = title_column + 1; at < fields.size() && title.ends_with("&amp");
             ++at) {
            title.erase(title.size() - 3);
            title += fields[at];
        }
        describe_item(data, fields[0], std::move(title));
    }
    return data;
}

/// Adds another part of a published split, under the id maps of the first.
template <class = on_use>
void add_fixed_part(dataset& data, const interaction_log& more, std::optional<user_items>& part) {
    part = merge_ids(data.log, more);
    if (data.validation)
        data.validation = widened(*data.validation, part->row_count(), part->column_count());
}

/// `train.txt` and `test.txt`, perhaps `valid.txt`: lists (as LightGCN's) or tables. All have the
/// form of the training part; a list of constant length could not be told from a table.
template <class = on_use>
[[nodiscard]] dataset read_fixed_split(const std::filesystem::path& train, bool whole) {
    const bool lists = is_user_lists(train);
    const auto read = [&](const std::filesystem::path& path) {
        return lists ? read_user_lists(path) : read_interactions(path);
    };
    dataset data{.log = read(train)};
    if (!whole)
        return data;
    const auto add = [&](std::string_view stem, std::optional<user_items>& part) {
        const auto path = train.parent_path() / (std::string{stem} + train.extension().string());
        if (std::filesystem::exists(path))
            add_fixed_part(data, read(path), part);
    };
    add("valid", data.validation);
    add("test", data.test);
    return data;
}

/// The split of He et al. 2017 (neural collaborative filtering): `name.train.tsv` or
/// `name.train.rating`, `name.test.rating`.
template <class = on_use>
[[nodiscard]] dataset read_ncf_split(const std::filesystem::path& train, bool whole) {
    dataset data{.log = read_interactions(train)};
    if (!whole)
        return data;
    const std::string file = train.filename().string();
    const std::string stem = file.substr(0, file.rfind(".train."));
    const auto test = train.parent_path() / (stem + ".test.rating");
    if (std::filesystem::exists(test))
        add_fixed_part(data, read_interactions(test), data.test);
    return data;
}

} // namespace hybrec::detail
