// SPDX-License-Identifier: MIT
/// @file
/// Cholesky factorization A = UᵀU of small symmetric matrices, and the solution with it.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/shuffle.hpp>
#include <hybrec/simd/tile.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <limits>
#include <utility>

namespace hybrec::simd {

/// Rows per block of the factorization: a square block fills one register per row.
template <class T, class Arch = default_arch>
inline constexpr std::size_t cholesky_block = width<T, Arch>;

namespace detail {

/// One step of the elimination in a square block: row `Pivot` is taken from the rows below it, in
/// the block and in the identity that becomes the inverse.
template <class T, class Arch, std::size_t Pivot, std::size_t... Row>
inline void eliminate(square<T, Arch>& block, square<T, Arch>& inverse, T* pivot_row, T* pivots,
                      std::index_sequence<Row...>) noexcept {
    // The row goes through memory: a broadcast from there is as fast as any shuffle, and portable.
    block[Pivot].store_aligned(pivot_row);
    pivots[Pivot] = pivot_row[Pivot];
    const auto reciprocal = broadcast<T, Arch>(T{1} / pivot_row[Pivot]); // sooner than a register
    const auto below = [&]<std::size_t Lower>(std::integral_constant<std::size_t, Lower>) {
        if constexpr (Lower > Pivot) {
            const auto factor = broadcast<T, Arch>(pivot_row[Lower]) * reciprocal;
            block[Lower] = subtract_product(factor, block[Pivot], block[Lower]);
            inverse[Lower] = subtract_product(factor, inverse[Pivot], inverse[Lower]);
        }
    };
    (below(std::integral_constant<std::size_t, Row>{}), ...);
}

/// Replaces the square block at `matrix` by the inverse of the transpose of its factor, whose upper
/// right part is zero; writes the pivots.
///
/// L D Lᵀ instead of L Lᵀ: the square roots leave the chain of dependent operations, which is what
/// limits this step, and are taken for a whole register at the end.
template <class T, class Arch, std::size_t... Row>
inline void invert_block(T* matrix, std::size_t stride, T* pivots,
                         std::index_sequence<Row...> rows) noexcept {
    constexpr std::size_t size = sizeof...(Row);
    alignas(table_alignment) std::array<T, size> scratch{};
    alignas(table_alignment) std::array<T, size * size> identity{};
    ((identity[Row * size + Row] = T{1}), ...);
    square<T, Arch> block{load<T, Arch>(matrix + Row * stride)...};
    square<T, Arch> inverse{load<T, Arch>(identity.data() + Row * size)...};
    (eliminate<T, Arch, Row>(block, inverse, scratch.data(), pivots, rows), ...);
    (broadcast<T, Arch>(T{1}) / square_root(load<T, Arch>(pivots))).store_aligned(scratch.data());
    ((broadcast<T, Arch>(scratch[Row]) * inverse[Row]).store_aligned(matrix + Row * stride), ...);
}

/// Takes the rows above the block at `first` from it: A_ij −= Σ_k U_ki·U_kj, for j from the block
/// itself on.
template <class T, class Arch>
inline void subtract_rows_above(T* matrix, std::size_t stride, std::size_t first,
                                std::size_t end) noexcept {
    constexpr std::size_t block = cholesky_block<T, Arch>;
    constexpr std::size_t height = tile_height<T, Arch> / 2;
    T* const rows = matrix + first * stride;
    std::size_t column = first;
    if ((end - first) / block % 2 == 1 || block % height != 0) {
        const std::size_t single = block % height != 0 ? end : first + block;
        for (; column < single; column += block)
            multiply_tile<T, Arch, update::subtract, block>(
                columns_operand<T>{matrix + first, stride}, matrix + column, stride, first,
                rows + column, stride);
    }
    if constexpr (block % height == 0)
        for (; column < end; column += 2 * block)
            for (std::size_t row = 0; row < block; row += height)
                multiply_wide_tile<T, Arch, update::subtract>(
                    columns_operand<T>{matrix + first + row, stride}, matrix + column,
                    matrix + column + block, stride, first, rows + row * stride + column, stride);
}

/// Multiplies the blocks right of the one on the diagonal by its inverse, a lower triangle. The
/// lower half goes first: it still needs the upper half's old values.
template <class T, class Arch>
inline void multiply_by_inverse(T* rows, std::size_t stride, std::size_t first,
                                std::size_t end) noexcept {
    constexpr std::size_t block = cholesky_block<T, Arch>;
    constexpr std::size_t height = tile_height<T, Arch> / 2;
    std::size_t column = first + block;
    if constexpr (block % height == 0)
        for (; column + 2 * block <= end; column += 2 * block)
            for (std::size_t row = block; row > 0; row -= height)
                multiply_wide_tile<T, Arch, update::assign>(
                    rows_operand<T>{rows + first + (row - height) * stride, stride}, rows + column,
                    rows + column + block, stride, row, rows + (row - height) * stride + column,
                    stride);
    for (; column < end; column += block)
        multiply_tile<T, Arch, update::assign, block>(rows_operand<T>{rows + first, stride},
                                                      rows + column, stride, block, rows + column,
                                                      stride);
}

} // namespace detail

/// Factorizes the upper triangle of `matrix` as A = UᵀU, by blocks of `cholesky_block` rows.
///
/// On return, the blocks right of the diagonal hold U, and the blocks on the diagonal hold the
/// inverse of the transpose of U's: so the blocks of a row, and the solutions, are products instead
/// of recurrences. What lies below is not meaningful.
///
/// Left-looking: a block of rows is brought up to date with all rows above it in one pass, which
/// loads and stores each value once.
/// @pre `matrix` is a multiple of 64 bytes and has `padded_size<T>(size)` rows, `stride` apart; its
///      entries from column and row `size` on are zero; the blocks on the diagonal are complete.
/// @return `size` on success; else the first row whose pivot is not safely positive: the matrix is
///         then singular, indefinite or not finite, to the precision of T.
/// Complexity: O(size³ / 3). Does not allocate.
template <class T, class Arch = default_arch>
[[nodiscard]] inline std::size_t cholesky_upper(T* matrix, std::size_t stride,
                                                std::size_t size) noexcept {
    constexpr std::size_t block = cholesky_block<T, Arch>;
    static_assert(line<T> % block == 0);
    const std::size_t padded = padded_size<T>(size);
    assert(stride % line<T> == 0 && padded <= stride);
    T largest{0};
    for (std::size_t row = 0; row < size; ++row)
        largest = std::max(largest, matrix[row * stride + row]);
    // Rounding leaves about this much where exact arithmetic leaves a pivot of zero.
    const T tolerance = largest * std::numeric_limits<T>::epsilon() *
                        static_cast<T>(std::max<std::size_t>(size, 4)) / T{4};
    for (std::size_t row = size; row < padded; ++row)
        matrix[row * stride + row] = T{1};

    alignas(table_alignment) std::array<T, block> pivots;
    for (std::size_t first = 0; first < padded; first += block) {
        T* const rows = matrix + first * stride;
        detail::subtract_rows_above<T, Arch>(matrix, stride, first, padded);
        detail::invert_block<T, Arch>(rows + first, stride, pivots.data(),
                                      std::make_index_sequence<block>{});
        for (std::size_t row = 0; row < block && first + row < size; ++row)
            if (!(pivots[row] > tolerance) || !std::isfinite(pivots[row]))
                return first + row;
        detail::multiply_by_inverse<T, Arch>(rows, stride, first, padded);
    }
    return size;
}

namespace detail {

/// Pointers to `Row…` rows.
template <class T, std::size_t... Row>
[[nodiscard]] inline std::array<const T*, sizeof...(Row)>
row_pointers(const T* first, std::size_t stride, std::index_sequence<Row...>) noexcept {
    return {(first + Row * stride)...};
}

} // namespace detail

/// Solves UᵀU x = b in place: `x` holds b on entry and the solution on return.
/// @pre `upper` comes from a successful `cholesky_upper`; `x` is a multiple of 64 bytes with
///      `padded_size<T>(size)` values, zero from `size` on.
/// @post `x` is zero from `size` on. Complexity: O(2·size²).
template <class T, class Arch = default_arch>
inline void cholesky_solve(const T* upper, std::size_t stride, std::size_t size, T* x) noexcept {
    constexpr std::size_t block = cholesky_block<T, Arch>;
    constexpr auto all = std::make_index_sequence<block>{};
    const std::size_t padded = padded_size<T>(size);
    for (std::size_t first = 0; first < padded; first += block) {
        const T* const rows = upper + first * stride;
        const auto inverse = detail::row_pointers(rows + first, stride, all);
        // Uᵀ y = b: the block's part, then its share of the blocks below.
        detail::dot_group<T, Arch>(inverse.data(), x + first, block).store_aligned(x + first);
        const auto right = detail::row_pointers(rows + first + block, stride, all);
        alignas(table_alignment) std::array<T, block> negative;
        (-load<T, Arch>(x + first)).store_aligned(negative.data());
        detail::add_group<T, Arch>(right.data(), negative.data(), block, x + first + block,
                                   padded - first - block);
    }
    for (std::size_t first = padded; first > 0;) {
        first -= block;
        const T* const rows = upper + first * stride;
        const auto right = detail::row_pointers(rows + first + block, stride, all);
        alignas(table_alignment) std::array<T, block> rest;
        (load<T, Arch>(x + first) -
         detail::dot_group<T, Arch>(right.data(), x + first + block, padded - first - block))
            .store_aligned(rest.data());
        broadcast<T, Arch>(T{0}).store_aligned(x + first);
        const auto inverse = detail::row_pointers(rows + first, stride, all);
        detail::add_group<T, Arch>(inverse.data(), rest.data(), block, x + first, block);
    }
}

} // namespace hybrec::simd
