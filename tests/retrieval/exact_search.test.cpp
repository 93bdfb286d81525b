// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/exact_search.hpp>

#include "search_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace hybrec;

namespace {

/// Counts how often it is asked.
struct counting {
    test::listed_and_asked inner;
    std::size_t* asked;
    bool admits(item_index item) const noexcept { return inner.admits(item); }
    bool asks() const noexcept { return inner.asks(); }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        inner.visit_denied(sink);
    }
    bool admits_unlisted(item_index item) const noexcept {
        CHECK_FALSE(std::binary_search(inner.list.begin(), inner.list.end(), item));
        ++*asked;
        return inner.admits_unlisted(item);
    }
};

} // namespace

TEST_CASE_TEMPLATE("search finds what scoring and sorting everything finds, to the bit", Value,
                   float, double) {
    for (const test::rows_kind kind : test::all_kinds)
        for (const std::size_t rows : {0u, 1u, 31u, 32u, 33u, 129u, 700u}) {
            const std::size_t factors = rows == 129 ? 64 : 19;
            CAPTURE(static_cast<int>(kind));
            CAPTURE(rows);
            const auto table = test::make_rows<Value>(kind, rows, factors);
            const auto inverse = test::inverse_lengths(table);
            const search_index index{table};
            const auto queries = test::make_rows<Value>(kind, 14, factors, 5);
            const auto of_query = test::inverse_lengths(queries);
            for (const auto& admitted : test::admissions(rows))
                for (const std::size_t n : {0u, 1u, 10u, 50u, 800u})
                    for (std::uint32_t at = 0; at<14; at += n> 10 ? 5 : 1)
                        for (const bool cosine : {false, true}) {
                            const Value* lengths = cosine ? inverse.data() : nullptr;
                            const search_query<Value> query{queries.padded_row(item_index{at}),
                                                            of_query[at]};
                            const auto expected = test::brute_force(
                                table, query.values, n,
                                [&](item_index item) { return admitted.admits(item); }, lengths,
                                query.inverse_length);
                            std::vector<scored<item_index, Value>> found(n);
                            found.resize(
                                search(table, index, query, std::span{found}, admitted, lengths));
                            REQUIRE(found == expected);
                            found.resize(n);
                            found.resize(search(table, query, std::span{found}, admitted, lengths));
                            REQUIRE(found == expected);
                        }
        }
}

TEST_CASE("search looks beyond the rows that marks cover") {
    // Short rows that are best come last in the order of lengths.
    const std::size_t rows = 70'000;
    factor_table<item_index, float> table(rows, 2);
    for (std::size_t row = 0; row < rows; ++row) {
        table.row(item_index(row))[0] = row < 66'000 ? -10.0F : -0.5F;
        table.row(item_index(row))[1] = static_cast<float>(row % 1000) / 1000;
    }
    const search_index index{table};
    factor_table<item_index, float> query(1, 2);
    query.row(item_index{0})[0] = 1;
    query.row(item_index{0})[1] = 0.25F;
    for (const auto& admitted : test::admissions(rows)) {
        std::vector<scored_item> found(7);
        found.resize(search(table, index, {query.data()}, std::span{found}, admitted));
        CHECK(found == test::brute_force(table, query.data(), 7,
                                         [&](item_index item) { return admitted.admits(item); }));
    }
}

TEST_CASE("search asks the filter about few rows of skewed tables, and never about marked ones") {
    const auto table = test::make_rows<float>(test::rows_kind::skewed, 5000, 16);
    const search_index index{table};
    std::size_t asked = 0;
    std::vector<scored_item> found(10);
    CHECK(search(table, index, {table.padded_row(item_index{0})}, std::span{found},
                 counting{test::admissions(5000)[3], &asked}) == 10);
    CHECK(asked > 0);
    CHECK(asked < 500);
}

TEST_CASE("search with more factors than the index serves, and with no query") {
    const auto table = test::make_rows<float>(test::rows_kind::normal, 70, 2500);
    const search_index index{table};
    std::vector<scored_item> found(5);
    const test::listed_and_asked everything;
    CHECK(search(table, index, {table.padded_row(item_index{3})}, std::span{found}, everything) ==
          5);
    CHECK(found == test::brute_force(table, table.padded_row(item_index{3}), 5,
                                     [](item_index) { return true; }));
    CHECK(search(table, index, {}, std::span{found}, everything) == 0);
    CHECK(search(table, {}, std::span{found}, everything) == 0);
}

TEST_CASE("search with lengths ranks by cosine even if the query's own length is not given") {
    const auto table = test::make_rows<float>(test::rows_kind::skewed, 900, 30);
    const auto lengths = test::inverse_lengths(table);
    const search_index index{table};
    const test::listed_and_asked everything;
    for (const float of_query : {1e-20F, 1.0F, 1e6F, 1e20F})
        for (std::uint32_t at = 0; at < 9; ++at) {
            const search_query<float> query{table.padded_row(item_index{at}), of_query};
            std::vector<scored_item> found(10);
            found.resize(search(table, index, query, std::span{found}, everything, lengths.data()));
            CHECK(found == test::brute_force(
                               table, query.values, 10, [](item_index) { return true; },
                               lengths.data(), of_query));
        }
}
