// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/detail/ranked_columns.hpp>

#include <hybrec/core/index.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

using namespace hybrec;

TEST_CASE("ranked_entry holds a rank and a value") {
    using short_entry = detail::ranked_entry<std::uint32_t>;
    using long_entry = detail::ranked_entry<std::uint64_t>;
    for (const float value : {0.0F, 1.0F, -3.0F, 0.5F, 256.0F, 0x1.8p100F}) {
        CHECK(short_entry::holds(value));
        CHECK(short_entry{65'535, value}.value() == value);
        CHECK(short_entry{65'535, value}.rank() == 65'535);
    }
    for (const float value : {257.0F, 0.1F, std::numeric_limits<float>::denorm_min()}) {
        CHECK(!short_entry::holds(value));
        CHECK(long_entry::holds(value));
        CHECK(long_entry{4'000'000'000, value}.value() == value);
        CHECK(long_entry{4'000'000'000, value}.rank() == 4'000'000'000);
    }
}

TEST_CASE("ranked_columns counts every common row once, densely or one by one") {
    // User u has the items below 30·u, and one more: item 199 − u. The last user has 128 of them,
    // which is where its row ceases to be dense.
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < 7; ++user) {
        for (std::size_t item = 0; item < (user < 6 ? 30 * user : 128); ++item)
            entries.add(user_index(user), item_index(item), static_cast<float>(item % 5 + user));
        entries.add(user_index(user), item_index(199 - user), 2);
    }
    const auto matrix =
        build_csr<user_index, item_index, float>(entries, {.row_count = 7, .column_count = 200});
    using ranked = detail::ranked_columns<item_index, std::uint32_t>;
    const ranked columns{matrix.view(), false, {}};
    REQUIRE(columns.count() == 200);
    CHECK(columns.column(0) == item_index{0}); // of the fullest ones the first
    CHECK(columns.rank_of(item_index{150}) > columns.rank_of(item_index{199}));
    CHECK(columns.squares(columns.rank_of(item_index{120})) == 25 + 36); // of users 5 and 6
    CHECK(columns.dense_end() == 192); // of user 5, who has 150 of them
    ranked::dense_scratch scratch;
    aligned_vector<std::uint32_t> cursors = columns.cursors();
    for (std::size_t rank = columns.count(); rank-- > 0;) {
        std::vector<float> products(columns.count());
        columns.visit_rows(rank, cursors, [&](float weight, auto others) {
            for (const auto& other : others)
                products[other.rank()] += weight * other.value();
        });
        const std::size_t first = rank / ranked::group * ranked::group;
        if (first < columns.dense_end()) {
            columns.dense_products<simd::default_arch>(
                first, std::min(first + ranked::group, columns.count()), scratch);
            for (std::size_t other = 0; other < rank; ++other)
                products[other] += scratch.products[(rank - first) * columns.stride() + other];
        }
        for (std::size_t other = 0; other < rank; ++other) {
            float expected = 0;
            for (std::size_t user = 0; user < 7; ++user) {
                const auto row = matrix.row(user_index(user));
                float of_rank = 0, of_other = 0;
                for (const auto [item, value] : row) {
                    of_rank += item == columns.column(rank) ? value : 0;
                    of_other += item == columns.column(other) ? value : 0;
                }
                expected += of_rank * of_other;
            }
            CHECK(products[other] == expected);
        }
    }
}
