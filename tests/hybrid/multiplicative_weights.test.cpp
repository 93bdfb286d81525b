// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/multiplicative_weights.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;

static_assert(weight_learner<multiplicative_weights> && archivable<multiplicative_weights>);

TEST_CASE("multiplicative_weights grow by the mean of the last rewards") {
    SUBCASE("by hand: a window of two rewards") {
        multiplicative_weights learner{2, {.rate = 0.5, .window = 2}};
        double first = 0, second = 0; // exponents
        const std::vector<std::vector<double>> rounds{{1, 0}, {0, 1}, {1, 1}, {1, 0}};
        const std::vector<std::vector<double>> means{{1, 0}, {0.5, 0.5}, {0.5, 1}, {1, 0.5}};
        for (std::size_t round = 0; round < rounds.size(); ++round) {
            learner.rewards(rounds[round]);
            CHECK(learner.mean_reward(0) == means[round][0]);
            CHECK(learner.mean_reward(1) == means[round][1]);
            first += 0.5 * means[round][0];
            second += 0.5 * means[round][1];
            CHECK(learner.weights()[0] ==
                  doctest::Approx(std::exp(first) / (std::exp(first) + std::exp(second))));
        }
    }
    SUBCASE("rewards one at a time: how often does not matter, how much does") {
        multiplicative_weights learner{3};
        learner.reward(0, 0.5);
        CHECK(learner.weights()[0] == doctest::Approx(1.0 / 3)); // nothing to compare with
        learner.reward(1, 0.5);
        for (int round = 0; round < 50; ++round)
            learner.reward(0, 0.5);
        CHECK(learner.weights()[0] == doctest::Approx(1.0 / 3));
        CHECK(learner.weights()[2] == doctest::Approx(1.0 / 3)); // never had one: keeps its weight
        learner.reward(1, 1);
        CHECK(learner.weights()[1] > learner.weights()[0]);
        CHECK(learner.weights()[0] + learner.weights()[1] == doctest::Approx(2.0 / 3));
    }
    SUBCASE("the window is 100 rewards") {
        multiplicative_weights learner{1};
        for (int round = 0; round < 100; ++round)
            learner.reward(0, 1);
        for (int round = 0; round < 25; ++round)
            learner.reward(0, 0);
        CHECK(learner.mean_reward(0) == 0.75);
    }
    SUBCASE("errors and archives") {
        multiplicative_weights learner{2, {.window = 3}};
        CHECK_THROWS_AS(learner.reward(0, 1.01), data_error);
        CHECK_THROWS_AS(learner.rewards(std::vector{0.5, -1.0}), data_error);
        CHECK(learner.mean_reward(0) == 0);
        CHECK_THROWS_AS((multiplicative_weights{2, {.window = 0}}), option_error);
        CHECK_THROWS_AS((multiplicative_weights{2, {.rate = 0}}), option_error);
        for (int round = 0; round < 5; ++round)
            learner.rewards(std::vector{0.3, 0.1 * round});
        auto loaded = tables::round_trip(learner);
        CHECK(loaded == learner);
        loaded.rewards(std::vector{0.3, 0.8});
        learner.rewards(std::vector{0.3, 0.8});
        CHECK(loaded == learner);
        tables::memory_archive damaged;
        learner.save(damaged);
        damaged.fields["history"] = tensor<double>{{2, 3}, {0, 0, 0, 0, 0, 2}};
        CHECK_THROWS_WITH((void)multiplicative_weights::load(damaged),
                          doctest::Contains("a reward is not in [0, 1]"));
    }
}
