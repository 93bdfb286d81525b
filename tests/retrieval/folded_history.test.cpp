// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/folded_history.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

TEST_CASE("folded_history holds the sorted history and the number of items it is good for") {
    const std::vector<weighted_item> events{
        {item_index{3}, 1}, {item_index{1}, 2}, {item_index{3}, 4}};
    const folded_history user{history_row<item_index, float>{events, 5}, 5};
    CHECK(user.item_count() == 5);
    REQUIRE(user.row().size() == 2);
    CHECK(user.row().columns()[0] == item_index{1});
    CHECK(user.row().values()[1] == 5);
    CHECK(user == folded_history{user});
}
