// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/average_precision.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;
using toy::items;

static_assert(hr::ranking_metric<hr::average_precision>);
static_assert(!hr::scoring_metric<hr::average_precision>);

TEST_CASE("average_precision") {
    CHECK(hr::average_precision{10}.name() == "map@10");
    const auto relevant = items({1, 3, 5});
    CHECK(hr::average_precision{4}(items({3, 0, 5, 2}), relevant) ==
          doctest::Approx((1 + 2.0 / 3) / 3));
    SUBCASE("the denominator is min(k, |relevant|)") {
        CHECK(hr::average_precision{2}(items({3, 5}), relevant) == 1.0);
        CHECK(hr::average_precision{2}(items({0, 5}), relevant) == 0.25);
    }
    SUBCASE("lists shorter than k, and empty ones") {
        CHECK(hr::average_precision{10}(items({5}), relevant) == doctest::Approx(1.0 / 3));
        CHECK(hr::average_precision{10}(items({}), relevant) == 0.0);
        CHECK(hr::average_precision{10}(items({5}), items({})) == 0.0);
    }
}
