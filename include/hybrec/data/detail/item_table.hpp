// SPDX-License-Identifier: MIT
/// @file
/// Attaches titles and categories from a table of items to a data set.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/dataset.hpp>
#include <hybrec/data/delimited.hpp>
#include <hybrec/data/detail/parse.hpp>
#include <hybrec/data/detail/table_header.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// The parts of `text` between separators, trimmed, without empty ones.
template <class = on_use>
[[nodiscard]] std::vector<std::string> split_list(std::string_view text,
                                                  std::string_view separator) {
    std::vector<std::string> parts;
    for (bool more = true; more;) {
        const std::size_t end = text.find(separator);
        more = end != std::string_view::npos;
        const std::string_view part = trimmed(text.substr(0, end));
        if (!part.empty())
            parts.emplace_back(part);
        if (more)
            text.remove_prefix(end + separator.size());
    }
    return parts;
}

/// Notes what is known about the item `id`; items that nobody interacted with are passed over.
template <class = on_use>
void describe_item(dataset& data, std::string_view id, std::string title,
                   std::vector<std::string> categories = {}) {
    const std::optional<item_index> item = data.log.items.find(id);
    if (!item)
        return;
    data.titles.resize(data.log.items.size());
    data.titles[item->value()] = std::move(title);
    if (categories.empty())
        return;
    data.categories.resize(data.log.items.size());
    data.categories[item->value()] = std::move(categories);
}

/// Columns of an item table without a header, from 0.
struct item_table_columns {
    std::size_t id = 0;
    std::size_t title = 1;
    std::optional<std::size_t> categories = std::nullopt;
};

/// Reads an item table whose columns are known.
/// @param separator between the categories within their field
template <class = on_use>
void read_item_table(dataset& data, const std::filesystem::path& path,
                     const delimited_options& options, const item_table_columns& columns,
                     std::string_view separator, bool has_header) {
    delimited_reader reader{path, options};
    if (has_header)
        static_cast<void>(reader.next());
    const std::size_t needed =
        std::max({columns.id, columns.title, columns.categories.value_or(0)});
    while (reader.next()) {
        if (reader.fields().size() <= needed)
            throw reader.error_at(0, "the row has " + std::to_string(reader.fields().size()) +
                                         " fields; expected at least " +
                                         std::to_string(needed + 1));
        std::vector<std::string> categories;
        if (columns.categories && reader[*columns.categories] != "(no genres listed)")
            categories = split_list(reader[*columns.categories], separator);
        describe_item(data, reader[columns.id], std::string{reader[columns.title]},
                      std::move(categories));
    }
}

inline constexpr std::array usual_title_names =
    std::to_array<std::string_view>({"title", "movietitle", "booktitle", "name", "itemname",
                                     "itemtitle", "producttitle", "productname", "artistname"});
inline constexpr std::array usual_category_names =
    std::to_array<std::string_view>({"genres", "genre", "class", "categories", "category", "tags"});

/// Reads an item table by the names in its header; without recognisable ones it changes nothing.
template <class = on_use>
void read_named_item_table(dataset& data, const std::filesystem::path& path,
                           const delimited_options& options, std::string_view separator) {
    constexpr std::array id_names =
        std::to_array<std::string_view>({"id", "itemid", "movieid", "animeids", "bookid"});
    item_table_columns columns;
    std::optional<std::size_t> id;
    std::optional<std::size_t> title;
    std::optional<std::size_t> year;
    delimited_reader reader{path, options};
    if (!reader.next())
        return;
    const table_header header{reader.file(), reader.line(), reader.fields()};
    id = header.recognised(id_names);
    title = header.recognised(usual_title_names);
    year = header.recognised(std::to_array<std::string_view>({"releaseyear"}));
    columns.categories = header.recognised(usual_category_names);
    if (!id || !title)
        return;
    std::vector<std::size_t> others;
    for (std::size_t column = 0; column < header.size(); ++column)
        if (column != *id && column != *title && column != columns.categories &&
            !header.name(column).empty()) {
            others.push_back(column);
            data.columns.push_back({header.name(column), {}});
            data.columns.back().texts.resize(data.log.items.size());
        }
    while (reader.next()) {
        if (const auto item = data.log.items.find(reader[*id]))
            for (std::size_t at = 0; at < others.size(); ++at)
                data.columns[at].texts[item->value()] = trimmed(reader[others[at]]);
        std::string text{reader[*title]};
        if (year && !trimmed(reader[*year]).empty())
            text += " (" + std::string{trimmed(reader[*year])} + ")";
        describe_item(data, reader[*id], std::move(text),
                      columns.categories ? split_list(reader[*columns.categories], separator)
                                         : std::vector<std::string>{});
    }
}

} // namespace hybrec::detail
