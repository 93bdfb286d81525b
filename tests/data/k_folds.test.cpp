// SPDX-License-Identifier: MIT
/// @file
/// Tests of cross-validation splits.
#include <hybrec/data/k_folds.hpp>

#include "splits.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace hybrec_test;

TEST_CASE("k_folds") {
    const auto log = sample_log();
    SUBCASE("every entry is in exactly one test part, and the parts are even") {
        const auto splits = k_folds(log, 4, 5);
        REQUIRE(splits.size() == 4);
        check_partition(log.matrix,
                        {&splits[0].test, &splits[1].test, &splits[2].test, &splits[3].test});
        std::size_t smallest = log.matrix.entry_count();
        std::size_t largest = 0;
        for (const split& one : splits) {
            check_partition(log.matrix, {&one.train, &one.test});
            smallest = std::min(smallest, one.test.entry_count());
            largest = std::max(largest, one.test.entry_count());
        }
        CHECK(largest - smallest <= 1);
    }
    SUBCASE("the seed decides") {
        CHECK(k_folds(log, 3, 1) == k_folds(log.matrix, 3, 1));
        CHECK_FALSE(k_folds(log, 3, 1) == k_folds(log, 3, 2));
    }
    SUBCASE("options") {
        CHECK_THROWS_AS(static_cast<void>(k_folds(log, 1)), option_error);
        CHECK_THROWS_AS(static_cast<void>(k_folds(small_log({{{0, 0}, 1}}), 2)), option_error);
        CHECK(k_folds(small_log({{{0, 0}, 1}, {{1, 4}, 1}}), 2)[1].test.entry_count() == 1);
    }
}
