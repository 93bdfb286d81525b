// SPDX-License-Identifier: MIT
/// @file
/// The fields that networks of categories are measured on: the user, the item, and two of its genres.
#pragma once

#include "../npy.hpp"

#include <hybrec/data/dataset.hpp>
#include <hybrec/neural/field_samples.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hybrec::benchmarks {

/// Of every item: its number, its first and its second genre, counting from 1; 0 where there is none.
[[nodiscard]] inline std::vector<std::array<std::uint32_t, 3>>
item_categories(const dataset& data) {
    std::map<std::string, std::uint32_t> numbers;
    std::vector<std::array<std::uint32_t, 3>> all(data.log.matrix.column_count());
    for (std::size_t item = 0; item < all.size(); ++item) {
        all[item][0] = static_cast<std::uint32_t>(item);
        for (std::size_t at = 0;
             at < 2 && item < data.categories.size() && at < data.categories[item].size(); ++at)
            all[item][at + 1] =
                numbers.try_emplace(data.categories[item][at], numbers.size() + 1).first->second;
    }
    return all;
}

/// A sample for every rating, labelled 0 to 1 from the lowest to the highest of 10.
[[nodiscard]] inline neural::field_samples make_fields(const dataset& data) {
    const auto of_items = item_categories(data);
    std::uint32_t genres = 0;
    for (const auto& categories : of_items)
        genres = std::max({genres, categories[1], categories[2]});
    const user_items& ratings = data.log.matrix;
    neural::field_samples samples{
        {ratings.row_count(), ratings.column_count(), genres + 1, genres + 1}};
    for (std::size_t user = 0; user < ratings.row_count(); ++user)
        for (const auto [item, rating] : ratings.row(user_index(user))) {
            const auto& [number, first, second] = of_items[item.value()];
            samples.add(std::array{static_cast<std::uint32_t>(user), number, first, second},
                        std::clamp((rating - 1) / 9, 0.0F, 1.0F));
        }
    return samples;
}

/// `sizes`, then a column per field, then `labels`.
inline void write_fields(const std::filesystem::path& folder,
                         const neural::field_samples& samples) {
    std::filesystem::create_directories(folder);
    const std::vector<std::int64_t> sizes(samples.sizes().begin(), samples.sizes().end());
    write_npy<std::int64_t>(folder / "sizes.npy", sizes);
    for (std::size_t field = 0; field < sizes.size(); ++field) {
        std::vector<std::int64_t> column(samples.size());
        for (std::size_t at = 0; at < column.size(); ++at)
            column[at] = samples.category(at, field);
        write_npy<std::int64_t>(folder / (std::to_string(field) + ".npy"), column);
    }
    std::vector<float> labels(samples.size());
    for (std::size_t at = 0; at < labels.size(); ++at)
        labels[at] = samples.label(at);
    write_npy<float>(folder / "labels.npy", labels);
}

} // namespace hybrec::benchmarks
