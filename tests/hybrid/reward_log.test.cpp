// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/reward_log.hpp>

#include "tables.hpp"

#include <hybrec/hybrid/fixed_share.hpp>
#include <hybrec/hybrid/hedge.hpp>
#include <hybrec/hybrid/multiplicative_weights.hpp>
#include <hybrec/hybrid/personal_weights.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;

static_assert(archivable<reward_log>);

TEST_CASE("a reward log replays to the same bits") {
    reward_log log{3};
    hedge first{3};
    fixed_share second{3};
    multiplicative_weights third{3};
    personal_weights fourth{hedge{3}};
    const counter_random random{4};
    for (std::uint64_t round = 0; round < 500; ++round) {
        std::vector<double> rewards;
        for (std::uint64_t k = 0; k < 3; ++k)
            rewards.push_back(random.uniform(8 * round + k));
        const auto awake = static_cast<component_set>(random.below(8, 8 * round + 4));
        const auto key = static_cast<std::uint32_t>(random.below(5, 8 * round + 5));
        CHECK(log.append(rewards, awake, key));
        first.rewards(rewards, awake);
        second.rewards(rewards, awake);
        third.rewards(rewards, awake);
        fourth.rewards(key, rewards, awake);
    }
    const reward_log stored = tables::round_trip(log);
    CHECK(stored == log);
    const auto check = [&](auto learner, const auto& taught) {
        stored.replay(learner);
        CHECK(learner == taught);
    };
    check(hedge{3}, first);
    check(fixed_share{3}, second);
    check(multiplicative_weights{3}, third);
    check(personal_weights{hedge{3}}, fourth);

    SUBCASE("it is bounded") {
        reward_log small{1, {.capacity = 2}};
        CHECK(small.append(std::vector{1.0}));
        CHECK(small.append(std::vector{0.5}, 0));
        CHECK_FALSE(small.append(std::vector{0.25}));
        CHECK(small.size() == 2);
        CHECK(small[0].rewards[0] == 1);
        CHECK(small[0].awake == 1);
        CHECK(small[1].rewards[0] == 0); // asleep
        small.clear();
        CHECK(small.append(std::vector{0.25}));
        CHECK(small[0].rewards[0] == 0.25);
    }
    SUBCASE("errors") {
        CHECK_THROWS_AS(log.append(std::vector{1.0}), shape_error);
        CHECK_THROWS_AS(log.append(std::vector{1.0, std::nan(""), 0.0}), data_error);
        CHECK(log.size() == 500);
        CHECK_THROWS_AS((reward_log{2, {.capacity = 0}}), option_error);
        CHECK_THROWS_AS(reward_log{0}, option_error);
        tables::memory_archive damaged;
        log.save(damaged);
        damaged.fields["keys"] = tensor<std::uint32_t>{{1, 1}, {0}};
        CHECK_THROWS_WITH((void)reward_log::load(damaged),
                          doctest::Contains("do not fit the number of rounds"));
    }
}
