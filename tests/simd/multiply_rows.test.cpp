// SPDX-License-Identifier: MIT
#include <hybrec/simd/multiply_rows.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

TEST_CASE("multiply_rows turns every row, with the same bits for any number of threads") {
    constexpr std::size_t factors = 33;
    factor_table<item_index, float> before(700, factors);
    aligned_vector<float> matrix(before.stride() * before.stride());
    for (std::size_t i = 0; i < factors; ++i)
        for (std::size_t j = 0; j < factors; ++j)
            matrix[i * before.stride() + j] =
                static_cast<float>(counter_random{2}.normal(i * factors + j));
    for (std::size_t row = 0; row < before.rows(); ++row)
        for (std::size_t i = 0; i < factors; ++i)
            before.row(item_index(row))[i] =
                static_cast<float>(counter_random{1}.normal(row * factors + i));
    thread_pool one{1};
    auto turned = before;
    multiply_rows(turned, matrix, {.pool = &one});
    for (std::size_t row = 0; row < before.rows(); row += 37)
        for (std::size_t j = 0; j < before.stride(); ++j) {
            double expected = 0;
            if (j < factors)
                for (std::size_t i = 0; i < factors; ++i)
                    expected += static_cast<double>(before.row(item_index(row))[i]) *
                                static_cast<double>(matrix[i * before.stride() + j]);
            CHECK(std::abs(static_cast<double>(turned.padded_row(item_index(row))[j]) - expected) <
                  1e-4);
        }
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        auto table = before;
        multiply_rows(table, matrix, {.pool = &pool});
        CHECK(table == turned);
    }
}
