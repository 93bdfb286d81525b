// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/history_lengths.hpp>

#include <hybrec/hybrid/switching.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

static_assert(archivable<history_lengths>);

TEST_CASE("history_lengths counts what is known about a user") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F},
                                                            {user_index{0}, item_index{2}, 1.0F}},
        {.row_count = 2});
    const history_lengths lengths{matrix};
    const std::vector<weighted_item> three(3);
    const std::vector<weighted_item> one(1);
    CHECK(lengths(user_index{0}) == 2);
    CHECK(lengths(user_index{1}) == 0);
    CHECK(lengths(user_index{5}) == 0);
    CHECK(lengths(request{user_index{0}, one}) == 2);
    CHECK(lengths(request{user_index{0}, three}) == 3);
    CHECK(lengths(request{three}) == 3);
    CHECK(history_lengths{}(request{user_index{0}}) == 0);

    const history_between some{lengths, 1, 3};
    static_assert(request_gate<history_between>);
    CHECK(some(request{user_index{0}}));
    CHECK_FALSE(some(request{user_index{1}}));
    CHECK_FALSE(some(request{three}));
}
