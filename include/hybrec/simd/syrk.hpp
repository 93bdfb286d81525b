// SPDX-License-Identifier: MIT
/// @file
/// Symmetric rank-k update of the upper triangle of a small square matrix.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <utility>

namespace hybrec::simd {

namespace detail {

/// A tile of `Height` rows by one register of columns: target[i][j…] += Σ_r
/// left[r][i]·right[r][j…].
///
/// One row of the panel costs one vector load and `Height` multiply-adds whose other operand is
/// broadcast from memory; the accumulators stay in registers. Two multiply-add ports with four
/// cycles of latency want at least eight accumulators.
template <bool Subtract, class T, class Arch, std::size_t Height, std::size_t... Row>
inline void syrk_tile(const T* left, const T* right, std::size_t stride, std::size_t depth,
                      T* target, std::size_t target_stride, std::index_sequence<Row...>) noexcept {
    using vector = batch<T, Arch>;
    vector total[Height] = {load<T, Arch>(target + Row * target_stride)...};
    for (std::size_t r = 0; r < depth; ++r) {
        const vector shared = load<T, Arch>(right + r * stride);
        if constexpr (Subtract)
            ((total[Row] =
                  xsimd::fnma(broadcast<T, Arch>(left[r * stride + Row]), shared, total[Row])),
             ...);
        else
            ((total[Row] =
                  xsimd::fma(broadcast<T, Arch>(left[r * stride + Row]), shared, total[Row])),
             ...);
    }
    (total[Row].store_aligned(target + Row * target_stride), ...);
}

/// Rows of a tile: as many as leave room for operands in 32 registers, or in 16.
template <class T, class Arch>
inline constexpr std::size_t syrk_height = width<T, Arch> * sizeof(T) == 64 ? 16 : 8;

} // namespace detail

/// target[i][j] += Σ_r left[r][i]·right[r][j] for all j ≥ i, both below `size`.
///
/// `left` and `right` are row-major panels of `depth` rows, `stride` apart; for a symmetric result
/// the rows of one are multiples of the rows of the other (equal, or scaled by signed weights).
/// With `Subtract` the update is taken away instead.
/// Tiles that the diagonal crosses are computed whole, so some entries below it change too.
/// @pre pointers are multiples of 64 bytes, `size` and the strides multiples of `line<T>`.
template <class T, class Arch = default_arch, bool Subtract = false>
inline void syrk_upper(const T* left, const T* right, std::size_t stride, std::size_t depth,
                       T* target, std::size_t target_stride, std::size_t size) noexcept {
    assert(size % line<T> == 0 && stride % line<T> == 0 && target_stride % line<T> == 0);
    if (depth == 0)
        return; // the panels may be null
    constexpr std::size_t height = std::min(detail::syrk_height<T, Arch>, line<T>);
    constexpr std::size_t step = width<T, Arch>;
    for (std::size_t i = 0; i < size; i += height)
        for (std::size_t j = i / step * step; j < size; j += step)
            detail::syrk_tile<Subtract, T, Arch, height>(
                left + i, right + j, stride, depth, target + i * target_stride + j, target_stride,
                std::make_index_sequence<height>{});
}

} // namespace hybrec::simd
