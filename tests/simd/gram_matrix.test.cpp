// SPDX-License-Identifier: MIT
#include <hybrec/simd/gram_matrix.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

TEST_CASE("gram_matrix is the scaled YᵀY, with the same bits for any number of threads") {
    factor_table<item_index, float> table(5000, 21);
    for (std::size_t row = 0; row < table.rows(); ++row)
        for (std::size_t factor = 0; factor < 21; ++factor)
            table.row(item_index(row))[factor] =
                static_cast<float>(counter_random{3}.normal(row * 21 + factor));
    thread_pool one{1};
    const auto gram = gram_matrix(table, 0.5F, {.pool = &one});
    REQUIRE(gram.size() == table.stride() * table.stride());
    for (std::size_t i = 0; i < table.stride(); ++i)
        for (std::size_t j = 0; j < table.stride(); ++j) {
            double expected = 0;
            if (i < 21 && j < 21)
                for (std::size_t row = 0; row < table.rows(); ++row)
                    expected += 0.5 * static_cast<double>(table.row(item_index(row))[i]) *
                                static_cast<double>(table.row(item_index(row))[j]);
            REQUIRE(std::abs(gram[i * table.stride() + j] - expected) < 0.02);
        }
    for (const std::size_t threads : {2u, 3u}) {
        thread_pool pool{threads};
        CHECK(gram_matrix(table, 0.5F, {.pool = &pool}) == gram);
    }
}

TEST_CASE("gram_matrix of a table without rows is zero") {
    const factor_table<item_index, double> table(0, 3);
    for (const double value : gram_matrix(table, 1.0))
        CHECK(value == 0);
}
