// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/reciprocal_rank.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

namespace hr = hybrec;
using toy::items;

static_assert(hr::ranking_metric<hr::reciprocal_rank>);
static_assert(!hr::scoring_metric<hr::reciprocal_rank>);

TEST_CASE("reciprocal_rank") {
    CHECK(hr::reciprocal_rank{10}.name() == "mrr@10");
    const auto relevant = items({1, 3});
    CHECK(hr::reciprocal_rank{10}(items({1, 3}), relevant) == 1.0);
    CHECK(hr::reciprocal_rank{10}(items({0, 2, 3, 1}), relevant) == doctest::Approx(1.0 / 3));
    CHECK(hr::reciprocal_rank{2}(items({0, 2, 3, 1}), relevant) == 0.0);
    CHECK(hr::reciprocal_rank{10}(items({0}), relevant) == 0.0);
    CHECK(hr::reciprocal_rank{10}(items({}), relevant) == 0.0);
}
