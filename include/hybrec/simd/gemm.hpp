// SPDX-License-Identifier: MIT
/// @file
/// The product of two small dense matrices.
#pragma once

#include <hybrec/simd/tile.hpp>

#include <cassert>
#include <cstddef>

namespace hybrec::simd {

/// target[i][j] ∘= Σ_k left[i][k]·right[k][j], with `rows` × `depth` values on the left and `depth` ×
/// `columns` on the right, all row-major.
///
/// Two registers of columns at a time pass down all rows, so that this part of `right` stays in
/// cache. Each value of the target is the same whatever `rows` is.
/// @pre `right` and `target` are multiples of 64 bytes, `columns` and their strides multiples of
///      `line<T>`; the target does not overlap the operands.
/// Complexity: O(rows · depth · columns).
template <class T, class Arch = default_arch, update Update = update::assign>
inline void gemm(const T* left, std::size_t left_stride, const T* right, std::size_t right_stride,
                 std::size_t rows, std::size_t depth, std::size_t columns, T* target,
                 std::size_t target_stride) noexcept {
    assert(columns % line<T> == 0 && right_stride % line<T> == 0 && target_stride % line<T> == 0);
    constexpr std::size_t height = tile_height<T, Arch> / 2;
    constexpr std::size_t step = width<T, Arch>;
    for (std::size_t column = 0; column < columns;) {
        const T* const first = right + column;
        std::size_t row = 0;
        if (column + 2 * step <= columns) {
            for (; row + height <= rows; row += height)
                multiply_wide_tile<T, Arch, Update>(
                    rows_operand<T>{left + row * left_stride, left_stride}, first, first + step,
                    right_stride, depth, target + row * target_stride + column, target_stride);
            for (; row < rows; ++row)
                multiply_wide_tile<T, Arch, Update, 1>(
                    rows_operand<T>{left + row * left_stride, left_stride}, first, first + step,
                    right_stride, depth, target + row * target_stride + column, target_stride);
            column += 2 * step;
        } else {
            for (; row + height <= rows; row += height)
                multiply_tile<T, Arch, Update, height>(
                    rows_operand<T>{left + row * left_stride, left_stride}, first, right_stride,
                    depth, target + row * target_stride + column, target_stride);
            for (; row < rows; ++row)
                multiply_tile<T, Arch, Update, 1>(
                    rows_operand<T>{left + row * left_stride, left_stride}, first, right_stride,
                    depth, target + row * target_stride + column, target_stride);
            column += step;
        }
    }
}

} // namespace hybrec::simd
