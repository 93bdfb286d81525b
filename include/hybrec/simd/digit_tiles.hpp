// SPDX-License-Identifier: MIT
/// @file
/// Products of tiles of digits, by the processor's own tiles where it has them.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/digits.hpp>
#include <hybrec/simd/processor_tiles.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>

namespace hybrec::simd {

/// Rows of a left block and columns of a right one.
inline constexpr std::size_t digit_edge = 16;
/// Columns of a left block and rows of a right one.
inline constexpr std::size_t digit_depth = 64;
/// Digits of one place of a block. On the left, row i is bytes 64·i to 64·i + 63; on the right, rows 4k to
/// 4k + 3 are, column by column.
inline constexpr std::size_t digit_tile = digit_edge * digit_depth;
/// Digits of a block: its places one after the other, the highest first.
inline constexpr std::size_t digit_block = digit_places * digit_tile;

/// Sums of products of digits whose places add up to 0, 1 and 2.
struct digit_sums {
    alignas(table_alignment) std::int32_t level[digit_places][digit_edge][digit_edge];
};

inline namespace HYBREC_TILES_NAMESPACE { // units compiled with other flags have their own

/// Multiplies blocks of digits. Holds the processor's tiles of the calling thread while it lives, where
/// there are any; else plain loops give the same sums.
class byte_tiles {
  public:
    /// The products of blocks, summed over `blocks` of them: 16 rows of the left factor, 16 columns of the
    /// right one. Three of the nine products of places weigh about what digits lose, and are left out.
    /// @param left_step, right_step digits from one block to the next
    void multiply(const digit* left, std::size_t left_step, const digit* right,
                  std::size_t right_step, std::size_t blocks, digit_sums& out) const noexcept {
#if HYBREC_PROCESSOR_TILES
        if (tiles_.held())
            return multiply_tiles(left, left_step, right, right_step, blocks, out);
#endif
        out = {};
        for (std::size_t at = 0; at < blocks; ++at, left += left_step, right += right_step)
            for (std::size_t p = 0; p < digit_places; ++p)
                for (std::size_t q = 0; p + q < digit_places; ++q)
                    for (std::size_t i = 0; i < digit_edge; ++i)
                        for (std::size_t j = 0; j < digit_edge; ++j)
                            for (std::size_t k = 0; k < digit_depth; ++k)
                                out.level[p + q][i][j] +=
                                    left[p * digit_tile + i * digit_depth + k] *
                                    right[q * digit_tile + (k / 4 * digit_edge + j) * 4 + k % 4];
    }

  private:
#if HYBREC_PROCESSOR_TILES
    static void multiply_tiles(const digit* left, std::size_t left_step, const digit* right,
                               std::size_t right_step, std::size_t blocks,
                               digit_sums& out) noexcept {
        std::atomic_signal_fence(std::memory_order_seq_cst); // intrinsics do not say that they read
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        for (std::size_t at = 0; at < blocks; ++at, left += left_step, right += right_step) {
            _tile_loadd(3, left, digit_depth);
            _tile_loadd(5, right, digit_depth);
            _tile_dpbssd(0, 3, 5);
            _tile_loadd(6, right + digit_tile, digit_depth);
            _tile_dpbssd(1, 3, 6);
            _tile_loadd(7, right + 2 * digit_tile, digit_depth);
            _tile_dpbssd(2, 3, 7);
            _tile_loadd(4, left + digit_tile, digit_depth);
            _tile_dpbssd(1, 4, 5);
            _tile_dpbssd(2, 4, 6);
            _tile_loadd(3, left + 2 * digit_tile, digit_depth);
            _tile_dpbssd(2, 3, 5);
        }
        _tile_stored(0, out.level[0], sizeof(out.level[0][0]));
        _tile_stored(1, out.level[1], sizeof(out.level[1][0]));
        _tile_stored(2, out.level[2], sizeof(out.level[2][0]));
    }
#endif

    [[maybe_unused]] processor_tiles tiles_;
};

} // namespace HYBREC_TILES_NAMESPACE

/// The numbers that the sums stand for, added to what `start` has and written to `target`, for 16 columns.
/// @param left, right the scales back, of the rows and of the columns
/// @param start start(i) are the 16 values that row i of the sums is added to
/// @pre rows ≤ 16; all but `left` are multiples of 64 bytes, and so is `stride`; the sums are of 8 blocks at
///      most.
template <class Arch = default_arch, class Start>
inline void put_digit_sums(const digit_sums& sums, const float* left, const float* right,
                           std::size_t rows, const Start& start, float* target,
                           std::size_t stride) noexcept {
    for (std::size_t at = 0; at < digit_edge; at += width<float, Arch>) {
        const auto low = load<float, Arch>(right + at);
        const auto high = low * broadcast<float, Arch>(0x1p16F);
        const auto put = [&](std::size_t row) {
            const auto level = [&](std::size_t places) {
                return load<std::int32_t, Arch>(&sums.level[places][row][at]);
            };
            const auto rest = to_floats<Arch>(shift_left(level(1), 8) + level(2)) * low;
            const auto sum = multiply_add(to_floats<Arch>(level(0)), high, rest);
            multiply_add(sum, broadcast<float, Arch>(left[row]), load<float, Arch>(start(row) + at))
                .store_aligned(target + row * stride + at);
        };
        for (std::size_t row = 0; row < digit_edge && row < rows; row += 4)
            if (row + 4 <= rows)
                put(row), put(row + 1), put(row + 2), put(row + 3);
            else
                for (std::size_t rest = row; rest < rows; ++rest)
                    put(rest);
    }
}

} // namespace hybrec::simd
