// SPDX-License-Identifier: MIT
#include <hybrec/sparse/coo.hpp>

#include <doctest/doctest.h>

#include <algorithm>

namespace hr = hybrec;
using hr::item_index;
using hr::user_index;

TEST_CASE("coo_matrix") {
    hr::coo_matrix<user_index, item_index, float> matrix;
    SUBCASE("the shape grows with the entries") {
        CHECK(matrix.row_count() == 0);
        CHECK(matrix.column_count() == 0);
        matrix.add(user_index(2), item_index(5), 1);
        CHECK(matrix.row_count() == 3);
        CHECK(matrix.column_count() == 6);
        matrix.add(user_index(0), item_index(0), 1);
        CHECK(matrix.row_count() == 3);
        CHECK(matrix.column_count() == 6);
    }
    SUBCASE("a given shape is the least") {
        hr::coo_matrix<user_index, item_index, float> shaped{4, 5};
        shaped.add(user_index(1), item_index(9), 1);
        CHECK(shaped.row_count() == 4);
        CHECK(shaped.column_count() == 10);
    }
    SUBCASE("entries keep their order, duplicates included") {
        matrix.reserve(3);
        matrix.add(user_index(1), item_index(1), 2);
        matrix.add(user_index(0), item_index(1), 3);
        matrix.add(user_index(1), item_index(1), 4);
        REQUIRE(matrix.entry_count() == 3);
        CHECK(matrix.entries()[2] ==
              hr::triplet<user_index, item_index, float>{user_index(1), item_index(1), 4});
        CHECK(std::equal(matrix.begin(), matrix.end(), matrix.entries().begin()));
        CHECK(matrix.entries()[0] != matrix.entries()[2]);
    }
}
