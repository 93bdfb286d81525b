// SPDX-License-Identifier: MIT
#include <hybrec/simd/tile.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

namespace {

/// Small whole numbers, so that sums in any order are exact.
template <class T>
aligned_vector<T> whole_numbers(std::size_t count, std::uint64_t stream) {
    aligned_vector<T> values(count);
    for (std::size_t at = 0; at < count; ++at)
        values[at] = static_cast<T>(std::floor(9 * counter_random{8, stream}.uniform(at)) - 4);
    return values;
}

} // namespace

TEST_CASE_TEMPLATE("simd::multiply_tile and multiply_wide_tile equal the sums of products", T,
                   float, double) {
    constexpr std::size_t height = simd::tile_height<T>;
    constexpr std::size_t width = simd::width<T>;
    constexpr std::size_t stride = 2 * simd::line<T>;
    for (const std::size_t depth : {0u, 1u, 5u, 16u}) {
        CAPTURE(depth);
        const auto columns = whole_numbers<T>(stride * (depth + 1), 1); // (i, k) at k·stride + i
        const auto rows = whole_numbers<T>(32 * height, 2);             // (i, k) at i·32 + k
        const auto right = whole_numbers<T>(stride * (depth + 1), 3);
        const auto before = whole_numbers<T>(stride * height, 4);
        const auto check = [&](const aligned_vector<T>& result, std::size_t tile_rows,
                               std::size_t tile_columns, T keep, T sign, auto left) {
            for (std::size_t i = 0; i < tile_rows; ++i)
                for (std::size_t j = 0; j < tile_columns; ++j) {
                    T expected = keep * before[i * stride + j];
                    for (std::size_t k = 0; k < depth; ++k)
                        expected += sign * left(i, k) * right[k * stride + j];
                    REQUIRE(result[i * stride + j] == expected);
                }
            // Nothing else is written.
            for (std::size_t i = 0; i < height; ++i)
                for (std::size_t j = 0; j < stride; ++j)
                    if (i >= tile_rows || j >= tile_columns)
                        REQUIRE(result[i * stride + j] == before[i * stride + j]);
        };
        const auto by_columns = [&](std::size_t i, std::size_t k) {
            return columns[k * stride + i];
        };
        const auto by_rows = [&](std::size_t i, std::size_t k) { return rows[i * 32 + k]; };
        const simd::columns_operand<T> left_columns{columns.data(), stride};
        const simd::rows_operand<T> left_rows{rows.data(), 32};

        auto result = before;
        simd::multiply_tile<T>(left_columns, right.data(), stride, depth, result.data(), stride);
        check(result, height, width, T{1}, T{1}, by_columns);
        result = before;
        simd::multiply_tile<T, simd::default_arch, simd::update::subtract>(
            left_rows, right.data(), stride, depth, result.data(), stride);
        check(result, height, width, T{1}, T{-1}, by_rows);
        result = before;
        simd::multiply_tile<T, simd::default_arch, simd::update::assign, 1>(
            left_rows, right.data(), stride, depth, result.data(), stride);
        check(result, 1, width, T{0}, T{1}, by_rows);
        result = before;
        simd::multiply_wide_tile<T, simd::default_arch, simd::update::assign>(
            left_columns, right.data(), right.data() + width, stride, depth, result.data(), stride);
        check(result, height / 2, 2 * width, T{0}, T{1}, by_columns);
        result = before;
        simd::multiply_wide_tile<T>(left_rows, right.data(), right.data() + width, stride, depth,
                                    result.data(), stride);
        check(result, height / 2, 2 * width, T{1}, T{1}, by_rows);
    }
}

TEST_CASE("simd::multiply_tile may overwrite its right operand") {
    constexpr std::size_t height = simd::tile_height<float>;
    const auto left = whole_numbers<float>(height * height, 5);
    auto values = whole_numbers<float>(height * simd::line<float>, 6);
    const auto before = values;
    simd::multiply_tile<float, simd::default_arch, simd::update::assign>(
        simd::rows_operand<float>{left.data(), height}, values.data(), simd::line<float>, height,
        values.data(), simd::line<float>);
    for (std::size_t i = 0; i < height; ++i)
        for (std::size_t j = 0; j < simd::width<float>; ++j) {
            float expected = 0;
            for (std::size_t k = 0; k < height; ++k)
                expected += left[i * height + k] * before[k * simd::line<float> + j];
            CHECK(values[i * simd::line<float> + j] == expected);
        }
}
