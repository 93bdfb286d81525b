// SPDX-License-Identifier: MIT
/// @file
/// The table of data sets that are recognised by their files.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/data/dataset.hpp>
#include <hybrec/data/detail/movielens.hpp>
#include <hybrec/data/detail/other_datasets.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace hybrec::detail {

/// A data set known by the name of its file of interactions.
struct dataset_format {
    std::string_view name;
    std::string_view interactions; ///< a file's name; a leading `*` stands for any text
    std::string_view beside;       ///< other files that are read if they are there
    bool beside_required = false;  ///< whether a folder without `beside` is something else
    /// Reads it; `whole` asks for the parts of a published split as well.
    dataset (*read)(const std::filesystem::path& interactions, bool whole) = nullptr;

    [[nodiscard]] bool matches(std::string_view file) const noexcept {
        return interactions.starts_with('*')
                   ? file.size() >= interactions.size() && file.ends_with(interactions.substr(1))
                   : file == interactions;
    }
};

/// In the order of preference where a folder fits several.
template <class Use = on_use>
constexpr auto dataset_formats = std::to_array<dataset_format>({
    {"MovieLens latest, 20M and later", "ratings.csv", "movies.csv", false,
     read_movielens_csv<Use>},
    {"MovieLens 1M and 10M", "ratings.dat", "movies.dat", false, read_movielens_dat<Use>},
    {"MovieLens pairs", "interactions.tsv", "movies.dat", false, read_movielens_pairs<Use>},
    {"MovieLens 100K", "u.data", "u.item", false, read_movielens_100k<Use>},
    {"RecBole atomic files", "*.inter", "*.item", false, read_atomic_files<Use>},
    {"anime history", "anime_history.dat", "anime_info.dat", false, read_anime<Use>},
    {"anime ratings", "anime_ratings.dat", "anime_info.dat", false, read_anime<Use>},
    {"Last.fm (HetRec 2011)", "user_artists.dat", "artists.dat", false, read_lastfm<Use>},
    {"Book-Crossing history", "book_history.dat", "items_info.dat", false, read_book_crossing<Use>},
    {"Book-Crossing ratings", "book_ratings.dat", "items_info.dat", false, read_book_crossing<Use>},
    {"a fixed split", "train.txt", "test.txt", true, read_fixed_split<Use>},
    {"a fixed split", "train.tsv", "test.tsv", true, read_fixed_split<Use>},
    {"a fixed split", "train.csv", "test.csv", true, read_fixed_split<Use>},
    {"NCF split", "*.train.tsv", "*.test.rating", false, read_ncf_split<Use>},
    {"NCF split", "*.train.rating", "*.test.rating", false, read_ncf_split<Use>},
});

/// The file of interactions of a folder in this format; the first by name if several fit.
template <class = on_use>
[[nodiscard]] std::optional<std::filesystem::path>
find_interactions(const dataset_format& format, const std::filesystem::path& folder) {
    std::optional<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator{folder})
        if (format.matches(entry.path().filename().string()) && !entry.is_directory() &&
            (!found || entry.path() < *found))
            found = entry.path();
    if (found && format.beside_required && !std::filesystem::exists(folder / format.beside))
        return std::nullopt;
    return found;
}

/// What `find_interactions` looks for, for an error message.
template <class Use = on_use>
[[nodiscard]] std::string expected_files() {
    std::string text;
    for (const dataset_format& format : dataset_formats<Use>) {
        text += (text.empty() ? "" : "; ") + std::string{format.interactions};
        text += (format.beside_required ? " with " : " (and ") + std::string{format.beside};
        text += std::string{format.beside_required ? "" : ")"} + ": " + std::string{format.name};
    }
    return text;
}

} // namespace hybrec::detail
