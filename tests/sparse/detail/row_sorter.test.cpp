// SPDX-License-Identifier: MIT
/// @file
/// Tests of sorting the entries of one row.
#include <hybrec/sparse/detail/row_sorter.hpp>

#include <hybrec/core/index.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace hr = hybrec;
using hr::item_index;

TEST_CASE("row_sorter") {
    const hr::counter_random random{6};
    // Rows around the size from which on radix sorts, and columns of one to four digits.
    for (const std::size_t column_count :
         {std::size_t{1}, std::size_t{2}, std::size_t{255}, std::size_t{256}, std::size_t{257},
          std::size_t{30'000}, std::size_t{70'000}, hr::max_index_count}) {
        hr::detail::row_sorter<item_index, float> sorter{column_count};
        for (const std::size_t size :
             {std::size_t{0}, std::size_t{1}, std::size_t{31}, std::size_t{32}, std::size_t{33},
              std::size_t{500}, std::size_t{40}}) {
            std::vector<std::pair<item_index, float>> expected;
            std::vector<item_index> columns;
            std::vector<float> values;
            for (std::size_t at = 0; at < size; ++at) {
                columns.push_back(item_index(random.below(column_count, 1000 * size + at)));
                values.push_back(static_cast<float>(at));
                expected.emplace_back(columns.back(), values.back());
            }
            std::stable_sort(expected.begin(), expected.end(),
                             [](auto left, auto right) { return left.first < right.first; });
            sorter.sort(columns, values);
            for (std::size_t at = 0; at < size; ++at) {
                REQUIRE(columns[at] == expected[at].first);
                REQUIRE(values[at] == expected[at].second);
            }
        }
    }
}
