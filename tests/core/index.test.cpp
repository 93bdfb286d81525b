// SPDX-License-Identifier: MIT
#include <hybrec/core/index.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>
#include <type_traits>
#include <unordered_set>

namespace hr = hybrec;

static_assert(sizeof(hr::user_index) == 4 && alignof(hr::user_index) == 4);
static_assert(std::is_trivially_copyable_v<hr::item_index>);
static_assert(!std::same_as<hr::user_index, hr::item_index>);
static_assert(!std::convertible_to<hr::user_index, hr::item_index>);
static_assert(!std::constructible_from<hr::user_index, hr::item_index>);
static_assert(!std::convertible_to<int, hr::user_index>); // explicit only
static_assert(std::constructible_from<hr::user_index, int>);
static_assert(std::constructible_from<hr::user_index, std::uint64_t>);
static_assert(!std::constructible_from<hr::user_index, bool>);
static_assert(!std::constructible_from<hr::user_index, double>);
static_assert(!std::convertible_to<hr::user_index, std::uint32_t>);
static_assert(!std::equality_comparable_with<hr::user_index, hr::item_index>);
static_assert(sizeof(hr::offset) == 8);

TEST_CASE("basic_index") {
    SUBCASE("holds any 32-bit value") {
        CHECK(hr::user_index{}.value() == 0);
        CHECK(hr::item_index(7).value() == 7);
        CHECK(hr::item_index(std::uint64_t{4294967295}).value() == 4294967295U);
        CHECK(hr::max_index_count == 4294967295U);
    }
    SUBCASE("is ordered and counts up") {
        CHECK(hr::user_index(2) < hr::user_index(3));
        CHECK(hr::user_index(4294967295U) > hr::user_index(0));
        CHECK(hr::user_index(2) == hr::user_index(2));
        hr::user_index index(2);
        CHECK((++index).value() == 3);
        CHECK(index == hr::user_index(3));
    }
    SUBCASE("can be a key") {
        const std::unordered_set<hr::item_index> set = {hr::item_index(1), hr::item_index(2),
                                                        hr::item_index(1)};
        CHECK(set.size() == 2);
        CHECK(set.contains(hr::item_index(2)));
        CHECK(!set.contains(hr::item_index(3)));
    }
}
