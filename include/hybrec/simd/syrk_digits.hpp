// SPDX-License-Identifier: MIT
/// @file
/// The sum of weighted squares of gathered rows, by products of digits.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/simd/digit_tiles.hpp>
#include <hybrec/simd/digits.hpp>
#include <hybrec/simd/shuffle.hpp>
#include <hybrec/simd/tile.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hybrec::simd {

/// Rows yₖ of a table, each with the root of its weight and its coefficient in a sum.
struct weighted_rows {
    const float* const* rows;
    const float* roots;
    const float* coefficients;
    std::size_t count;
};

/// Memory of `syrk_digits`.
struct digit_panel {
    /// Rows at a time: as many as the first- and second-level caches like.
    static constexpr std::size_t most_rows = 128;
    static constexpr std::size_t most_blocks = most_rows / digit_depth;
    /// From one block of 64 rows to the next; not a multiple of a page, so that blocks do not start in the
    /// same set of the cache.
    static constexpr std::size_t right_step = 2 * digit_block + 320;

    digit_panel() = default;
    explicit digit_panel(std::size_t size)
        : left_step{size / digit_edge * digit_block + 320},
          left(most_blocks * left_step),
          right(most_blocks * right_step),
          gathered(most_rows * digit_edge),
          scales(size) {}

    std::size_t left_step = 0;
    aligned_vector<digit> left;     ///< of all columns, by row of the product
    aligned_vector<digit> right;    ///< of 16 columns, and of the 16 before
    aligned_vector<float> gathered; ///< 16 columns of the rows
    aligned_vector<float> scales;
    std::array<digit_sums, 2> sums;
};

namespace detail {

/// The digits of 16 columns, of the rows times their roots, as left and as right blocks.
/// @param columns  where they begin in a row
/// @param between  called after every 16 rows with their number and that of all
/// @param right, left blocks of the first 64 rows
/// @param back  where their scales back are written. @param vector gets coefficients times rows added
template <class Arch, class Between>
inline void write_columns(const weighted_rows& from, std::size_t columns, digit_panel& memory,
                          digit* right, digit* left, float* back, float* vector,
                          const Between& between) noexcept {
    constexpr std::size_t step = width<float, Arch>, height = digit_edge;
    float* const gathered = memory.gathered.data();
    const std::size_t padded = (from.count + height - 1) / height * height;
    std::array<batch<float, Arch>, digit_edge / step> into;
    for (std::size_t at = 0; at < digit_edge; at += step) {
        auto most = broadcast<std::uint32_t, Arch>(0);
        auto total = load<float, Arch>(vector + at);
        for (std::size_t row = 0; row < from.count; ++row) {
            const auto y = load<float, Arch>(from.rows[row] + columns + at);
            total = multiply_add(y, broadcast<float, Arch>(from.coefficients[row]), total);
            const auto value = y * broadcast<float, Arch>(from.roots[row]);
            value.store_aligned(gathered + row * digit_edge + at);
            most = greatest_magnitude<Arch>(most, value);
        }
        total.store_aligned(vector + at);
        const auto scales = scales_for<Arch>(most);
        into[at / step] = scales.into;
        scales.back.store_aligned(back + at);
    }
    std::fill(gathered + from.count * digit_edge, gathered + padded * digit_edge, 0.0F);
    for (std::size_t row = 0; row < padded; row += height) {
        const std::size_t block = row / digit_depth, within = row % digit_depth;
        for (std::size_t at = 0; at < digit_edge; at += step) {
            auto* const to_right = reinterpret_cast<std::uint32_t*>(
                right + block * digit_panel::right_step + within * digit_edge + at * 4);
            auto* const to_left = reinterpret_cast<std::uint32_t*>(left + block * memory.left_step +
                                                                   at * digit_depth + within);
            const auto four = [&](std::size_t quarter) { // the digits of four rows
                const auto integers = [&](std::size_t k) {
                    const float* const values =
                        gathered + (row + 4 * quarter + k) * digit_edge + at;
                    return raised_integers<Arch>(load<float, Arch>(values), into[at / step]);
                };
                return digits_of<Arch>(integers(0), integers(1), integers(2), integers(3));
            };
            const std::array quarters{four(0), four(1), four(2), four(3)};
            const auto put = [&](std::size_t place) {
                const std::size_t tile = place * digit_tile / 4;
                quarters[0][place].store_aligned(to_right + tile);
                quarters[1][place].store_aligned(to_right + tile + digit_edge);
                quarters[2][place].store_aligned(to_right + tile + 2 * digit_edge);
                quarters[3][place].store_aligned(to_right + tile + 3 * digit_edge);
                const auto turned = transpose_lanes<Arch>(
                    as_floats<Arch>(quarters[0][place]), as_floats<Arch>(quarters[1][place]),
                    as_floats<Arch>(quarters[2][place]), as_floats<Arch>(quarters[3][place]));
                constexpr std::size_t line = digit_depth / 4; // words from column to column
                store_lanes<Arch>(bits_in<Arch>(turned[0]), to_left + tile, 4 * line);
                store_lanes<Arch>(bits_in<Arch>(turned[1]), to_left + tile + line, 4 * line);
                store_lanes<Arch>(bits_in<Arch>(turned[2]), to_left + tile + 2 * line, 4 * line);
                store_lanes<Arch>(bits_in<Arch>(turned[3]), to_left + tile + 3 * line, 4 * line);
            };
            put(0), put(1), put(2);
        }
        between(row / height + 1, padded / height);
    }
    // What is left of the last block on the left meets zeros on the right.
    for (std::size_t row = padded; row % digit_depth != 0; row += height)
        for (std::size_t place = 0; place < digit_places; ++place)
            std::fill_n(right + row / digit_depth * digit_panel::right_step + place * digit_tile +
                            row % digit_depth * digit_edge,
                        height * digit_edge, digit{0});
}

/// `syrk_digits` of `most_rows` at most. While the digits of 16 columns are written, the tiles multiply
/// those of the 16 before with all on their left, and the rows that come next are fetched.
template <class Arch>
inline void add_squares(const weighted_rows& from, std::span<const float* const> next,
                        std::size_t columns, bool add, float* target, std::size_t stride,
                        std::size_t size, float* vector, digit_panel& memory) noexcept {
    alignas(table_alignment) static constexpr float zeros[digit_edge]{};
    const std::size_t blocks = (from.count + digit_depth - 1) / digit_depth;
    std::size_t number = 0, i = 0, j = 0; // the last product, and whose it is
    const auto put = [&](const digit_sums& sums) {
        float* const tile = target + i * stride + j;
        put_digit_sums<Arch>(
            sums, memory.scales.data() + i, memory.scales.data() + j, digit_edge,
            [&](std::size_t row) { return add ? tile + row * stride : zeros; }, tile, stride);
    };
    const byte_tiles tiles;
    const auto multiply = [&](std::size_t row, std::size_t column) {
        tiles.multiply(memory.left.data() + row / digit_edge * digit_block, memory.left_step,
                       memory.right.data() + column / digit_edge % 2 * digit_block,
                       digit_panel::right_step, blocks, memory.sums[number % 2]);
        if (number++ != 0) // put while the tiles are busy
            put(memory.sums[number % 2]);
        i = row, j = column;
    };
    std::size_t step = 0, fetched = 0;
    for (std::size_t column = 0; column < size; column += digit_edge) {
        std::size_t row = 0; // of what is multiplied with the columns before
        const auto between = [&](std::size_t written, std::size_t all) {
            const std::size_t steps = all * size / digit_edge;
            for (++step; fetched * steps < next.size() * step; ++fetched)
                prefetch(next[fetched] + columns, size);
            if (row < column && row * all < column * written) {
                multiply(row, column - digit_edge);
                row += digit_edge;
            }
        };
        write_columns<Arch>(from, columns + column, memory,
                            memory.right.data() + column / digit_edge % 2 * digit_block,
                            memory.left.data() + column / digit_edge * digit_block,
                            memory.scales.data() + column, vector + column, between);
        for (; row < column; row += digit_edge)
            multiply(row, column - digit_edge);
    }
    for (std::size_t row = 0; row < size; row += digit_edge)
        multiply(row, size - digit_edge);
    put(memory.sums[1 - number % 2]);
}

} // namespace detail

