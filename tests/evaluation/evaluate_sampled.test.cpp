// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/evaluate_sampled.hpp>

#include "items.hpp"
#include "toy_recommender.hpp"

#include <hybrec/evaluation/hit_rate.hpp>
#include <hybrec/evaluation/ndcg.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace hr = hybrec;

TEST_CASE("evaluate_sampled ranks the relevant item among the given negatives only") {
    toy::recommender model{{{9, 5, 4, 3, 5, 1}, {1, 2, 3, 4, 5, 6}, {0, 0, 0, 0, 0, 0}}};
    const auto test = toy::matrix({{4}, {3}, {}}, 6);
    const auto negatives = toy::matrix({{1, 2, 3}, {0, 4, 5}, {1}}, 6);
    for (const std::size_t threads : {1U, 2U, 3U}) {
        hr::thread_pool pool{threads};
        const auto report = hr::evaluate_sampled({.pool = &pool}, model, test, negatives,
                                                 hr::hit_rate{1}, hr::hit_rate{3}, hr::ndcg{3});
        // User 0: item 4 ties with item 1, which has the smaller index: place 2, whatever item 0
        // scores. User 1: 5, 4, 3, 0: place 3.
        CHECK(report.users_evaluated() == 2);
        CHECK(report.users_skipped() == 1);
        CHECK(report.mean("hit_rate@1") == 0);
        CHECK(report.mean("hit_rate@3") == 1);
        CHECK(report.mean("ndcg@3") == doctest::Approx((1 / std::log2(3) + 1 / std::log2(4)) / 2));
    }
    // A relevant item among the negatives is one candidate, not two.
    CHECK(hr::evaluate_sampled(model, test, toy::matrix({{4}, {0, 3, 5}, {}}, 6), hr::ndcg{3})
              .mean("ndcg@3") == doctest::Approx((1 + 1 / std::log2(3)) / 2));
    CHECK_THROWS_AS((void)hr::evaluate_sampled(model, test, toy::matrix({{1}}, 6), hr::ndcg{3}),
                    hr::shape_error);
    model.scores[1][5] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH_AS((void)hr::evaluate_sampled(model, test, negatives, hr::ndcg{3}),
                         doctest::Contains("item 5 for user 1"), hr::numeric_error);
}
