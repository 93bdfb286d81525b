// SPDX-License-Identifier: MIT
/// @file
/// Symmetric rank-k update of the upper triangle of a small square matrix.
#pragma once

#include <hybrec/simd/panel.hpp>
#include <hybrec/simd/tile.hpp>

#include <cassert>
#include <cstddef>

namespace hybrec::simd {

/// What a product does between its tiles: nothing.
struct no_other_work {
    void operator()() const noexcept {}
};

/// How often `syrk_upper` calls what it is to do between its tiles.
template <class T, class Arch = default_arch>
[[nodiscard]] constexpr std::size_t syrk_steps(std::size_t size) noexcept {
    std::size_t steps = 0;
    for (std::size_t i = 0; i < size; i += tile_height<T, Arch>)
        steps += ((size - i) / width<T, Arch> + 1 + (i % width<T, Arch> != 0)) / 2;
    return steps;
}

/// target[i][j] += Σ_r left(r, i)·right(r, j) for all j ≥ i, both below `size`.
///
/// For a symmetric result the rows of one panel are multiples of the rows of the other (equal, or
/// scaled by signed weights). `Update` may assign or subtract instead.
/// Tiles that the diagonal crosses are computed whole, so some entries below it change too.
/// @tparam Products what multiplying two values of T means, and of what type their sums are
/// @param between called `syrk_steps(size)` times, between tiles: small work that waits for memory
/// @pre pointers are multiples of 64 bytes, `size` and the strides multiples of `line<T>`.
template <class T, class Arch = default_arch, update Update = update::add,
          class Products = plain_products<T>, class Between = no_other_work>
inline void syrk_upper(panel_view<T> left, panel_view<T> right, std::size_t depth,
                       typename Products::total* target, std::size_t target_stride,
                       std::size_t size, Between&& between = {}) noexcept {
    assert(size % line<T> == 0 && target_stride % line<T> == 0);
    if (depth == 0 && Update != update::assign)
        return; // the panels may be null
    constexpr std::size_t height = tile_height<T, Arch>;
    constexpr std::size_t step = width<T, Arch>;
    for (std::size_t i = 0; i < size; i += height) {
        auto* const rows = target + i * target_stride;
        const columns_operand<T> operand{left.at(0, i), left.row_step};
        std::size_t j = i / step * step;
        if ((size - j) / step % 2 == 1) {
            multiply_tile<T, Arch, Update, height, Products>(
                operand, right.at(0, j), right.row_step, depth, rows + j, target_stride);
            between();
            j += step;
        }
        for (; j < size; j += 2 * step) {
            for (std::size_t half = 0; half < height; half += height / 2)
                multiply_wide_tile<T, Arch, Update, height / 2, Products>(
                    columns_operand<T>{operand.at(half, 0), operand.step}, right.at(0, j),
                    right.at(0, j + step), right.row_step, depth, rows + half * target_stride + j,
                    target_stride);
            between();
        }
    }
}

} // namespace hybrec::simd
