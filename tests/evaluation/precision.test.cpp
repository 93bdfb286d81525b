// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/precision.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;
using toy::items;

static_assert(hr::ranking_metric<hr::precision>);
static_assert(!hr::scoring_metric<hr::precision>);

TEST_CASE("precision") {
    CHECK(hr::precision{5}.name() == "precision@5");
    const auto relevant = items({1, 3, 5});
    CHECK(hr::precision{4}(items({3, 0, 5, 2}), relevant) == 0.5);
    CHECK(hr::precision{1}(items({3, 0, 5, 2}), relevant) == 1.0);
    SUBCASE("the denominator is k, also for lists shorter than k") {
        CHECK(hr::precision{10}(items({5}), relevant) == doctest::Approx(0.1));
        CHECK(hr::precision{10}(items({}), relevant) == 0.0);
    }
    SUBCASE("more relevant items than k") {
        CHECK(hr::precision{2}(items({1, 3, 5}), relevant) == 1.0);
    }
}
