// SPDX-License-Identifier: MIT
/// @file
/// Tests of holding out each user's last items.
#include <hybrec/data/split_leave_last_out.hpp>

#include "splits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>
#include <vector>

using namespace hybrec_test;
using list = std::vector<unsigned>;

TEST_CASE("split_leave_last_out") {
    SUBCASE("by hand") {
        // User 0: item 2 is last although it comes first in the file. User 1: items 3 and 4 have
        // the same time, the later in the file counts. User 2 has one item and keeps it.
        const auto log = small_log(
            {{{0, 2}, 30}, {{0, 0}, 10}, {{0, 1}, 20}, {{1, 4}, 5}, {{1, 3}, 5}, {{2, 0}, 1}});
        const auto one = split_leave_last_out(log);
        CHECK(items_of(one.test, 0) == list{2});
        CHECK(items_of(one.test, 1) == list{3});
        CHECK(items_of(one.test, 2).empty());
        CHECK(items_of(one.train, 0) == list{0, 1});
        CHECK(items_of(one.train, 2) == list{0});
        const auto two = split_leave_last_out(log, 2);
        CHECK(items_of(two.test, 0) == list{1, 2});
        CHECK(items_of(two.train, 1) == list{4}); // one is kept
    }
    SUBCASE("a repeated item is held out with its earlier events") {
        const auto log = small_log({{{0, 2}, 10}, {{0, 1}, 20}, {{0, 2}, 30}});
        const auto parts = split_leave_last_out(log);
        CHECK(items_of(parts.train, 0) == list{1});
        CHECK(items_of(parts.test, 0) == list{2});
        CHECK(parts.test.values()[0] == 2);
    }
    SUBCASE("on a larger log, nothing in training is later than what is held out") {
        const auto log = sample_log();
        for (const std::size_t count : {1u, 3u}) {
            const auto parts = split_leave_last_out(log, count);
            check_partition(log.matrix, {&parts.train, &parts.test});
            for (unsigned user = 0; user < 60; ++user) {
                CHECK(items_of(parts.test, user).size() == count);
                unix_seconds last_train = std::numeric_limits<unix_seconds>::min();
                std::vector<unix_seconds> last_of(40, std::numeric_limits<unix_seconds>::min());
                for (const interaction& event : log.events)
                    if (event.user == user_index(user)) {
                        auto& last = last_of[event.item.value()];
                        last = std::max(last, event.time);
                        if (parts.train.row(event.user).contains(event.item))
                            last_train = std::max(last_train, event.time);
                    }
                for (const unsigned item : items_of(parts.test, user))
                    CHECK(last_of[item] >= last_train);
            }
        }
    }
    SUBCASE("refused") {
        auto log = sample_log();
        CHECK_THROWS_AS(static_cast<void>(split_leave_last_out(log, 0)), option_error);
        auto foreign = log;
        foreign.matrix = user_items{2, 2};
        CHECK_THROWS_AS(static_cast<void>(split_leave_last_out(foreign)), shape_error);
        log.has_times = false;
        CHECK_THROWS_AS(static_cast<void>(split_leave_last_out(log)), data_error);
    }
}
