// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/nearest.hpp>

#include "search_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>

using namespace hybrec;

TEST_CASE_TEMPLATE("nearest ranks others by cosine, with and without an index", Value, float,
                   double) {
    for (const test::rows_kind kind : test::all_kinds) {
        CAPTURE(static_cast<int>(kind));
        const auto table = test::make_rows<Value>(kind, 90, 20);
        const auto lengths = inverse_lengths(table);
        CHECK(lengths == test::inverse_lengths(table));
        const std::span<const Value> known{lengths};
        const search_index index{table};
        const excluding denied{item_index{2}, item_index{40}};
        thread_pool pool{2};
        const auto all = nearest_all(table, index, known, 7, denied, {.pool = &pool});
        REQUIRE(all.size() == 90);
        for (std::size_t row = 0; row < 90; ++row) {
            const item_index self(row);
            ranking<item_index, Value> expected;
            if (lengths[row] > Value{0})
                expected = test::brute_force(
                    table, table.padded_row(self), 7,
                    [&](item_index item) { return item != self && denied.admits(item); },
                    lengths.data(), lengths[row]);
            CHECK(nearest(table, &index, known, self, 7, denied) == expected);
            CHECK(nearest(table, nullptr, known, self, 7, denied) == expected);
            CHECK(std::equal(all[row].begin(), all[row].end(), expected.begin(), expected.end()));
        }
    }
}

TEST_CASE("inverse_lengths is zero where there is no direction") {
    factor_table<item_index, float> table(4, 2);
    table.row(item_index{0})[0] = 3;
    table.row(item_index{0})[1] = -4;
    table.row(item_index{2})[0] = std::numeric_limits<float>::infinity();
    table.row(item_index{3})[0] = std::numeric_limits<float>::quiet_NaN();
    CHECK(inverse_lengths(table) == aligned_vector<float>{0.2F, 0, 0, 0});
}
