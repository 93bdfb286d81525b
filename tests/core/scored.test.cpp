// SPDX-License-Identifier: MIT
#include <hybrec/core/scored.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <concepts>
#include <limits>

namespace hr = hybrec;

static_assert(std::same_as<hr::ranking<hr::item_index>::value_type, hr::scored_item>);
static_assert(!std::same_as<hr::scored_item, hr::scored_user>);

TEST_CASE("scored") {
    SUBCASE("takes apart into index and score") {
        const auto [item, score] = hr::scored_item{hr::item_index(4), 0.5F};
        CHECK(item == hr::item_index(4));
        CHECK(score == 0.5F);
    }
    SUBCASE("compares both") {
        CHECK(hr::scored_item{hr::item_index(4), 1} == hr::scored_item{hr::item_index(4), 1});
        CHECK(hr::scored_item{hr::item_index(4), 1} != hr::scored_item{hr::item_index(4), 2});
        CHECK(hr::scored_item{hr::item_index(4), 1} != hr::scored_item{hr::item_index(5), 1});
    }
}

TEST_CASE("ranks_before") {
    const hr::scored_item high{hr::item_index(9), 2};
    const hr::scored_item low{hr::item_index(1), 1};
    const hr::scored_item tied{hr::item_index(2), 1};
    SUBCASE("score descending, then index ascending") {
        CHECK(hr::ranks_before(high, low));
        CHECK(!hr::ranks_before(low, high));
        CHECK(hr::ranks_before(low, tied));
        CHECK(!hr::ranks_before(tied, low));
        CHECK(!hr::ranks_before(low, low));
    }
    SUBCASE("zeros of either sign are tied, infinities are ordered") {
        CHECK(hr::ranks_before(hr::scored_item{hr::item_index(1), -0.0F},
                               hr::scored_item{hr::item_index(2), 0.0F}));
        const float infinity = std::numeric_limits<float>::infinity();
        CHECK(hr::ranks_before(hr::scored_item{hr::item_index(5), infinity}, high));
        CHECK(hr::ranks_before(low, hr::scored_item{hr::item_index(0), -infinity}));
    }
    SUBCASE("sorting gives the same ranking from every order") {
        hr::ranking<hr::item_index> list = {low, high, tied};
        const hr::ranking<hr::item_index> expected = {high, low, tied};
        std::ranges::sort(list, {}, [](const hr::scored_item& one) { return one.index; });
        do {
            hr::ranking<hr::item_index> sorted = list;
            std::ranges::sort(sorted, hr::ranks_before<hr::item_index, float>);
            CHECK(sorted == expected);
        } while (std::next_permutation(list.begin(), list.end(), [](const auto& a, const auto& b) {
            return a.index < b.index;
        }));
    }
}
