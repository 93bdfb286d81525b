// SPDX-License-Identifier: MIT
/// @file
/// The sum of weighted squares of gathered rows, of values rounded to bfloat16.
///
/// Products of bfloat16 are exact in floats, and are added up in floats: what is lost is the rounding
/// of the factors, 2⁻⁸ of each at most. Rows are taken by twos: a word has the value of an even row in
/// its lower half, that of the next row in its upper one.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/shuffle.hpp>
#include <hybrec/simd/tile.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace hybrec::simd {

/// Rows yₖ of a table, each with the root of its weight and its coefficient in a sum.
struct weighted_rows {
    const float* const* rows;
    const float* roots;
    const float* coefficients;
    std::size_t count;
};

/// Memory of `syrk_bfloat16`, for rows of up to `size` values.
struct bfloat16_panel {
    /// Columns of a tile, and how many twos of rows it has.
    static constexpr std::size_t edge = 16;
    static constexpr std::size_t tile = edge * edge; ///< words
    static constexpr std::size_t depth = 2 * edge;   ///< rows

    bfloat16_panel() = default;
    explicit bfloat16_panel(std::size_t size)
        : rows{rows_of(size)}, left(rows * size / 2), right(rows * size / 2) {}

    /// What it takes.
    [[nodiscard]] static constexpr std::size_t bytes(std::size_t size) noexcept {
        return rows_of(size) * size * sizeof(std::uint32_t);
    }
    /// At a time: both sides of the product stay in the second-level cache.
    [[nodiscard]] static constexpr std::size_t rows_of(std::size_t size) noexcept {
        return std::max(2 * depth, (std::size_t{1} << 16) / size / depth * depth);
    }

    std::size_t rows = 0;
    aligned_vector<std::uint32_t> left;  ///< tiles of columns × twos
    aligned_vector<std::uint32_t> right; ///< tiles of twos × columns
};

namespace detail {

/// Words of two rows, rounded to the nearest; what overflows becomes infinite.
template <class Arch>
[[nodiscard]] inline batch<std::uint32_t, Arch>
words_of_two(const batch<float, Arch>& even, const batch<float, Arch>& odd) noexcept {
    const auto half = broadcast<std::uint32_t, Arch>(0x8000);
    return select_bits<Arch>(0xFFFF'0000, bits_in<Arch>(odd) + half,
                             shift_right(bits_in<Arch>(even) + half, 16));
}

/// Writes the rows times their roots to both sides of `to`, and adds coefficients times rows to `vector`.
template <class Arch>
inline void write_twos(const weighted_rows& from, bool far, std::size_t columns, std::size_t size,
                       float* vector, bfloat16_panel& to) noexcept {
    constexpr std::size_t edge = bfloat16_panel::edge, tile = bfloat16_panel::tile;
    constexpr std::size_t depth = bfloat16_panel::depth, together = 8, ahead = 24;
    const std::size_t all = (from.count + depth - 1) / depth * depth;
    for (std::size_t row = 0; row < all; row += together) {
        std::array<const float*, together> rows;
        std::array<float, together> roots, coefficients;
        for (std::size_t k = 0; k < together; ++k) {
            const bool is_there = row + k < from.count;
            rows[k] = from.rows[is_there ? row + k : 0] + columns; // any, zero times
            roots[k] = is_there ? from.roots[row + k] : 0;
            coefficients[k] = is_there ? from.coefficients[row + k] : 0;
        }
        for (std::size_t k = row + ahead; far && k < std::min(row + ahead + together, from.count);
             ++k)
            prefetch_close(from.rows[k] + columns, size);
        const std::size_t first = row / depth * size / edge * tile, two = row % depth / 2;
        for (std::size_t at = 0; at < size; at += width<float, Arch>) {
            const std::size_t within = at % edge;
            auto even_sum = load<float, Arch>(vector + at);
            auto odd_sum = broadcast<float, Arch>(0.0F);
            const auto words = [&](std::size_t k) {
                const auto even = load<float, Arch>(rows[k] + at);
                const auto odd = load<float, Arch>(rows[k + 1] + at);
                even_sum = multiply_add(even, broadcast<float, Arch>(coefficients[k]), even_sum);
                odd_sum = multiply_add(odd, broadcast<float, Arch>(coefficients[k + 1]), odd_sum);
                return words_of_two<Arch>(even * broadcast<float, Arch>(roots[k]),
                                          odd * broadcast<float, Arch>(roots[k + 1]));
            };
            const std::array twos{words(0), words(2), words(4), words(6)};
            (even_sum + odd_sum).store_aligned(vector + at);
            std::uint32_t* const right =
                to.right.data() + first + at / edge * tile + two * edge + within;
            std::uint32_t* const left =
                to.left.data() + first + at / edge * tile + within * edge + two;
            const auto turned =
                transpose_lanes<Arch>(as_floats<Arch>(twos[0]), as_floats<Arch>(twos[1]),
                                      as_floats<Arch>(twos[2]), as_floats<Arch>(twos[3]));
            const auto put = [&](std::size_t k) {
                twos[k].store_aligned(right + k * edge);
                store_lanes<Arch>(bits_in<Arch>(turned[k]), left + k * edge, 4 * edge);
            };
            put(0), put(1), put(2), put(3);
        }
    }
}

} // namespace detail

