// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/rounded_vectors.hpp>

#include <hybrec/core/index.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace hybrec;

TEST_CASE("als: rounded vectors are the table's, row by row, on any number of threads") {
    for (const std::size_t factors : {5u, 20u, 40u, 128u}) {
        CAPTURE(factors);
        factor_table<item_index, float> table(300, factors);
        for (std::size_t row = 0; row < table.rows(); ++row)
            for (std::size_t at = 0; at < factors; ++at)
                table.row(item_index(row))[at] =
                    static_cast<float>(counter_random{2}.normal(row * factors + at));
        for (const std::size_t threads : {1u, 3u}) {
            thread_pool pool{threads};
            const detail::rounded_vectors rounded{table, {.pool = &pool}};
            CHECK(rounded.stride() == simd::bfloat16_words(table.stride()));
            CHECK(rounded.bytes() == 300 * rounded.stride() * 4);
            for (std::size_t row = 0; row < table.rows(); ++row) {
                aligned_vector<simd::bfloat16_pair> expected(rounded.stride());
                simd::pack_bfloat16(table.padded_row(item_index(row)), table.stride(),
                                    expected.data());
                CHECK(std::equal(expected.begin(), expected.end(), rounded.row(row)));
            }
        }
    }
}
