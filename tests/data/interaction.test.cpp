// SPDX-License-Identifier: MIT
/// @file
/// Tests of events and of the matrix that they make.
#include <hybrec/data/interaction.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace hybrec;

static_assert(sizeof(interaction) == 24);

TEST_CASE("to_matrix") {
    const std::vector<interaction> events{
        {.user = user_index(1), .item = item_index(2), .weight = 2},
        {.user = user_index(0), .item = item_index(1)},
        {.user = user_index(1), .item = item_index(2), .weight = 5},
        {.user = user_index(1), .item = item_index(0), .weight = 3}};
    const auto matrix = to_matrix(events, 3, 4);
    CHECK(matrix.row_count() == 3);
    CHECK(matrix.column_count() == 4);
    CHECK(matrix.entry_count() == 3);
    CHECK(matrix.row(user_index(1)).values()[1] == 7);
    CHECK(matrix.row(user_index(0)).values()[0] == 1);
    CHECK(to_matrix(events, 3, 4, duplicates::last).row(user_index(1)).values()[1] == 5);

    CHECK_THROWS_AS(static_cast<void>(to_matrix(events, 1, 4)), shape_error);
    CHECK_THROWS_AS(static_cast<void>(to_matrix(events, 3, 4, duplicates::refuse)), data_error);
    const std::vector<interaction> bad{{.weight = std::numeric_limits<float>::quiet_NaN()}};
    CHECK_THROWS_AS(static_cast<void>(to_matrix(bad, 1, 1)), data_error);
}
