// SPDX-License-Identifier: MIT
/// @file
/// What describes the items to networks of features: their first two genres, a field each.
#pragma once

#include "../npy.hpp"

#include <hybrec/data/dataset.hpp>
#include <hybrec/neural/feature_fields.hpp>
#include <hybrec/sparse/build.hpp>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace hybrec::benchmarks {

/// Two fields of items over the same genres; a row is empty where an item has no such genre.
[[nodiscard]] inline neural::feature_fields genre_fields(const dataset& data) {
    std::map<std::string, std::size_t> numbers;
    for (const auto& genres : data.categories)
        for (const std::string& genre : genres)
            numbers.try_emplace(genre, numbers.size());
    neural::feature_fields fields;
    for (std::size_t place = 0; place < 2; ++place) {
        std::vector<triplet<item_index, feature_index, float>> entries;
        for (std::size_t item = 0; item < data.categories.size(); ++item)
            if (place < data.categories[item].size())
                entries.push_back({item_index(item),
                                   feature_index(numbers.at(data.categories[item][place])), 1.0F});
        fields.items.push_back(build_csr<item_index, feature_index, float>(
            entries,
            {.row_count = data.log.matrix.column_count(), .column_count = numbers.size()}));
    }
    return fields;
}

/// For peers: `sizes` of users, items and fields, and `0.npy`, `1.npy`: of every item, its category
/// counting from 1, or 0.
inline void write_fields(const std::filesystem::path& folder, const user_items& matrix,
                         const neural::feature_fields& fields) {
    std::filesystem::create_directories(folder);
    std::vector<std::int64_t> sizes{static_cast<std::int64_t>(matrix.row_count()),
                                    static_cast<std::int64_t>(matrix.column_count())};
    for (std::size_t field = 0; field < fields.items.size(); ++field) {
        std::vector<std::int64_t> categories(matrix.column_count());
        for (std::size_t item = 0; item < categories.size(); ++item)
            for (const feature_index category : fields.items[field].row(item_index(item)).columns())
                categories[item] = category.value() + 1;
        write_npy<std::int64_t>(folder / (std::to_string(field) + ".npy"), categories);
        sizes.push_back(static_cast<std::int64_t>(fields.items[field].column_count()) + 1);
    }
    write_npy<std::int64_t>(folder / "sizes.npy", sizes);
}

} // namespace hybrec::benchmarks
