// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/detail/pair_search.hpp>

#include "../search_fixture.hpp"

#include <hybrec/retrieval/exact_search.hpp>
#include <hybrec/retrieval/nearest.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <span>
#include <stop_token>

using namespace hybrec;

namespace {

/// Whether the nearest rows of all are those that a search without an index finds for each.
template <class Value>
void check_pairs(const factor_table<item_index, Value>& table, std::size_t depth,
                 std::size_t threads) {
    const auto lengths = inverse_lengths(table);
    const std::span<const Value> known{lengths};
    const search_index index{table};
    REQUIRE(detail::pair_search<item_index, Value>::pays(index, 1));
    thread_pool pool{threads};
    rankings<item_index, Value> found{table.rows(), depth};
    detail::pair_search{table, index, known, found}.run({.pool = &pool});
    std::size_t wrong = 0;
    for (std::size_t row = 0; row < table.rows(); ++row) {
        const auto expected = nearest(table, nullptr, known, item_index(row), depth, unfiltered{});
        wrong +=
            !std::equal(found[row].begin(), found[row].end(), expected.begin(), expected.end());
    }
    CHECK(wrong == 0);
}

} // namespace

TEST_CASE_TEMPLATE("a search by pairs finds what a search for each row finds", Value, float,
                   double) {
    // Four and five parts, the last group of one row or of all; rankings with and without a head start.
    for (const test::rows_kind kind : test::all_kinds) {
        CAPTURE(static_cast<int>(kind));
        check_pairs(test::make_rows<Value>(kind, 1569, 10), 7, 2);
        check_pairs(test::make_rows<Value>(kind, 2080, 9), 18, 3);
        check_pairs(test::make_rows<Value>(kind, 1569, 70), 10, 2);
    }
}

TEST_CASE("a search by pairs takes few rows alike, and stops when asked to") {
    const auto table = test::make_rows<float>(test::rows_kind::normal, 2000, 8);
    const search_index index{table};
    using search = detail::pair_search<item_index, float>;
    CHECK(search::pays(index, 2));
    CHECK_FALSE(search::pays(index, 3)); // four parts: two pairs at a time
    CHECK_FALSE(
        search::pays(search_index{test::make_rows<float>(test::rows_kind::normal, 1500, 8)}, 1));

    const auto lengths = inverse_lengths(table);
    rankings<item_index, float> found{table.rows(), 3};
    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS((search{table, index, lengths, found}.run({.stop = stop.get_token()})),
                    cancelled);
}

TEST_CASE("the nearest rows of all have the same bits at 1, 2 and 3 threads") {
    const auto table = test::make_rows<float>(test::rows_kind::skewed, 3100, 16);
    const auto lengths = inverse_lengths(table);
    const search_index index{table};
    thread_pool one{1}, two{2}, three{3}, eight{8}; // the last searches row by row
    const auto all =
        nearest_all(table, index, std::span<const float>{lengths}, 5, unfiltered{}, {.pool = &one});
    CHECK(all.size() == 3100);
    CHECK(all[0].size() == 5);
    for (thread_pool* const pool : {&two, &three, &eight})
        CHECK(nearest_all(table, index, std::span<const float>{lengths}, 5, unfiltered{},
                          {.pool = pool}) == all);
}
