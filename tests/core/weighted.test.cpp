// SPDX-License-Identifier: MIT
#include <hybrec/core/weighted.hpp>

#include <doctest/doctest.h>

#include <concepts>

namespace hr = hybrec;

static_assert(!std::same_as<hr::weighted_item, hr::weighted_user>);

TEST_CASE("weighted") {
    SUBCASE("takes apart into index and weight") {
        const auto [item, weight] = hr::weighted_item{hr::item_index(4), 0.5F};
        CHECK(item == hr::item_index(4));
        CHECK(weight == 0.5F);
    }
    SUBCASE("compares both") {
        CHECK(hr::weighted_item{hr::item_index(4), 1} == hr::weighted_item{hr::item_index(4), 1});
        CHECK(hr::weighted_item{hr::item_index(4), 1} != hr::weighted_item{hr::item_index(4), 2});
        CHECK(hr::weighted_item{hr::item_index(4), 1} != hr::weighted_item{hr::item_index(5), 1});
    }
}
