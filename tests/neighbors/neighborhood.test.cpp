// SPDX-License-Identifier: MIT
#include <hybrec/neighbors/neighborhood.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

TEST_CASE("neighborhood holds neighbours by index") {
    const neighborhood user{history_row<item_index, float>{std::vector{item_index{4}}, 5},
                            {{user_index{7}, 0.5F}, {user_index{2}, 0.25F}},
                            8,
                            5};
    CHECK(user.history().contains(item_index{4}));
    CHECK(user.neighbors().columns()[0] == user_index{2});
    CHECK(user.neighbors().values()[0] == 0.25F);
    CHECK(user.neighbors().values()[1] == 0.5F);
    CHECK(user.user_count() == 8);
    CHECK(user.item_count() == 5);
}
