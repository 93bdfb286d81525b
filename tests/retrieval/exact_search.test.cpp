// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/exact_search.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <vector>

using namespace hybrec;

namespace {

template <class Value>
factor_table<item_index, Value> random_table(std::size_t rows, std::size_t factors) {
    factor_table<item_index, Value> table(rows, factors);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t factor = 0; factor < factors; ++factor)
            table.row(item_index(row))[factor] =
                static_cast<Value>(counter_random{8}.normal(row * factors + factor));
    return table;
}

} // namespace

TEST_CASE_TEMPLATE("search finds the largest inner products among the admitted", Value, float,
                   double) {
    for (const std::size_t rows : {0u, 1u, 127u, 128u, 129u, 400u})
        for (const std::size_t n : {0u, 1u, 10u, 500u}) {
            CAPTURE(rows);
            CAPTURE(n);
            const auto table = random_table<Value>(rows, 19);
            const auto queries = random_table<Value>(3, 19);
            const auto admits = [](item_index item) { return item.value() % 3 != 1; };
            std::vector<Value> scale(rows);
            for (std::size_t row = 0; row < rows; ++row)
                scale[row] = static_cast<Value>(1 + row % 2);
            for (const bool scaled : {false, true}) {
                const Value* query = queries.padded_row(item_index{1});
                std::vector<scored<item_index, Value>> expected;
                for (std::size_t row = 0; row < rows; ++row)
                    if (admits(item_index(row)))
                        expected.push_back(
                            {item_index(row),
                             simd::dot(query, table.padded_row(item_index(row)), table.stride()) *
                                 (scaled ? scale[row] : Value{1})});
                std::sort(expected.begin(), expected.end(), ranks_before<item_index, Value>);
                expected.resize(std::min(n, expected.size()));
                std::vector<scored<item_index, Value>> found(n);
                found.resize(search(table, query, std::span{found}, admits,
                                    scaled ? scale.data() : nullptr));
                CHECK(found == expected);
            }
        }
}

TEST_CASE("search_many gives each query what search gives, on any number of threads") {
    const auto table = random_table<float>(300, 33);
    const auto queries = random_table<float>(45, 33);
    const auto query_of = [&](std::size_t at) {
        return at == 7 ? nullptr : queries.padded_row(item_index(at));
    };
    const auto admits = [](std::size_t at, item_index item) {
        return (at + item.value()) % 4 != 0;
    };
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        const auto lists = search_many(table, 45, 10, query_of, admits,
                                       static_cast<const float*>(nullptr), {.pool = &pool});
        REQUIRE(lists.size() == 45);
        CHECK(lists[7].empty());
        for (std::size_t at = 0; at < 45; ++at) {
            if (at == 7)
                continue;
            std::vector<scored_item> expected(10);
            expected.resize(search(table, query_of(at), std::span{expected},
                                   [&](item_index item) { return admits(at, item); }));
            CHECK(std::equal(lists[at].begin(), lists[at].end(), expected.begin(), expected.end()));
        }
    }
}
