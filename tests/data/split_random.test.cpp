// SPDX-License-Identifier: MIT
/// @file
/// Tests of random splits.
#include <hybrec/data/split_random.hpp>

#include "splits.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace hybrec_test;

TEST_CASE("split_random") {
    const auto log = sample_log();
    SUBCASE("parts and share") {
        for (const double fraction : {0.1, 0.2, 0.5, 0.9}) {
            const auto parts = split_random(log, {.test_fraction = fraction, .seed = 3});
            check_partition(log.matrix, {&parts.train, &parts.test});
            const double count = static_cast<double>(log.matrix.entry_count());
            const double share = static_cast<double>(parts.test.entry_count()) / count;
            // Five standard deviations of a binomial share.
            CHECK(share == doctest::Approx(fraction).epsilon(
                               5 * std::sqrt(fraction * (1 - fraction) / count) / fraction));
        }
    }
    SUBCASE("the seed decides") {
        CHECK(split_random(log, {.seed = 1}) == split_random(log.matrix, {.seed = 1}));
        CHECK_FALSE(split_random(log, {.seed = 1}) == split_random(log, {.seed = 2}));
    }
    SUBCASE("entries that are added do not move the others") {
        auto more = log;
        more.events.push_back({.user = user_index(0), .item = item_index(39), .weight = 1000});
        more.events.push_back({.user = user_index(30), .item = item_index(0), .weight = 1000});
        more.matrix = to_matrix(more.events, 60, 40);
        const auto before = split_random(log);
        const auto after = split_random(more);
        for (unsigned user = 0; user < 60; ++user)
            for (const auto [item, weight] : before.test.row(user_index(user)))
                CHECK(after.test.row(user_index(user)).contains(item));
    }
    SUBCASE("options") {
        for (const double bad : {0.0, 1.0, -0.1, std::numeric_limits<double>::quiet_NaN()})
            CHECK_THROWS_AS(static_cast<void>(split_random(log, {.test_fraction = bad})),
                            option_error);
        CHECK(split_random(user_items{3, 2}).test.row_count() == 3);
        // All that this seed draws is drawn already.
        CHECK_THROWS_AS(static_cast<void>(split_random(split_random(log).train)), data_error);
    }
}
