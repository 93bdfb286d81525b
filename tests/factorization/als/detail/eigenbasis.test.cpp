// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/eigenbasis.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/simd/multiply_rows.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace hybrec;

namespace {

template <class Value>
factor_table<item_index, Value> random_table(std::size_t rows, std::size_t factors) {
    factor_table<item_index, Value> table(rows, factors);
    for (std::size_t row = 0; row < rows; ++row)
        for (std::size_t factor = 0; factor < factors; ++factor)
            table.row(item_index(row))[factor] = static_cast<Value>(
                counter_random{9}.normal(row * factors + factor) / (1.0 + double(factor)));
    return table;
}

} // namespace

TEST_CASE_TEMPLATE("in its eigenbasis a table's Gram matrix is diagonal, and back it is the same",
                   Value, float, double) {
    const double tolerance = sizeof(Value) == 4 ? 2e-6 : 1e-13;
    for (const std::size_t rows : {1u, 15u, 16u, 17u, 600u})
        for (const std::size_t factors : {1u, 5u, 16u, 40u}) {
            CAPTURE(rows);
            CAPTURE(factors);
            const auto before = random_table<Value>(rows, factors);
            const auto basis = detail::eigenbasis_of(before, Value{2}, {});
            auto table = before;
            multiply_rows(table, basis.transpose, {});
            const auto gram = gram_matrix(table, Value{2});
            const auto largest = static_cast<double>(basis.values[0]);
            for (std::size_t i = 0; i < factors; ++i)
                for (std::size_t j = 0; j < factors; ++j)
                    CHECK(std::abs(static_cast<double>(gram[i * table.stride() + j]) -
                                   (i == j ? static_cast<double>(basis.values[i]) : 0)) <
                          tolerance * largest);
            multiply_rows(table, basis.vectors, {});
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t factor = 0; factor < table.stride(); ++factor)
                    CHECK(std::abs(static_cast<double>(
                              table.padded_row(item_index(row))[factor] -
                              before.padded_row(item_index(row))[factor])) < tolerance * 10);
        }
}

TEST_CASE("eigenbasis_of refuses factors that are not finite") {
    auto table = random_table<float>(5, 3);
    table.row(item_index(2))[1] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS((void)detail::eigenbasis_of(table, 1.0F, {}), numeric_error);
}
