// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/visitor.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

TEST_CASE("a visitor keeps the history, with weights or without") {
    const visitor plain{std::vector{item_index{3}, item_index{1}}};
    REQUIRE(plain.history().size() == 2);
    CHECK(plain.history()[0] == weighted_item{item_index{3}, 1.0F});
    const visitor weighted{std::vector<weighted_item>{{item_index{2}, 0.5F}}};
    CHECK(weighted.history()[0] == weighted_item{item_index{2}, 0.5F});
    const request<> who = weighted.as_request();
    CHECK_FALSE(who.user);
    CHECK(who.history.data() == weighted.history().data());
}
