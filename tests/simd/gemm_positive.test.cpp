// SPDX-License-Identifier: MIT
#include <hybrec/simd/gemm_positive.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace hybrec;

TEST_CASE_TEMPLATE("simd::gemm_positive multiplies the positive part, with the bits of gemm", T,
                   float, double) {
    const double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12;
    simd::positive_rows<T> memory; // kept from one size to the next
    for (const std::size_t depth : {40u, 7u, 129u})
        for (const std::size_t lines : {1u, 3u, 8u})
            for (const double shift : {-9.0, -1.0, 0.0, 9.0}) { // none above zero … all
                CAPTURE(depth);
                CAPTURE(lines);
                CAPTURE(shift);
                constexpr std::size_t rows = 13;
                const std::size_t stride = padded_size<T>(depth), columns = lines * simd::line<T>;
                const std::size_t wide = columns + simd::line<T>;
                aligned_vector<T> left(rows * stride), right(depth * wide), start(rows * wide);
                for (std::size_t row = 0; row < rows; ++row)
                    for (std::size_t k = 0; k < depth; ++k)
                        left[row * stride + k] = static_cast<T>(
                            counter_random{1}.normal(row * stride + k) + (row == 3 ? 9 : shift));
                for (std::size_t at = 0; at < right.size(); ++at)
                    right[at] = static_cast<T>(counter_random{2}.normal(at));
                for (std::size_t at = 0; at < start.size(); ++at)
                    start[at] = static_cast<T>(counter_random{3}.normal(at));
                const auto row_from = [&](std::size_t first) {
                    return [&left, first, stride](std::size_t row) {
                        return [at = left.data() + (first + row) * stride](std::size_t k) {
                            return simd::load<T, simd::default_arch>(at + k);
                        };
                    };
                };
                aligned_vector<T> together = start, alone = start, dense = start;
                simd::gemm_positive<T>(row_from(0), rows, right.data(), wide, depth, columns,
                                       together.data(), wide, memory);
                for (std::size_t row = 0; row < rows; ++row)
                    simd::gemm_positive<T>(row_from(row), 1, right.data(), wide, depth, columns,
                                           alone.data() + row * wide, wide, memory);
                aligned_vector<T> positive = left;
                for (T& value : positive)
                    value = std::max(value, T{0});
                simd::gemm<T, simd::default_arch, simd::update::add>(
                    positive.data(), stride, right.data(), wide, rows, depth, columns, dense.data(),
                    wide);
                CHECK(together == dense);
                CHECK(alone == dense);
                for (std::size_t row = 0; row < rows; ++row)
                    for (std::size_t at = 0; at < wide; ++at) {
                        auto expected = static_cast<double>(start[row * wide + at]);
                        for (std::size_t k = 0; k < depth && at < columns; ++k)
                            expected += static_cast<double>(positive[row * stride + k]) *
                                        static_cast<double>(right[k * wide + at]);
                        CHECK(std::abs(static_cast<double>(together[row * wide + at]) - expected) <=
                              tolerance * (1 + std::abs(expected)));
                    }
            }
}
