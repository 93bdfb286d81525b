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
    const auto from = [&](std::size_t row) {
        return rows_operand<T>{left + row * left_stride, left_stride};
    };
    detail::multiply_tiles<T, Arch, Update>(from, right, right_stride, rows, depth, columns, target,
                                            target_stride);
}

} // namespace hybrec::simd
