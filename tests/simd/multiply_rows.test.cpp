// SPDX-License-Identifier: MIT
#include <hybrec/simd/multiply_rows.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
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

TEST_CASE("multiply_rows_fast comes as close, to the length of a row") {
    for (const std::size_t factors : {20u, 64u, 100u, 600u}) { // the last is too wide for digits
        CAPTURE(factors);
        factor_table<user_index, float> before(70, factors);
        aligned_vector<float> matrix(before.stride() * before.stride());
        for (std::size_t i = 0; i < factors; ++i)
            for (std::size_t j = 0; j < factors; ++j)
                matrix[i * before.stride() + j] =
                    static_cast<float>(counter_random{2}.normal(i * factors + j) /
                                       std::sqrt(static_cast<double>(factors)));
        for (std::size_t row = 0; row < before.rows(); ++row)
            for (std::size_t i = 0; i < factors; ++i)
                before.row(user_index(row))[i] =
                    static_cast<float>(counter_random{1}.normal(row * factors + i));
        thread_pool one{1}, two{2};
        auto exact = before, fast = before, shared = before;
        factor_table<item_index, float> other(3, factors);
        for (std::size_t row = 0; row < other.rows(); ++row)
            std::copy_n(before.padded_row(user_index(row + 5)), before.stride(),
                        other.padded_row(item_index(row)));
        multiply_rows(exact, matrix, {.pool = &one});
        multiply_rows_fast({fast.all_rows()}, matrix, {.pool = &one});
        multiply_rows_fast({shared.all_rows(), other.all_rows()}, matrix, {.pool = &two});
        CHECK(shared == fast);
        for (std::size_t row = 0; row < other.rows(); ++row) // a row's bits do not depend on others
            CHECK(std::equal(other.padded_row(item_index(row)),
                             other.padded_row(item_index(row)) + other.stride(),
                             fast.padded_row(user_index(row + 5))));
        float worst = 0;
        for (std::size_t at = 0; at < exact.rows() * exact.stride(); ++at)
            worst = std::max(worst, std::abs(exact.data()[at] - fast.data()[at]));
        CHECK(worst < 2e-5F);
        if (simd::has_processor_tiles() && factors >= 64 && factors <= 512)
            CHECK(worst > 0); // it went that way
    }
}
