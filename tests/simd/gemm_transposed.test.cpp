// SPDX-License-Identifier: MIT
#include <hybrec/simd/gemm_transposed.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

TEST_CASE_TEMPLATE("simd::gemm_transposed equals plain sums, for any shape", T, float, double) {
    const auto whole = [](std::uint64_t stream, std::size_t at) { // exact in any order
        return static_cast<T>(std::floor(9 * counter_random{5, stream}.uniform(at)) - 4);
    };
    for (const std::size_t lines : {1u, 3u})
        for (const std::size_t rows : {0u, 1u, 7u, 16u, 33u})
            for (const std::size_t depth : {0u, 1u, 5u, 256u, 257u, 600u}) {
                CAPTURE(lines);
                CAPTURE(rows);
                CAPTURE(depth);
                const std::size_t columns = lines * simd::line<T>;
                const std::size_t stride = columns + simd::line<T>;
                const std::size_t left_stride = rows + 3;
                aligned_vector<T> left(depth * left_stride + 1);
                aligned_vector<T> right(depth * stride + 1);
                aligned_vector<T> before((rows + 1) * stride);
                for (std::size_t at = 0; at < left.size(); ++at)
                    left[at] = whole(1, at);
                for (std::size_t at = 0; at < right.size(); ++at)
                    right[at] = whole(2, at);
                for (std::size_t at = 0; at < before.size(); ++at)
                    before[at] = whole(3, at);
                auto assigned = before;
                simd::gemm_transposed(left.data(), left_stride, right.data(), stride, rows, depth,
                                      columns, assigned.data(), stride);
                auto subtracted = before;
                simd::gemm_transposed<T, simd::default_arch, simd::update::subtract>(
                    left.data(), left_stride, right.data(), stride, rows, depth, columns,
                    subtracted.data(), stride);
                for (std::size_t i = 0; i <= rows; ++i)
                    for (std::size_t j = 0; j < stride; ++j) {
                        const std::size_t at = i * stride + j;
                        T product{0};
                        for (std::size_t k = 0; k < depth; ++k)
                            product += left[k * left_stride + i] * right[k * stride + j];
                        const bool inside = i < rows && j < columns;
                        REQUIRE(assigned[at] == (inside ? product : before[at]));
                        REQUIRE(subtracted[at] == (inside ? before[at] - product : before[at]));
                    }
            }
}
