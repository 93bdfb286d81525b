// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/ndcg.hpp>

#include "items.hpp"

#include <doctest/doctest.h>

#include <cmath>

namespace hr = hybrec;
using toy::items;

static_assert(hr::ranking_metric<hr::ndcg>);
static_assert(!hr::scoring_metric<hr::ndcg>);

TEST_CASE("ndcg") {
    CHECK(hr::ndcg{20}.name() == "ndcg@20");
    const auto relevant = items({1, 3, 5});
    const double second = 1 / std::log2(3.0);
    SUBCASE("hits at the places 1 and 3 of 4") {
        CHECK(hr::ndcg{4}(items({3, 0, 5, 2}), relevant) ==
              doctest::Approx(1.5 / (1.5 + second)).epsilon(1e-14));
    }
    SUBCASE("k below the number of relevant items: ideal over k places") {
        CHECK(hr::ndcg{2}(items({3, 0, 5, 2}), relevant) ==
              doctest::Approx(1 / (1 + second)).epsilon(1e-14));
        CHECK(hr::ndcg{2}(items({3, 5}), relevant) == doctest::Approx(1.0).epsilon(1e-14));
    }
    SUBCASE("lists shorter than k, and empty ones") {
        CHECK(hr::ndcg{10}(items({0, 5}), relevant) ==
              doctest::Approx(second / (1.5 + second)).epsilon(1e-14));
        CHECK(hr::ndcg{10}(items({}), relevant) == 0.0);
        CHECK(hr::ndcg{10}(items({5}), items({})) == 0.0);
    }
    SUBCASE("the order of hits among themselves does not matter, their places do") {
        CHECK(hr::ndcg{3}(items({5, 1, 3}), relevant) == doctest::Approx(1.0).epsilon(1e-14));
        CHECK(hr::ndcg{3}(items({1, 0, 3}), relevant) > hr::ndcg{3}(items({0, 1, 3}), relevant));
    }
}
