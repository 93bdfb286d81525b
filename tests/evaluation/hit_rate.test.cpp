// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/hit_rate.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;
using toy::items;

static_assert(hr::ranking_metric<hr::hit_rate>);
static_assert(!hr::scoring_metric<hr::hit_rate>);

TEST_CASE("hit_rate") {
    CHECK(hr::hit_rate{1}.name() == "hit_rate@1");
    const auto relevant = items({1, 3});
    CHECK(hr::hit_rate{2}(items({0, 3, 1}), relevant) == 1.0);
    CHECK(hr::hit_rate{3}(items({0, 3, 1}), relevant) == 1.0);
    CHECK(hr::hit_rate{1}(items({0, 3, 1}), relevant) == 0.0);
    CHECK(hr::hit_rate{5}(items({0}), relevant) == 0.0);
    CHECK(hr::hit_rate{5}(items({}), relevant) == 0.0);
}