inline namespace HYBREC_TILES_NAMESPACE { // units compiled with other flags have their own

/// Multiplies what `syrk_bfloat16` has written, by the processor's tiles where there are any.
class bfloat16_tiles {
  public:
    /// The tiles on and above the diagonal.
    static void multiply(const bfloat16_panel& from, std::size_t blocks, bool add, float* target,
                         std::size_t stride, std::size_t size) noexcept {
        constexpr std::size_t edge = bfloat16_panel::edge, tile = bfloat16_panel::tile;
        const std::size_t step = size / edge * tile;
        const auto left = [&](std::size_t row) { return from.left.data() + row / edge * tile; };
        const auto right = [&](std::size_t column) {
            return from.right.data() + column / edge * tile;
        };
#if HYBREC_PROCESSOR_TILES
        if (const processor_tiles tiles; tiles.held()) {
            for (std::size_t i = 0; i < size; i += 2 * edge)
                for (std::size_t j = i; j < size; j += 2 * edge) {
                    const bool two_rows = i + edge < size, two_columns = j + edge < size;
                    float* const place = target + i * stride + j;
                    if (i == j)
                        multiply_four<true>(left(i), right(j), blocks, step, two_rows, two_columns,
                                            add, place, stride);
                    else
                        multiply_four<false>(left(i), right(j), blocks, step, two_rows, two_columns,
                                             add, place, stride);
                }
            return;
        }
#endif
        for (std::size_t i = 0; i < size; i += edge)
            for (std::size_t j = i; j < size; j += edge)
                multiply_plainly(left(i), right(j), blocks, step, add, target + i * stride + j,
                                 stride);
    }

  private:
    /// One tile of the product, in plain loops.
    static void multiply_plainly(const std::uint32_t* left, const std::uint32_t* right,
                                 std::size_t blocks, std::size_t step, bool add, float* target,
                                 std::size_t stride) noexcept {
        constexpr std::size_t edge = bfloat16_panel::edge;
        for (std::size_t i = 0; i < edge; ++i)
            for (std::size_t j = 0; j < edge; ++j) {
                float sum = add ? target[i * stride + j] : 0;
                for (std::size_t block = 0; block < blocks; ++block)
                    for (std::size_t two = 0; two < edge; ++two) {
                        const std::uint32_t a = left[block * step + i * edge + two];
                        const std::uint32_t b = right[block * step + two * edge + j];
                        sum += std::bit_cast<float>(a << 16) * std::bit_cast<float>(b << 16);
                        sum += std::bit_cast<float>(a & 0xFFFF'0000) *
                               std::bit_cast<float>(b & 0xFFFF'0000);
                    }
                target[i * stride + j] = sum;
            }
    }

#if HYBREC_PROCESSOR_TILES
    /// Two by two tiles of the product, of which there are fewer at the end. Where `Diagonal`, the one below
    /// the diagonal is left out.
    template <bool Diagonal>
    static void multiply_four(const std::uint32_t* left, const std::uint32_t* right,
                              std::size_t blocks, std::size_t step, bool two_rows, bool two_columns,
                              bool add, float* target, std::size_t stride) noexcept {
        constexpr std::size_t edge = bfloat16_panel::edge, tile = bfloat16_panel::tile;
        constexpr std::size_t line = edge * sizeof(float);
        const std::size_t bytes = stride * sizeof(float);
        float* const below = target + edge * stride;
        std::atomic_signal_fence(std::memory_order_seq_cst); // intrinsics do not say that they read
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        if (add) {
            _tile_loadd(0, target, bytes);
            if (two_columns)
                _tile_loadd(1, target + edge, bytes);
            if (two_rows && !Diagonal)
                _tile_loadd(2, below, bytes);
            if (two_rows && two_columns)
                _tile_loadd(3, below + edge, bytes);
        }
        // Where there is one only, it stands for the other as well, and no use is made of that.
        const std::size_t next_row = two_rows ? tile : 0, next_column = two_columns ? tile : 0;
        for (std::size_t block = 0; block < blocks; ++block, left += step, right += step) {
            _tile_loadd(4, left, line);
            _tile_loadd(6, right, line);
            _tile_dpbf16ps(0, 4, 6);
            _tile_loadd(7, right + next_column, line);
            _tile_dpbf16ps(1, 4, 7);
            _tile_loadd(5, left + next_row, line);
            if constexpr (!Diagonal)
                _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        _tile_stored(0, target, bytes);
        if (two_columns)
            _tile_stored(1, target + edge, bytes);
        if (two_rows && !Diagonal)
            _tile_stored(2, below, bytes);
        if (two_rows && two_columns)
            _tile_stored(3, below + edge, bytes);
    }
#endif
};

/// target[i][j] ∘= Σ_k aₖ·yₖ[i]·yₖ[j] for all j ≥ i, both below `size`, as `syrk_upper`, with aₖ the squares
/// of the roots and √aₖ·yₖ rounded to bfloat16; vector[i] += Σ_k cₖ·yₖ[i], not rounded. yₖ begins at
/// rows[k] + columns. Some entries below the diagonal change too. Fast with the processor's tiles only.
/// @param far whether rows may be far from the processor, and are to be fetched ahead
/// @pre rows, target and stride are multiples of 64 bytes, and so are `columns` and `size`; size > 0 is at
///      most what `memory` was made for.
/// Complexity: O(count · size²). Thread-safe for distinct targets and memories.
template <update Update, class Arch = default_arch>
inline void syrk_bfloat16(const weighted_rows& from, std::size_t columns, bool far, float* target,
                          std::size_t stride, std::size_t size, float* vector,
                          bfloat16_panel& memory) noexcept {
    static_assert(Update != update::subtract);
    constexpr std::size_t depth = bfloat16_panel::depth;
    assert(size % bfloat16_panel::edge == 0 && stride % bfloat16_panel::edge == 0 && size > 0);
    assert(memory.rows * size / 2 <= memory.left.size());
    std::size_t begin = 0;
    do {
        const std::size_t end = std::min(from.count, begin + memory.rows);
        detail::write_twos<Arch>(
            {from.rows + begin, from.roots + begin, from.coefficients + begin, end - begin}, far,
            columns, size, vector, memory);
        bfloat16_tiles::multiply(memory, (end - begin + depth - 1) / depth,
                                 Update == update::add || begin > 0, target, stride, size);
        begin = end;
    } while (begin < from.count);
}

} // namespace HYBREC_TILES_NAMESPACE

} // namespace hybrec::simd
