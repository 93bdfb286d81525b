// SPDX-License-Identifier: MIT
#include <hybrec/core/held.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <functional>

using namespace hybrec;

static_assert(std::same_as<held_type<int>, int>);
static_assert(std::same_as<held_type<std::reference_wrapper<int>>, int>);
static_assert(std::same_as<held_type<std::reference_wrapper<const int>>, int>);

TEST_CASE("a part is reached the same way, held or shared") {
    int shared = 3;
    const int by_value = shared;
    const auto by_reference = std::ref(shared);
    shared = 4;
    const held_type<decltype(by_value)>& copy = by_value;
    const held_type<decltype(by_reference)>& original = by_reference;
    CHECK(copy == 3);
    CHECK(original == 4);
}
