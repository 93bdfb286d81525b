// SPDX-License-Identifier: MIT
#include <hybrec/neural/concatenate.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

TEST_CASE("neural::concatenate puts columns side by side, and split takes them apart") {
    const auto first = random_matrix<float>(70, 3, 1);
    const auto second = random_matrix<float>(70, 17, 2);
    const auto third = random_matrix<float>(70, 1, 3);
    matrix<float> all;
    neural::concatenate(all, {}, first, second, third);
    REQUIRE(all.columns() == 21);
    CHECK(all(69, 2) == first(69, 2));
    CHECK(all(69, 3) == second(69, 0));
    CHECK(all(69, 20) == third(69, 0));
    CHECK(padding_is_zero(all));
    matrix<float> a(1, 3), b(1, 17), c(1, 1);
    neural::split(all, {}, a, b, c);
    CHECK(a == first);
    CHECK(b == second);
    CHECK(c == third);
}
