// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/popularity_bias.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;

static_assert(hr::ranking_metric<hr::popularity_bias>);

TEST_CASE("popularity_bias is the mean share of users that have the first items") {
    const auto train = toy::matrix({{0, 1}, {0, 1}, {0, 2}, {0}}, 4);
    const hr::popularity_bias judge{2, train};
    CHECK(judge.name() == "popularity_bias@2");
    CHECK(judge(toy::items({0, 1, 2}), {}) == doctest::Approx(0.75));
    CHECK(judge(toy::items({3}), {}) == 0);
    CHECK(judge({}, {}) == 0);
    CHECK(hr::popularity_bias{2, toy::matrix({}, 3)}(toy::items({1}), {}) == 0);
}
