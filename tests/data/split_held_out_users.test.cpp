// SPDX-License-Identifier: MIT
/// @file
/// Tests of holding out whole users.
#include <hybrec/data/split_held_out_users.hpp>

#include "splits.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace hybrec_test;

TEST_CASE("split_held_out_users") {
    const auto log = sample_log();
    SUBCASE("parts") {
        const auto parts =
            split_held_out_users(log, {.user_fraction = 0.25, .fold_in_fraction = 0.8, .seed = 4});
        check_partition(log.matrix, {&parts.train, &parts.history, &parts.test});
        CHECK(parts.users.size() == 15);
        CHECK(std::is_sorted(parts.users.begin(), parts.users.end()));
        for (unsigned user = 0; user < 60; ++user) {
            const bool held =
                std::binary_search(parts.users.begin(), parts.users.end(), user_index(user));
            const auto all = log.matrix.row(user_index(user)).size();
            const auto seen = parts.history.row(user_index(user)).size();
            CHECK(parts.train.row(user_index(user)).size() == (held ? 0 : all));
            CHECK(seen ==
                  (held ? static_cast<std::size_t>(std::llround(0.8 * static_cast<double>(all)))
                        : 0));
        }
    }
    SUBCASE("both parts of a held-out user have at least one entry") {
        const auto two = small_log({{{0, 0}, 1}, {{0, 1}, 1}, {{1, 0}, 1}, {{2, 3}, 1}});
        for (const double fraction : {0.01, 0.99}) {
            const auto parts =
                split_held_out_users(two, {.user_fraction = 0.99, .fold_in_fraction = fraction});
            CHECK(parts.users == std::vector<user_index>{user_index(0)});
            CHECK(parts.history.row(user_index(0)).size() == 1);
            CHECK(parts.test.row(user_index(0)).size() == 1);
            check_partition(two.matrix, {&parts.train, &parts.history, &parts.test});
        }
    }
    SUBCASE("the seed decides") {
        CHECK(split_held_out_users(log, {.seed = 1}) ==
              split_held_out_users(log.matrix, {.seed = 1}));
        CHECK_FALSE(split_held_out_users(log, {.seed = 1}) ==
                    split_held_out_users(log, {.seed = 2}));
    }
    SUBCASE("refused") {
        CHECK_THROWS_AS(static_cast<void>(split_held_out_users(log, {.user_fraction = 0})),
                        option_error);
        CHECK_THROWS_AS(static_cast<void>(split_held_out_users(log, {.fold_in_fraction = 1})),
                        option_error);
        CHECK_THROWS_AS(static_cast<void>(split_held_out_users(small_log({{{0, 0}, 1}}))),
                        data_error);
    }
}
