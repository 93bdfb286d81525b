// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/fixed_share.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;

static_assert(weight_learner<fixed_share> && archivable<fixed_share>);

TEST_CASE("fixed_share spreads a part of the weight in every round") {
    SUBCASE("by hand") {
        // Hedge would make it 2/3 and 1/3.
        fixed_share learner{2, {.rate = 1, .share = 0.3}};
        learner.rewards(std::vector{1.0, 1 - std::log(2.0)});
        CHECK(learner.weights()[0] == doctest::Approx(0.7 * 2 / 3 + 0.15));
        CHECK(learner.weights()[1] == doctest::Approx(0.7 / 3 + 0.15));
    }
    SUBCASE("it follows when the best component changes") {
        fixed_share learner{3, {.rate = 0.5, .share = 0.01}};
        for (int round = 0; round < 500; ++round)
            learner.rewards(std::vector{1.0, 0.0, 0.0});
        CHECK(learner.weights()[0] > 0.98);
        CHECK(learner.weights()[1] >= 0.01 / 3 - 1e-12);
        for (int round = 0; round < 30; ++round)
            learner.rewards(std::vector{0.0, 1.0, 0.0});
        CHECK(learner.weights()[1] > 0.95);
    }
    SUBCASE("only those awake share") {
        fixed_share learner{3, {.rate = 1, .share = 0.5}};
        learner.rewards(std::vector{0.0, 1.0, 0.3}, 0b011);
        const auto weights = learner.weights();
        CHECK(weights[2] == doctest::Approx(1.0 / 3));
        CHECK(weights[0] + weights[1] == doctest::Approx(2.0 / 3));
        const double share = 1 / (1 + std::exp(1.0));
        CHECK(weights[0] == doctest::Approx(2.0 / 3 * (0.5 * share + 0.25)));
    }
    SUBCASE("errors and archives") {
        CHECK_THROWS_AS((fixed_share{2, {.share = 1}}), option_error);
        CHECK_THROWS_AS((fixed_share{2, {.rate = 0}}), option_error);
        fixed_share learner{2};
        CHECK_THROWS_AS(learner.rewards(std::vector{-0.1, 0.0}), data_error);
        learner.rewards(std::vector{0.1, 0.9});
        CHECK(tables::round_trip(learner) == learner);
    }
}
