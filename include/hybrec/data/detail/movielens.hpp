// SPDX-License-Identifier: MIT
/// @file
/// Reads the forms in which MovieLens is published (Harper and Konstan 2015).
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/data/dataset.hpp>
#include <hybrec/data/delimited.hpp>
#include <hybrec/data/detail/item_table.hpp>
#include <hybrec/data/interaction_columns.hpp>
#include <hybrec/data/read_interactions.hpp>

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// "latest", 20M, 25M, 32M: `ratings.csv`, `movies.csv`.
template <class = on_use>
[[nodiscard]] dataset read_movielens_csv(const std::filesystem::path& ratings, bool) {
    dataset data{.log = read_interactions(ratings)};
    const auto movies = std::filesystem::path{ratings}.replace_filename("movies.csv");
    if (std::filesystem::exists(movies))
        read_item_table(data, movies, {.delimiter = ","}, {.id = 0, .title = 1, .categories = 2},
                        "|", true);
    return data;
}

template <class = on_use>
void read_movies_dat(dataset& data, const std::filesystem::path& folder) {
    if (std::filesystem::exists(folder / "movies.dat"))
        read_item_table(data, folder / "movies.dat", {.delimiter = "::"},
                        {.id = 0, .title = 1, .categories = 2}, "|", false);
}

/// 1M and 10M: `ratings.dat`, `movies.dat`.
template <class = on_use>
[[nodiscard]] dataset read_movielens_dat(const std::filesystem::path& ratings, bool) {
    dataset data{.log =
                     read_interactions(ratings, {.delimiter = "::", .header = header_row::absent})};
    read_movies_dat(data, ratings.parent_path());
    return data;
}

/// User and movie only: `interactions.tsv`, `movies.dat`.
template <class = on_use>
[[nodiscard]] dataset read_movielens_pairs(const std::filesystem::path& pairs, bool) {
    dataset data{.log = read_interactions(pairs)};
    read_movies_dat(data, pairs.parent_path());
    return data;
}

/// 100K: `u.data`, `u.item` with a flag for each genre.
template <class = on_use>
[[nodiscard]] dataset read_movielens_100k(const std::filesystem::path& ratings, bool) {
    // The genres in the order of their flags, from the data set's README; "unknown" is left out.
    constexpr auto genres = std::to_array<std::string_view>(
        {"", "Action", "Adventure", "Animation", "Children's", "Comedy", "Crime", "Documentary",
         "Drama", "Fantasy", "Film-Noir", "Horror", "Musical", "Mystery", "Romance", "Sci-Fi",
         "Thriller", "War", "Western"});
    constexpr std::size_t first_flag = 5;
    dataset data{.log =
                     read_interactions(ratings, {.delimiter = "\t", .header = header_row::absent})};
    const auto movies = std::filesystem::path{ratings}.replace_filename("u.item");
    if (!std::filesystem::exists(movies))
        return data;
    delimited_reader reader{movies, {.delimiter = "|"}};
    while (reader.next()) {
        if (reader.fields().size() != first_flag + genres.size())
            throw reader.error_at(0, "the row has " + std::to_string(reader.fields().size()) +
                                         " fields; expected " +
                                         std::to_string(first_flag + genres.size()));
        std::vector<std::string> categories;
        for (std::size_t genre = 1; genre < genres.size(); ++genre)
            if (reader[first_flag + genre] == "1")
                categories.emplace_back(genres[genre]);
        describe_item(data, reader[0], std::string{reader[1]}, std::move(categories));
    }
    return data;
}

} // namespace hybrec::detail
