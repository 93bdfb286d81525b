// SPDX-License-Identifier: MIT
/// @file
/// The product of a transposed and a plain matrix: what the gradient of a linear map is made of.
#pragma once

#include <hybrec/simd/tile.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace hybrec::simd {

namespace detail {

template <class T, class Arch, update Update>
inline void multiply_transposed_panel(const T* left, std::size_t left_stride, const T* right,
                                      std::size_t right_stride, std::size_t rows, std::size_t depth,
                                      std::size_t columns, T* target,
                                      std::size_t target_stride) noexcept {
    constexpr std::size_t height = tile_height<T, Arch> / 2;
    constexpr std::size_t step = width<T, Arch>;
    for (std::size_t column = 0; column < columns;) {
        const T* const first = right + column;
        T* const to = target + column;
        std::size_t row = 0;
        if (column + 2 * step <= columns) {
            for (; row + height <= rows; row += height)
                multiply_wide_tile<T, Arch, Update>(columns_operand<T>{left + row, left_stride},
                                                    first, first + step, right_stride, depth,
                                                    to + row * target_stride, target_stride);
            for (; row < rows; ++row)
                multiply_wide_tile<T, Arch, Update, 1>(columns_operand<T>{left + row, left_stride},
                                                       first, first + step, right_stride, depth,
                                                       to + row * target_stride, target_stride);
            column += 2 * step;
        } else {
            for (; row + height <= rows; row += height)
                multiply_tile<T, Arch, Update, height>(columns_operand<T>{left + row, left_stride},
                                                       first, right_stride, depth,
                                                       to + row * target_stride, target_stride);
            for (; row < rows; ++row)
                multiply_tile<T, Arch, Update, 1>(columns_operand<T>{left + row, left_stride},
                                                  first, right_stride, depth,
                                                  to + row * target_stride, target_stride);
            column += step;
        }
    }
}

} // namespace detail

/// target[i][j] ∘= Σ_k left[k][i]·right[k][j], with `depth` rows on both sides, all row-major:
/// `rows` are columns of `left`.
///
/// Panels of 256 values of the sum, so that what tiles read again stays in the second-level cache.
/// Every value of the target is one chain of multiply-adds in ascending k, whatever `rows` is.
/// @pre `right` and `target` are multiples of 64 bytes, `columns` and their strides multiples of
///      `line<T>`; the target does not overlap the operands.
/// Complexity: O(rows · depth · columns).
template <class T, class Arch = default_arch, update Update = update::assign>
inline void gemm_transposed(const T* left, std::size_t left_stride, const T* right,
                            std::size_t right_stride, std::size_t rows, std::size_t depth,
                            std::size_t columns, T* target, std::size_t target_stride) noexcept {
    assert(columns % line<T> == 0 && right_stride % line<T> == 0 && target_stride % line<T> == 0);
    constexpr std::size_t panel = 256;
    constexpr update later = Update == update::assign ? update::add : Update;
    const std::size_t first = std::min(panel, depth);
    detail::multiply_transposed_panel<T, Arch, Update>(left, left_stride, right, right_stride, rows,
                                                       first, columns, target, target_stride);
    for (std::size_t k = first; k < depth; k += panel)
        detail::multiply_transposed_panel<T, Arch, later>(
            left + k * left_stride, left_stride, right + k * right_stride, right_stride, rows,
            std::min(panel, depth - k), columns, target, target_stride);
}

} // namespace hybrec::simd
