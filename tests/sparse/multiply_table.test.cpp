// SPDX-License-Identifier: MIT
#include <hybrec/sparse/multiply_table.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("multiply_table adds up the rows that a row names, on any number of threads") {
    constexpr std::size_t users = 90, items = 200;
    const counter_random random{4};
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < users; ++user) // user 0 has none, the last one all
        for (std::size_t item = 0; item < items; ++item)
            if (random.below(users, user * items + item) < user || user + 1 == users)
                entries.add(user_index(user), item_index(item),
                            static_cast<float>(random.below(5, item)) - 2);
    const user_items matrix = build_csr<user_index, item_index, float>(
        entries, {.row_count = users, .column_count = items});
    for (const std::size_t factors : {1U, 16U, 77U}) {
        factor_table<item_index, float> table(items, factors);
        for (std::size_t item = 0; item < items; ++item)
            for (std::size_t factor = 0; factor < factors; ++factor)
                table.row(item_index(item))[factor] =
                    static_cast<float>(random.below(9, item * factors + factor)); // exact sums
        factor_table<user_index, float> expected(users, factors);
        for (std::size_t user = 0; user < users; ++user)
            for (const auto [item, value] : matrix.row(user_index(user)))
                for (std::size_t factor = 0; factor < factors; ++factor)
                    expected.row(user_index(user))[factor] += value * table.row(item)[factor];
        for (const std::size_t threads : {1U, 2U, 3U}) {
            thread_pool pool{threads};
            CHECK(multiply_table(matrix.view(), table, {.pool = &pool}) == expected);
        }
    }
}
