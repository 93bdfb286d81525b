// SPDX-License-Identifier: MIT
#include <hybrec/sparse/csc.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <vector>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;
using by_column = hr::csc_matrix<user_index, item_index, float>;

static_assert(!std::constructible_from<by_column, hr::user_items>); // compressed by row
static_assert(std::constructible_from<by_column, hr::item_users>);

TEST_CASE("csc_matrix") {
    const hr::user_items rows({0, 2, 3}, {item_index(0), item_index(2), item_index(2)}, {1, 2, 3},
                              4);
    const by_column matrix = hr::to_csc(rows);
    SUBCASE("has the shape of the matrix it stands for") {
        CHECK(matrix.row_count() == 2);
        CHECK(matrix.column_count() == 4);
        CHECK(matrix.entry_count() == 3);
    }
    SUBCASE("columns ascend by row") {
        std::vector<hr::weighted_user> entries;
        for (const auto entry : matrix.column(item_index(2)))
            entries.push_back(entry);
        CHECK(entries == std::vector<hr::weighted_user>{{user_index(0), 2}, {user_index(1), 3}});
        CHECK(matrix.column(item_index(1)).empty());
        CHECK(matrix.column(item_index(3)).empty());
    }
    SUBCASE("round trip") {
        CHECK(hr::to_csr(matrix) == rows);
        CHECK(by_column{matrix.transposed()} == matrix);
        CHECK(by_column{} == hr::to_csc(hr::user_items{}));
    }
}
