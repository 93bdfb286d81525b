// SPDX-License-Identifier: MIT
#include <hybrec/core/explanation.hpp>

#include <doctest/doctest.h>

#include <concepts>

using namespace hybrec;

static_assert(std::same_as<decltype(explanation<double>{}.parts), ranking<item_index, double>>);

TEST_CASE("an explanation starts empty") {
    const explanation<> empty;
    CHECK(empty.score == 0);
    CHECK(empty.parts.empty());
    CHECK(empty.remainder == 0);
}
