// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/novelty.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace hr = hybrec;

static_assert(hr::ranking_metric<hr::novelty>);

TEST_CASE("novelty is the mean self-information of the first items") {
    // Of four users 4, 2, 1 and 0 have the items 0, 1, 2 and 3.
    const auto train = toy::matrix({{0, 1}, {0, 1}, {0, 2}, {0}}, 4);
    const hr::novelty judge{2, train};
    CHECK(judge.name() == "novelty@2");
    CHECK(judge.depth() == 2);
    CHECK(judge(toy::items({0, 1, 2}), toy::items({3})) == doctest::Approx((0 + 1) / 2.0));
    CHECK(judge(toy::items({2}), {}) == doctest::Approx(2));
    CHECK(judge(toy::items({3}), {}) == doctest::Approx(std::log2(5)));
    CHECK(judge({}, {}) == 0);
}
