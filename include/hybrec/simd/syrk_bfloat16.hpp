// SPDX-License-Identifier: MIT
/// @file
/// The sum of weighted squares of gathered rows, of values rounded to bfloat16.
///
/// Products of bfloat16 are exact in floats, and are added up in floats: what is lost is the rounding
/// of the factors, 2⁻⁸ of each at most.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/bfloat16_products.hpp>
#include <hybrec/simd/detail/bfloat16_panel.hpp>
#include <hybrec/simd/panel.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/syrk.hpp>

#include <algorithm>
#include <atomic>
#include <cassert>
#include <cstddef>
#include <cstdint>

namespace hybrec::simd {

inline namespace HYBREC_TILES_NAMESPACE { // units compiled with other flags have their own

/// Multiplies what `syrk_bfloat16` has written: by the processor's tiles where there are any, else by registers.
class bfloat16_tiles {
  public:
    /// The tiles on and above the diagonal of `rows` rows. Asks for others in the meantime.
    template <update Update, class Arch>
    static void multiply(const bfloat16_panel& from, std::size_t rows, float* target,
                         std::size_t stride, std::size_t size, detail::rows_ahead& ahead) noexcept {
#if HYBREC_PROCESSOR_TILES
        if (from.for_tiles) {
            multiply_by_fours(from, (rows + depth - 1) / depth, Update == update::add, target,
                              stride, size, ahead);
            return;
        }
#endif
        const panel_view<std::uint32_t> lines{from.right.data(), bfloat16_panel::edge,
                                              from.column_step()};
        syrk_upper<std::uint32_t, Arch, Update, bfloat16_products>(
            lines, lines, (rows + 1) / 2, target, stride, size,
            [&] { ahead.next(rows_meanwhile); });
    }

  private:
    static constexpr std::size_t edge = bfloat16_panel::edge, tile = bfloat16_panel::tile;
    static constexpr std::size_t depth = bfloat16_panel::depth;
    /// How many rows to ask for while four tiles are multiplied; 8 are as fast.
    static constexpr std::size_t rows_meanwhile = 4;

#if HYBREC_PROCESSOR_TILES
    static void multiply_by_fours(const bfloat16_panel& from, std::size_t blocks, bool add,
                                  float* target, std::size_t stride, std::size_t size,
                                  detail::rows_ahead& ahead) noexcept {
        const std::size_t step = size / edge * tile;
        const auto left = [&](std::size_t row) { return from.left.data() + row / edge * tile; };
        const auto right = [&](std::size_t column) {
            return from.right.data() + column / edge * tile;
        };
        for (std::size_t i = 0; i < size; i += 2 * edge)
            for (std::size_t j = i; j < size; j += 2 * edge) {
                const bool two_rows = i + edge < size, two_columns = j + edge < size;
                float* const place = target + i * stride + j;
                if (i == j)
                    multiply_four<true>(left(i), right(j), blocks, step, two_rows, two_columns, add,
                                        place, stride, ahead);
                else
                    multiply_four<false>(left(i), right(j), blocks, step, two_rows, two_columns,
                                         add, place, stride, ahead);
            }
    }

    /// Two by two tiles of the product, of which there are fewer at the end. Where `Diagonal`, the one below
    /// the diagonal is left out.
    template <bool Diagonal>
    static void multiply_four(const std::uint32_t* left, const std::uint32_t* right,
                              std::size_t blocks, std::size_t step, bool two_rows, bool two_columns,
                              bool add, float* target, std::size_t stride,
                              detail::rows_ahead& ahead) noexcept {
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
            ahead.next(rows_meanwhile);
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
/// rows[k] + columns. Some entries below the diagonal change too. Faster than in
/// floats where `has_bfloat16_products()`.
/// @param far whether rows may be far from the processor, and are to be fetched ahead
/// @pre rows, target and stride are multiples of 64 bytes, and so are `columns` and `size`; size > 0 is at
///      most what `memory` was made for.
/// Complexity: O(count · size²). Thread-safe for distinct targets and memories.
template <update Update, class Arch = default_arch>
inline void syrk_bfloat16(const weighted_rows& from, std::size_t columns, bool far, float* target,
                          std::size_t stride, std::size_t size, float* vector,
                          bfloat16_panel& memory) noexcept {
    static_assert(Update != update::subtract);
    assert(size % bfloat16_panel::edge == 0 && stride % bfloat16_panel::edge == 0 && size > 0);
    assert(memory.rows * size / 2 <= memory.right.size());
    [[maybe_unused]] const processor_tiles tiles; // the panel is for them where there are any
    // Tiles write panels of a few rows in the first-level cache.
    detail::rows_ahead ahead{from.rows, far ? from.count : 0, columns, size, memory.for_tiles};
    std::size_t begin = 0;
    do {
        const std::size_t end = std::min(from.count, begin + memory.rows);
        detail::write_twos<Arch>(from, begin, end, columns, size, vector, memory, ahead);
        if (begin > 0)
            bfloat16_tiles::multiply<update::add, Arch>(memory, end - begin, target, stride, size,
                                                        ahead);
        else
            bfloat16_tiles::multiply<Update, Arch>(memory, end - begin, target, stride, size,
                                                   ahead);
        begin = end;
    } while (begin < from.count);
}

} // namespace HYBREC_TILES_NAMESPACE

} // namespace hybrec::simd
