// SPDX-License-Identifier: MIT
/// @file
/// Cholesky factorization A = UᵀU of small symmetric matrices, and the triangular solves.
#pragma once

#include <hybrec/simd/syrk.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstddef>
#include <limits>

namespace hybrec::simd {

namespace detail {

/// Rows per block of the factorization; the rest of the matrix is updated once a block.
inline constexpr std::size_t cholesky_block = 32;

/// target −= Σ_r rows[r][pivot]·rows[r], for the `depth` finished rows above `target`, from column
/// `from` to `to`. Four registers of the target stay loaded while all rows pass.
template <class T, class Arch>
inline void subtract_rows(const T* rows, std::size_t stride, std::size_t depth, std::size_t pivot,
                          T* target, std::size_t from, std::size_t to) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    using vector = batch<T, Arch>;
    std::size_t at = from;
    for (; at + 4 * step <= to; at += 4 * step) {
        vector total0 = load<T, Arch>(target + at);
        vector total1 = load<T, Arch>(target + at + step);
        vector total2 = load<T, Arch>(target + at + 2 * step);
        vector total3 = load<T, Arch>(target + at + 3 * step);
        for (std::size_t r = 0; r < depth; ++r) {
            const T* row = rows + r * stride;
            const vector by = broadcast<T, Arch>(row[pivot]);
            total0 = xsimd::fnma(by, load<T, Arch>(row + at), total0);
            total1 = xsimd::fnma(by, load<T, Arch>(row + at + step), total1);
            total2 = xsimd::fnma(by, load<T, Arch>(row + at + 2 * step), total2);
            total3 = xsimd::fnma(by, load<T, Arch>(row + at + 3 * step), total3);
        }
        total0.store_aligned(target + at);
        total1.store_aligned(target + at + step);
        total2.store_aligned(target + at + 2 * step);
        total3.store_aligned(target + at + 3 * step);
    }
    for (; at < to; at += step) {
        vector total = load<T, Arch>(target + at);
        for (std::size_t r = 0; r < depth; ++r)
            total = xsimd::fnma(broadcast<T, Arch>(rows[r * stride + pivot]),
                                load<T, Arch>(rows + r * stride + at), total);
        total.store_aligned(target + at);
    }
}

} // namespace detail

/// Replaces the upper triangle of `matrix` by U with A = UᵀU. What lies below the diagonal is not
/// read, and not meaningful afterwards.
///
/// Right-looking in blocks of 32 rows: a row of U is finished by subtracting the rows above it in
/// its block, which run along the row; then one rank-32 `syrk_upper` updates the remaining
/// triangle.
/// @pre `matrix` is a multiple of 64 bytes; it has `padded_size<T>(size)` rows, `stride` apart,
/// whose
///      entries from column `size` on are zero, as are all entries of the rows from `size` on.
/// @return `size` on success; else the first row whose pivot is not safely positive: the matrix is
///         then singular, indefinite or not finite, to the precision of T.
/// Complexity: O(size³ / 3). Does not allocate.
template <class T, class Arch = default_arch>
[[nodiscard]] inline std::size_t cholesky_upper(T* matrix, std::size_t stride,
                                                std::size_t size) noexcept {
    const std::size_t padded = padded_size<T>(size);
    assert(stride % line<T> == 0 && padded <= stride);
    T largest{0};
    for (std::size_t row = 0; row < size; ++row)
        largest = std::max(largest, matrix[row * stride + row]);
    // Rounding leaves about this much where exact arithmetic leaves a pivot of zero.
    const T tolerance = largest * std::numeric_limits<T>::epsilon() *
                        static_cast<T>(std::max<std::size_t>(size, 4)) / T{4};

    for (std::size_t first = 0; first < size; first += detail::cholesky_block) {
        const std::size_t end = std::min(size, first + detail::cholesky_block);
        for (std::size_t row = first; row < end; ++row) {
            T* target = matrix + row * stride;
            const std::size_t from = row / line<T> * line<T>;
            detail::subtract_rows<T, Arch>(matrix + first * stride, stride, row - first, row,
                                           target, from, padded);
            const T pivot = target[row];
            if (!(pivot > tolerance) || !std::isfinite(pivot))
                return row;
            scale<T, Arch>(T{1} / std::sqrt(pivot), target + from, target + from, padded - from);
            // Zeros left of the diagonal let the solves work on whole registers.
            std::fill(target + from, target + row, T{0});
        }
        if (end < size)
            syrk_upper<T, Arch, true>(matrix + first * stride + end, matrix + first * stride + end,
                                      stride, end - first, matrix + end * stride + end, stride,
                                      padded - end);
    }
    return size;
}

/// Solves UᵀU x = b in place: `x` holds b on entry and the solution on return.
/// @pre `upper` comes from a successful `cholesky_upper`; `x` is a multiple of 64 bytes with
///      `padded_size<T>(size)` values, zero from `size` on.
/// @post `x` is zero from `size` on. Complexity: O(2·size²).
template <class T, class Arch = default_arch>
inline void cholesky_solve(const T* upper, std::size_t stride, std::size_t size, T* x) noexcept {
    const std::size_t padded = padded_size<T>(size);
    for (std::size_t row = 0; row < size; ++row) {
        const T* u = upper + row * stride;
        const std::size_t from = row / line<T> * line<T>;
        const T solved = x[row] / u[row];
        axpy<T, Arch>(-solved, u + from, x + from, padded - from);
        x[row] = solved;
    }
    for (std::size_t row = size; row-- > 0;) {
        const T* u = upper + row * stride;
        const std::size_t from = row / line<T> * line<T>;
        const T known = x[row];
        x[row] = T{0};
        x[row] = (known - dot<T, Arch>(u + from, x + from, padded - from)) / u[row];
    }
}

} // namespace hybrec::simd
