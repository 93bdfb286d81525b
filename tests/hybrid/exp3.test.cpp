// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/exp3.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;

static_assert(archivable<exp3>);
static_assert(!weight_learner<exp3>, "it learns from one reward a round");

TEST_CASE("exp3 moves only the component that was played") {
    SUBCASE("by hand") {
        exp3 learner{2, {.exploration = 0.2}};
        CHECK(learner.probability(0) == 0.5);
        learner.reward(0, 0.5); // exp(0.2 · 0.5 / (0.5 · 2))
        const double grown = std::exp(0.1);
        CHECK(learner.weights()[0] == doctest::Approx(grown / (grown + 1)));
        CHECK(learner.probability(0) == doctest::Approx(0.8 * grown / (grown + 1) + 0.1));
        const double p = learner.probability(1);
        learner.reward(1, 1);
        const double other = std::exp(0.2 / (p * 2));
        CHECK(learner.weights()[1] == doctest::Approx(other / (grown + other)));
        learner.reward(1, 0);
        CHECK(learner.weights()[1] == doctest::Approx(other / (grown + other)));
    }
    SUBCASE("plays follow the probabilities, and find the better component") {
        exp3 learner{3, {.exploration = 0.1}};
        const counter_random random{5}, luck{6};
        const double pays[] = {0.2, 0.8, 0.4};
        for (std::uint64_t round = 0; round < 3000; ++round) {
            const std::size_t played = learner.play(random, round);
            learner.reward(played, luck.uniform(round) < pays[played] ? 1 : 0);
        }
        CHECK(learner.probability(1) > 0.85);
        CHECK(learner.probability(0) >= 0.1 / 3 - 1e-12);
        std::vector<int> count(3);
        for (std::uint64_t at = 0; at < 10'000; ++at)
            ++count[learner.play(random, 10'000 + at)];
        for (std::size_t k = 0; k < 3; ++k)
            CHECK(std::abs(count[k] - 10'000 * learner.probability(k)) < 250);
    }
    SUBCASE("only those awake are played, and they keep their total weight") {
        exp3 learner{3, {.exploration = 0.3}};
        learner.reward(2, 1);
        const double before = learner.weights()[2];
        CHECK(learner.probability(2, 0b011) == 0);
        CHECK(learner.probability(0, 0b011) == doctest::Approx(0.5));
        for (std::uint64_t at = 0; at < 100; ++at)
            CHECK(learner.play(counter_random{1}, at, 0b101) != 1);
        CHECK(learner.play(counter_random{1}, 0, 0b010) == 1);
        learner.reward(0, 1, 0b011);
        CHECK(learner.weights()[2] == before);
        CHECK(learner.weights()[0] / learner.weights()[1] == doctest::Approx(std::exp(0.3)));
    }
    SUBCASE("errors and archives") {
        exp3 learner{2};
        CHECK_THROWS_AS(learner.reward(0, 2), data_error);
        CHECK(learner == exp3{2});
        CHECK_THROWS_AS((exp3{2, {.exploration = 0}}), option_error);
        learner.reward(0, 1);
        CHECK(tables::round_trip(learner) == learner);
    }
}
