// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/hybrid_explanation.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("a hybrid_explanation sums its components and joins their parts by item") {
    hybrid_explanation why;
    why.add(
        {.score = 3, .parts = {{item_index{1}, 2.0F}, {item_index{4}, 0.5F}}, .remainder = 0.5F});
    why.add(
        {.score = 1, .parts = {{item_index{4}, 2.0F}, {item_index{2}, -0.5F}}, .remainder = -0.5F});
    CHECK(why.score == 4);
    CHECK(why.remainder == 0);
    CHECK(why.components.size() == 2);
    CHECK(why.components[1].score == 1);
    REQUIRE(why.parts.size() == 3);
    CHECK(why.parts[0] == scored_item{item_index{4}, 2.5F});
    CHECK(why.parts[1] == scored_item{item_index{1}, 2.0F});
    CHECK(why.parts[2] == scored_item{item_index{2}, -0.5F});
}
