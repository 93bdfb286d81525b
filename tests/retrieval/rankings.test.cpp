// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/rankings.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("rankings hold one list per position, of different lengths") {
    rankings<item_index> lists{2, 3};
    CHECK(lists.size() == 2);
    CHECK(lists.depth() == 3);
    lists.buffer(1)[0] = {item_index{7}, 2.0F};
    lists.buffer(1)[1] = {item_index{8}, 1.0F};
    lists.set_size(1, 1);
    CHECK(lists[0].empty());
    REQUIRE(lists[1].size() == 1);
    CHECK(lists[1][0] == scored_item{item_index{7}, 2.0F});

    rankings<item_index> same{2, 3};
    same.buffer(1)[0] = {item_index{7}, 2.0F};
    same.set_size(1, 1);
    CHECK(same == lists); // what lies behind the end does not count
    same.set_size(1, 0);
    CHECK_FALSE(same == lists);
}
