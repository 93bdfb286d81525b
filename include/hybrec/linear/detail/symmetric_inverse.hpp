// SPDX-License-Identifier: MIT
/// @file
/// The inverse of a large symmetric positive definite matrix, in its own memory.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/panel.hpp>
#include <hybrec/simd/tile.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <limits>
#include <vector>

namespace hybrec::detail {

/// Rows that are eliminated at a time: a panel of them and a few columns fit the second-level cache,
/// and passing over the whole matrix pays.
inline constexpr std::size_t sweep_depth = 512;

/// The columns and rows of the pieces that one thread updates at a time.
inline constexpr std::size_t sweep_tile = 256;

/// The bytes that `sweep_all` holds beside the matrix.
[[nodiscard]] constexpr std::size_t sweep_bytes(std::size_t size) noexcept {
    const std::size_t depth = std::min(sweep_depth, padded_size<float>(size));
    const std::size_t columns = (size + sweep_tile - 1) / sweep_tile * sweep_tile;
    return depth * (2 * columns * sizeof(float) + depth * (sizeof(double) + sizeof(float)));
}

/// Replaces a small symmetric matrix, both triangles given, by its inverse: Gauss–Jordan without
/// pivoting, which is safe where the matrix is positive definite. In double: the blocks are small,
/// and everything else is multiplied by them.
/// @param diagonal the matrix's before anything was eliminated
/// @return whether all pivots are above what rounding leaves of them where they should be zero
inline bool invert_block(double* block, std::size_t size, const float* diagonal) {
    constexpr double tolerance = 4 * static_cast<double>(std::numeric_limits<float>::epsilon());
    std::vector<double> pivot_row(size);
    for (std::size_t k = 0; k < size; ++k) {
        const double pivot = block[k * size + k];
        if (!(pivot > tolerance * static_cast<double>(diagonal[k])) || !std::isfinite(pivot))
            return false;
        for (std::size_t j = 0; j < size; ++j)
            pivot_row[j] = (j == k ? 1 : block[k * size + j]) / pivot;
        for (std::size_t i = 0; i < size; ++i) {
            if (i == k)
                continue;
            const double factor = block[i * size + k];
            double* const row = block + i * size;
            row[k] = 0;
            for (std::size_t j = 0; j < size; ++j)
                row[j] -= factor * pivot_row[j];
        }
        std::copy(pivot_row.begin(), pivot_row.end(), block + k * size);
    }
    return true;
}

/// Subtracts left·right, both packed panels with room for `depth` rows of which `count` are used,
/// from the tile (`upper`, `right_tile`) of a matrix.
template <class Arch>
void subtract_tile(float* matrix, std::size_t stride, std::size_t size, std::size_t upper,
                   std::size_t right_tile, const float* left, const float* right, std::size_t depth,
                   std::size_t count) noexcept {
    constexpr std::size_t line = simd::line<float>;
    constexpr std::size_t step = simd::width<float, Arch>;
    constexpr std::size_t height = simd::tile_height<float, Arch> / 2;
    const auto left_panel = simd::panel_view<float>::packed(left, depth);
    const auto right_panel = simd::panel_view<float>::packed(right, depth);
    const std::size_t row_end = std::min(size, (upper + 1) * sweep_tile);
    const std::size_t column_end =
        std::min(padded_size<float>(size), (right_tile + 1) * sweep_tile);
    for (std::size_t j = right_tile * sweep_tile; j < column_end; j += 2 * step) {
        const bool wide = j + 2 * step <= column_end;
        for (std::size_t i = upper * sweep_tile; i < row_end && i < j + 2 * step; i += height) {
            const simd::columns_operand<float> operand{left_panel.at(0, i), line};
            float* const target = matrix + i * stride + j;
            if (i + height > row_end) { // the last rows of the matrix, one by one
                for (std::size_t row = i; row < row_end; ++row)
                    for (std::size_t half = 0; half < (wide ? 2 * step : step); half += step)
                        simd::multiply_tile<float, Arch, simd::update::subtract, 1>(
                            simd::columns_operand<float>{left_panel.at(0, row), line},
                            right_panel.at(0, j + half), line, count,
                            matrix + row * stride + j + half, stride);
            } else if (wide) {
                // What the next tile will change comes from memory while this one is computed.
                for (std::size_t row = height; row < 2 * height && i + row < row_end; ++row)
                    simd::prefetch(target + row * stride, 2 * step);
                simd::multiply_wide_tile<float, Arch, simd::update::subtract>(
                    operand, right_panel.at(0, j), right_panel.at(0, j + step), line, count, target,
                    stride);
            } else {
                simd::multiply_tile<float, Arch, simd::update::subtract, height>(
                    operand, right_panel.at(0, j), line, count, target, stride);
            }
        }
    }
}

/// A ← −A⁻¹, by the symmetric sweep operator (Beaton 1964; Goodnight 1979) on blocks of rows K. With
/// R the other rows and D = A_KK⁻¹:
///
///     A_RR ← A_RR − A_RK·D·A_KR,   A_KR ← D·A_KR,   A_KK ← −D.
///
/// Each step is one symmetric update of everything, n² · |K| multiply-adds in one triangle; so all
/// of the n³ flops are spent in one product kernel, on all threads, without a second matrix.
///
/// Only the upper triangle is read, and it alone holds the result; of what lies below, the parts of
/// tiles on the diagonal are overwritten. The same bits for any number of threads.
/// @param matrix `size` rows, `stride` apart, aligned to 64 bytes; zero in the padding of the rows
/// @param told   called with the number of rows done after every step
/// @return `size` on success, else the first row of a block that is not positive definite to the
///         precision of the arithmetic; the matrix is then of no use
/// @pre `stride` is a multiple of a line. @throws cancelled
/// Complexity: O(size³) flops; memory for two panels of `sweep_depth` rows.
template <class Told, class Arch = simd::default_arch>
std::size_t sweep_all(float* matrix, std::size_t stride, std::size_t size, const Told& told,
                      const execution& where) {
    constexpr std::size_t line = simd::line<float>;
    assert(stride % line == 0 && stride >= size);
    thread_pool& pool = where.threads();
    const std::size_t depth = std::min(sweep_depth, padded_size<float>(size));
    const std::size_t tiles = (size + sweep_tile - 1) / sweep_tile;

    // A_KR and D·A_KR, packed: value (k, j) is at j / line · depth · line + k · line + j % line.
    bulk_vector<float> panel(depth * tiles * sweep_tile);
    bulk_vector<float> turned(panel.size());
    std::vector<double> block(depth * depth);
    aligned_vector<float> inverse(depth * depth);
    std::vector<float> diagonal(size);
    for (std::size_t i = 0; i < size; ++i)
        diagonal[i] = matrix[i * stride + i];

    for (std::size_t first = 0; first < size; first += depth) {
        const std::size_t end = std::min(size, first + depth);
        const std::size_t count = end - first;
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = i; j < count; ++j)
                block[i * count + j] = block[j * count + i] =
                    static_cast<double>(matrix[(first + i) * stride + first + j]);
        if (!invert_block(block.data(), count, diagonal.data() + first))
            return first;
        std::fill(inverse.begin(), inverse.end(), 0.0F);
        for (std::size_t i = 0; i < count; ++i)
            for (std::size_t j = 0; j < count; ++j)
                inverse[i * depth + j] = static_cast<float>(block[i * count + j]);

        // The panel: to the right of the block lie rows of the triangle, above it columns.
        pool.for_chunks(
            tiles, 1,
            [&](std::size_t tile, std::size_t, std::size_t) {
                for (std::size_t column = tile * sweep_tile; column < (tile + 1) * sweep_tile;
                     column += line) {
                    float* const packed = panel.data() + column * depth;
                    std::fill_n(packed, line * depth, 0.0F);
                    for (std::size_t j = column; j < std::min(size, column + line); ++j) {
                        if (j >= first && j < end)
                            continue; // the block itself is no part of A_KR
                        for (std::size_t k = 0; k < count; ++k)
                            packed[k * line + j - column] = j < first
                                                                ? matrix[j * stride + first + k]
                                                                : matrix[(first + k) * stride + j];
                    }
                    simd::gemm<float, Arch>(inverse.data(), depth, packed, line, count, count, line,
                                            turned.data() + column * depth, line);
                }
            },
            where.stop);

        // A_RR −= A_KRᵀ·(D·A_KR), tile by tile of the upper triangle; A_KR is zero within K.
        pool.for_chunks(
            tiles * (tiles + 1) / 2, 1,
            [&](std::size_t at, std::size_t, std::size_t) {
                // Column by column of tiles, so that consecutive ones share what they multiply.
                auto right = static_cast<std::size_t>(
                    (std::sqrt(8.0 * static_cast<double>(at) + 1) - 1) / 2);
                while (right * (right + 1) / 2 > at)
                    --right;
                while ((right + 1) * (right + 2) / 2 <= at)
                    ++right;
                subtract_tile<Arch>(matrix, stride, size, at - right * (right + 1) / 2, right,
                                    panel.data(), turned.data(), depth, count);
            },
            where.stop);

        pool.for_chunks(
            tiles, 1,
            [&](std::size_t tile, std::size_t, std::size_t) {
                for (std::size_t j = tile * sweep_tile; j < std::min(size, (tile + 1) * sweep_tile);
                     ++j) {
                    const float* const packed = turned.data() + j / line * line * depth + j % line;
                    for (std::size_t k = 0; k < count; ++k)
                        if (j < first)
                            matrix[j * stride + first + k] = packed[k * line];
                        else if (j >= end)
                            matrix[(first + k) * stride + j] = packed[k * line];
                        else if (first + k <= j)
                            matrix[(first + k) * stride + j] = -inverse[k * depth + j - first];
                }
            },
            where.stop);
        told(end);
    }
    return size;
}

} // namespace hybrec::detail
