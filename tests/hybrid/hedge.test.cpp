// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/hedge.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

using namespace hybrec;

static_assert(weight_learner<hedge> && archivable<hedge>);

TEST_CASE("hedge multiplies weights by their losses") {
    SUBCASE("by hand: losses 0 and ln 2 / η halve one weight") {
        hedge learner{2, {.rate = 1}};
        learner.rewards(std::vector{1.0, 1 - std::log(2.0)});
        CHECK(learner.weights()[0] == doctest::Approx(2.0 / 3));
        CHECK(learner.weights()[1] == doctest::Approx(1.0 / 3));
        CHECK((hedge{3, {.rounds = 200}}.rate()) ==
              doctest::Approx(std::sqrt(8 * std::log(3.0) / 200)));
    }
    SUBCASE("the regret is bounded, whatever the losses") {
        for (const std::size_t components : {2U, 3U, 10U})
            for (int adversary = 0; adversary < 3; ++adversary) {
                const std::size_t rounds = 1000;
                hedge learner{components, {.rounds = rounds}};
                std::vector<double> total(components);
                double own = 0;
                for (std::size_t round = 0; round < rounds; ++round) {
                    const auto weights = learner.weights();
                    const auto heaviest = static_cast<std::size_t>(
                        std::max_element(weights.begin(), weights.end()) - weights.begin());
                    std::vector<double> losses(components);
                    for (std::size_t k = 0; k < components; ++k)
                        losses[k] =
                            adversary == 0 ? (k == heaviest ? 1.0 : 0.0)
                            : adversary == 1
                                ? (k == round % components ? 0.0 : 1.0)
                                : counter_random{components}.uniform(round * components + k);
                    std::vector<double> rewards;
                    for (std::size_t k = 0; k < components; ++k) {
                        own += weights[k] * losses[k];
                        total[k] += losses[k];
                        rewards.push_back(1 - losses[k]);
                    }
                    learner.rewards(rewards);
                }
                const double regret = own - *std::min_element(total.begin(), total.end());
                CHECK(regret <= std::sqrt(1000 * std::log(static_cast<double>(components)) / 2));
            }
    }
    SUBCASE("sleeping components keep their total weight") {
        hedge learner{4, {.rate = 1}};
        learner.rewards(std::vector{1.0, 0.0, 0.5, 0.25});
        const std::vector before(learner.weights().begin(), learner.weights().end());
        // Those asleep may hold anything.
        const double unread = std::numeric_limits<double>::quiet_NaN();
        learner.rewards(std::vector{0.2, unread, 0.9, unread}, 0b0101);
        const auto after = learner.weights();
        CHECK(after[1] == before[1]);
        CHECK(after[3] == before[3]);
        CHECK(after[0] + after[2] == doctest::Approx(before[0] + before[2]));
        CHECK(after[2] / after[0] == doctest::Approx(before[2] / before[0] * std::exp(0.7)));
        const std::vector asleep(after.begin(), after.end());
        learner.rewards(std::vector(4, unread), 0);
        CHECK(std::equal(asleep.begin(), asleep.end(), learner.weights().begin()));
    }
    SUBCASE("a weight comes back from where it shows as 0") {
        hedge learner{2, {.rate = 10}};
        for (int round = 0; round < 200; ++round)
            learner.rewards(std::vector{1.0, 0.0});
        CHECK(learner.weights()[1] == 0);
        for (int round = 0; round < 400; ++round)
            learner.rewards(std::vector{0.0, 1.0});
        CHECK(learner.weights()[1] == 1);
    }
    SUBCASE("one component") {
        hedge learner{1};
        learner.rewards(std::vector{0.0});
        CHECK(learner.weights()[0] == 1);
    }
    SUBCASE("errors leave weights as they were") {
        hedge learner{2};
        CHECK_THROWS_WITH_AS(learner.rewards(std::vector{0.5, 1.5}),
                             doctest::Contains("the reward of component 1 is 1.5"), data_error);
        CHECK_THROWS_AS(learner.rewards(std::vector{std::nan(""), 1.0}), data_error);
        CHECK_THROWS_AS(learner.rewards(std::vector{0.5}), shape_error);
        CHECK(learner == hedge{2});
        CHECK_THROWS_AS(hedge{0}, option_error);
        CHECK_THROWS_AS(hedge{33}, option_error);
        CHECK_THROWS_AS((hedge{2, {.rounds = 0}}), option_error);
        CHECK_THROWS_AS((hedge{2, {.rate = -1}}), option_error);
    }
    SUBCASE("it comes back from an archive to the bit") {
        hedge learner{3, {.rate = 0.3}};
        learner.rewards(std::vector{0.1, 0.7, 0.4});
        auto loaded = tables::round_trip(learner);
        CHECK(loaded == learner);
        loaded.rewards(std::vector{0.1, 0.7, 0.4});
        CHECK_FALSE(loaded == learner);
        learner.rewards(std::vector{0.1, 0.7, 0.4});
        CHECK(loaded == learner);
        tables::memory_archive damaged;
        learner.save(damaged);
        damaged.fields["log_weights"] = tensor<double>{{3, 1}, {0, 0, 0}};
        CHECK_THROWS_WITH((void)hedge::load(damaged), doctest::Contains("do not sum to 1"));
        damaged.fields["components"] = std::int64_t{99};
        CHECK_THROWS_WITH((void)hedge::load(damaged), doctest::Contains("components is 99"));
    }
}