/// target[i][j] ∘= Σ_k aₖ·yₖ[i]·yₖ[j] for all j ≥ i, both below `size`, with aₖ the squares of the roots, as
/// `syrk_upper`, and vector[i] += Σ_k cₖ·yₖ[i]; yₖ begins at rows[k] + columns. Some entries below the
/// diagonal change too.
/// @param far whether rows may be far from the processor, and are to be fetched ahead
/// @pre rows, target and stride are multiples of 64 bytes, and so are `columns` and `size`; size > 0.
/// Complexity: O(count · size²). Thread-safe for distinct targets and memories.
template <update Update, class Arch = default_arch>
inline void syrk_digits(const weighted_rows& from, std::size_t columns, bool far, float* target,
                        std::size_t stride, std::size_t size, float* vector,
                        digit_panel& memory) noexcept {
    static_assert(Update != update::subtract);
    assert(size % digit_edge == 0 && stride % digit_edge == 0 && size <= memory.scales.size());
    const std::size_t blocks = (from.count + digit_depth - 1) / digit_depth;
    const std::size_t panels = (blocks + digit_panel::most_blocks - 1) / digit_panel::most_blocks;
    const std::size_t depth = panels == 0 ? 0 : (blocks + panels - 1) / panels * digit_depth;
    const std::span all{from.rows, from.count};
    for (const float* const row : all.first(far ? std::min(depth, from.count) : 0))
        prefetch(row + columns, size);
    std::size_t begin = 0;
    do {
        const std::size_t end = std::min(from.count, begin + depth);
        const auto next = all.subspan(end, far ? std::min(depth, from.count - end) : 0);
        detail::add_squares<Arch>(
            {from.rows + begin, from.roots + begin, from.coefficients + begin, end - begin}, next,
            columns, Update == update::add || begin > 0, target, stride, size, vector, memory);
        begin = end;
    } while (begin < from.count);
}

} // namespace hybrec::simd
