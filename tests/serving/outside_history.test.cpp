// SPDX-License-Identifier: MIT
#include <hybrec/serving/outside_history.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

static_assert(index_filter<outside_history>);

TEST_CASE("what is in the history is not admitted, whatever its order and weight") {
    const std::vector<weighted_item> history{{item_index{5}, 1.0F}, {item_index{2}, -1.0F}};
    const outside_history filter{history};
    for (std::uint32_t item = 0; item < 8; ++item)
        CHECK(filter.admits(item_index{item}) == (item != 5 && item != 2));
    CHECK(outside_history{{}}.admits(item_index{5}));
}
