// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/search_many.hpp>

#include "search_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <stop_token>
#include <vector>

using namespace hybrec;

TEST_CASE_TEMPLATE("search_many gives each query what brute force gives, on any number of threads",
                   Value, float, double) {
    for (const test::rows_kind kind : test::all_kinds)
        for (const std::size_t rows : {1u, 40u, 1100u}) {
            CAPTURE(static_cast<int>(kind));
            CAPTURE(rows);
            const auto table = test::make_rows<Value>(kind, rows, 21);
            const auto inverse = test::inverse_lengths(table);
            const search_index index{table};
            // Two full batches, one of a few tiles, and the last too small for a tile.
            for (const std::size_t count : {3u, 131u, 150u}) {
                const auto queries = test::make_rows<Value>(kind, count, 21, 5);
                const auto of_query = test::inverse_lengths(queries);
                const auto admitted = test::admissions(rows);
                for (const bool cosine : {false, true})
                    for (const std::size_t n : {0u, 1u, 10u, 900u}) {
                        if (n == 900 && count != 131)
                            continue;
                        const Value* lengths = cosine ? inverse.data() : nullptr;
                        const auto query_of = [&](std::size_t at) {
                            return at % 29 == 7
                                       ? search_query<Value>{}
                                       : search_query<Value>{queries.padded_row(item_index(at)),
                                                             of_query[at]};
                        };
                        const auto admission_of = [&](std::size_t at) {
                            return admitted[at % admitted.size()];
                        };
                        thread_pool one{1};
                        const auto lists = search_many(table, index, count, n, query_of,
                                                       admission_of, lengths, {.pool = &one});
                        REQUIRE(lists.size() == count);
                        for (std::size_t at = 0; at < count; ++at) {
                            const auto query = query_of(at);
                            if (!query.values) {
                                CHECK(lists[at].empty());
                                continue;
                            }
                            const auto expected = test::brute_force(
                                table, query.values, n,
                                [&](item_index item) { return admission_of(at).admits(item); },
                                lengths, query.inverse_length);
                            REQUIRE(std::equal(lists[at].begin(), lists[at].end(), expected.begin(),
                                               expected.end()));
                        }
                        for (const std::size_t threads : {2u, 3u}) {
                            thread_pool pool{threads};
                            REQUIRE(search_many(table, index, count, n, query_of, admission_of,
                                                lengths, {.pool = &pool}) == lists);
                        }
                    }
            }
        }
}

TEST_CASE("search_many looks beyond the rows that marks cover") {
    const std::size_t rows = 70'000;
    factor_table<item_index, float> table(rows, 2);
    for (std::size_t row = 0; row < rows; ++row) {
        table.row(item_index(row))[0] = row < 66'000 ? -10.0F : -0.5F;
        table.row(item_index(row))[1] = static_cast<float>(row % 1000) / 1000;
    }
    const search_index index{table};
    factor_table<item_index, float> queries(20, 2);
    for (std::size_t at = 0; at < 20; ++at) {
        queries.row(item_index(at))[0] = 1;
        queries.row(item_index(at))[1] = static_cast<float>(at) / 20;
    }
    const auto admitted = test::admissions(rows);
    const auto lists = search_many(
        table, index, 20, 7,
        [&](std::size_t at) { return search_query<float>{queries.padded_row(item_index(at))}; },
        [&](std::size_t at) { return admitted[at % 4]; });
    for (std::size_t at = 0; at < 20; ++at) {
        const auto expected =
            test::brute_force(table, queries.padded_row(item_index(at)), 7,
                              [&](item_index item) { return admitted[at % 4].admits(item); });
        CHECK(std::equal(lists[at].begin(), lists[at].end(), expected.begin(), expected.end()));
    }
}

TEST_CASE("search_many of nothing, and stopped") {
    const auto table = test::make_rows<float>(test::rows_kind::normal, 40, 8);
    const search_index index{table};
    const auto query_of = [&](std::size_t) { return search_query<float>{table.data()}; };
    const auto everything = [](std::size_t) { return test::listed_and_asked{}; };
    CHECK(search_many(table, index, 0, 5, query_of, everything).size() == 0);
    const factor_table<item_index, float> none(0, 8);
    const auto empty = search_many(none, search_index{none}, 3, 5, query_of, everything);
    CHECK(empty.size() == 3);
    CHECK(empty[2].empty());
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS_AS((void)search_many(table, index, 9, 5, query_of, everything,
                                      static_cast<const float*>(nullptr),
                                      {.stop = source.get_token()}),
                    cancelled);
}
