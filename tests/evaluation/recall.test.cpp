// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/recall.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;
using toy::items;

static_assert(hr::ranking_metric<hr::recall>);
static_assert(!hr::scoring_metric<hr::recall>);

TEST_CASE("recall") {
    CHECK(hr::recall{20}.name() == "recall@20");
    CHECK(hr::recall{}.depth() == 10);
    const auto relevant = items({1, 3, 5});
    CHECK(hr::recall{4}(items({3, 0, 5, 2}), relevant) == doctest::Approx(2.0 / 3));
    CHECK(hr::recall{2}(items({3, 0, 5, 2}), relevant) == doctest::Approx(1.0 / 3));
    SUBCASE("lists shorter than k, and empty ones") {
        CHECK(hr::recall{10}(items({5}), relevant) == doctest::Approx(1.0 / 3));
        CHECK(hr::recall{10}(items({}), relevant) == 0.0);
        CHECK(hr::recall{10}(items({5}), items({})) == 0.0);
    }
    SUBCASE("more relevant items than k: it cannot reach 1") {
        CHECK(hr::recall{1}(items({1, 3, 5}), relevant) == doctest::Approx(1.0 / 3));
    }
    SUBCASE("all found") { CHECK(hr::recall{5}(items({5, 1, 9, 3}), relevant) == 1.0); }
}
