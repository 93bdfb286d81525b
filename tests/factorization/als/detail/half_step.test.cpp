// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/half_step.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/factorization/als/exact.hpp>

#include <doctest/doctest.h>

#include <map>
#include <vector>

using namespace hybrec;

namespace {

constexpr std::size_t rank = 16;

/// Rows of random numbers.
[[nodiscard]] factor_table<user_index, float> random_table(std::size_t rows) {
    factor_table<user_index, float> table(rows, rank);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t at = 0; at < rank; ++at)
            table.row(user_index(row))[at] =
                static_cast<float>(counter_random{2}.normal(row * rank + at));
    return table;
}

} // namespace

TEST_CASE("als: a row's system has each of its entries once, near or far") {
    const hu_koren_volinsky confidence{.alpha = 2};
    const std::vector<float> diagonal(rank, 1.0F);
    for (const std::size_t rows : {20'000u, 300'000u}) { // 1 and 19 MB
        const auto table = random_table(rows);
        const detail::als_fixed_side<user_index, float> fixed{
            table, nullptr, diagonal.data(), {.lambda = 0.5}};
        CHECK(detail::is_far(fixed) == (rows == 300'000));
        for (const std::size_t size : {1u, 17u, 1023u, 1024u, 1025u, 2111u}) {
            CAPTURE(size);
            std::vector<user_index> columns;
            std::vector<float> values;
            std::map<const float*, float> expected;
            for (std::size_t k = 0; k < size; ++k) {
                columns.emplace_back(7 * k + 1);
                values.push_back(static_cast<float>(k + 1));
                expected[table.padded_row(columns.back())] = values.back();
            }
            detail::als_row_solver<exact, float> solver{exact{}, rank, size};
            const auto system =
                solver.system(fixed, sparse_row<user_index, float>{columns, values}, confidence);
            REQUIRE(system.entries == size);
            std::map<const float*, float> found;
            for (std::size_t k = 0; k < size; ++k) {
                found[system.rows[k]] = system.weights[k] / 2;
                CHECK(system.targets[k] == 1 + system.weights[k]);
            }
            CHECK(found == expected);
            for (std::size_t k = size; k < padded_size<float>(size); ++k) {
                CHECK(system.rows[k] == system.rows[0]);
                CHECK(system.weights[k] == 0);
                CHECK(system.targets[k] == 0);
            }
        }
    }
}
