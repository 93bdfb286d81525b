// SPDX-License-Identifier: MIT
/// @file
/// The product of a transposed and a plain matrix: what the gradient of a linear map is made of.
#pragma once

#include <hybrec/simd/tile.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <type_traits>

namespace hybrec::simd {

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
    const auto multiply = [&]<update How>(std::integral_constant<update, How>, std::size_t k) {
        const auto from = [&](std::size_t row) {
            return columns_operand<T>{left + k * left_stride + row, left_stride};
        };
        detail::multiply_tiles<T, Arch, How>(from, right + k * right_stride, right_stride, rows,
                                             std::min(panel, depth - k), columns, target,
                                             target_stride);
    };
    multiply(std::integral_constant<update, Update>{}, 0);
    for (std::size_t k = panel; k < depth; k += panel)
        multiply(std::integral_constant<update, later>{}, k);
}

} // namespace hybrec::simd
