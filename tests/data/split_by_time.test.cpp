// SPDX-License-Identifier: MIT
/// @file
/// Tests of splits into past and future.
#include <hybrec/data/split_by_time.hpp>

#include "splits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace hybrec_test;
using list = std::vector<unsigned>;

TEST_CASE("split_by_time") {
    SUBCASE("at an instant") {
        const auto log = small_log(
            {{{0, 0}, 10}, {{0, 1}, 20}, {{1, 1}, 19}, {{1, 1}, 25}, {{2, 4}, 30}, {{2, 3}, 5}});
        const auto parts = split_by_time(log, {.instant = 20});
        CHECK(items_of(parts.train, 0) == list{0});
        CHECK(items_of(parts.test, 0) == list{1});
        CHECK(items_of(parts.train, 1) == list{1});
        CHECK(items_of(parts.test, 1).empty()); // known from training
        CHECK(parts.train.row(user_index(1)).values()[0] == 1);
        CHECK(items_of(parts.test, 2) == list{4});

        const auto repeats = split_by_time(log, {.instant = 20, .repeats_in_test = true});
        CHECK(items_of(repeats.test, 1) == list{1});
        CHECK(repeats.train == parts.train);
        CHECK(split_by_time(log, {.instant = 1000}).test.entry_count() == 0);
        CHECK(split_by_time(log, {.instant = -1}).train.entry_count() == 0);
    }
    SUBCASE("by fraction: order of time, and the share that was asked for") {
        const auto log = sample_log();
        const auto parts = split_by_time(log, {.test_fraction = 0.3, .repeats_in_test = true});
        // The cut: every time at or above it is in the test part.
        std::vector<unix_seconds> times;
        for (const interaction& event : log.events)
            times.push_back(event.time);
        std::sort(times.begin(), times.end());
        const unix_seconds cut = times[times.size() - 450];
        std::vector<interaction> past;
        std::vector<interaction> future;
        for (const interaction& event : log.events)
            (event.time < cut ? past : future).push_back(event);
        CHECK(future.size() >= 450);
        CHECK(parts.train == to_matrix(past, 60, 40));
        CHECK(parts.test == to_matrix(future, 60, 40));

        const auto apart = split_by_time(log, {.test_fraction = 0.3});
        CHECK(apart.train == parts.train);
        std::size_t pairs = 0;
        for (unsigned user = 0; user < 60; ++user)
            for (const unsigned item : items_of(log.matrix, user)) {
                const bool in_train = apart.train.row(user_index(user)).contains(item_index(item));
                const bool in_test = apart.test.row(user_index(user)).contains(item_index(item));
                CHECK(in_train != in_test);
                ++pairs;
            }
        CHECK(pairs == log.matrix.entry_count());
    }
    SUBCASE("refused") {
        auto log = sample_log();
        CHECK_THROWS_AS(static_cast<void>(split_by_time(log, {.test_fraction = 1})), option_error);
        log.events.clear();
        CHECK_THROWS_AS(static_cast<void>(split_by_time(log)), data_error);
        log.has_times = false;
        CHECK_THROWS_AS(static_cast<void>(split_by_time(log, {.instant = 1})), data_error);
    }
}
