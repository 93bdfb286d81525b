// SPDX-License-Identifier: MIT
/// @file
/// The product of rows and a matrix that is used many times, by products of digits.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/simd/digit_tiles.hpp>
#include <hybrec/simd/digits.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::simd {

/// A right factor, as digits. Takes three quarters of the memory of floats.
class digit_matrix {
  public:
    digit_matrix() = default;
    /// @param values `depth` rows of `columns`. @pre `columns` is a multiple of `digit_edge`; depth ≤ 512.
    /// Complexity: O(depth · columns).
    template <class Arch = default_arch>
    digit_matrix(const float* values, std::size_t stride, std::size_t depth, std::size_t columns,
                 Arch = {})
        : blocks_{(depth + digit_depth - 1) / digit_depth},
          digits_(columns / digit_edge * blocks_ * digit_block),
          scales_(columns) {
        assert(columns % digit_edge == 0 && fits(depth));
        aligned_vector<float> panel(blocks_ * digit_depth * digit_edge);
        for (std::size_t column = 0; column < columns; column += digit_edge) {
            for (std::size_t row = 0; row < depth; ++row)
                std::copy_n(values + row * stride + column, digit_edge,
                            panel.data() + row * digit_edge);
            write<Arch>(panel.data(), column);
        }
    }

    /// Whether a product of this depth stays within 32 bits.
    [[nodiscard]] static constexpr bool fits(std::size_t depth) noexcept { return depth <= 512; }
    [[nodiscard]] bool empty() const noexcept { return digits_.empty(); }
    [[nodiscard]] std::size_t columns() const noexcept { return scales_.size(); }
    /// Blocks of 64 rows.
    [[nodiscard]] std::size_t blocks() const noexcept { return blocks_; }
    [[nodiscard]] const digit* column_block(std::size_t column) const noexcept {
        return digits_.data() + column / digit_edge * blocks_ * digit_block;
    }
    [[nodiscard]] const float* scales() const noexcept { return scales_.data(); }

  private:
    /// The digits of 16 columns. Within a block of 64 rows, the four side by side are 16 apart: a row of a
    /// left factor finds them in four registers.
    template <class Arch>
    void write(const float* panel, std::size_t column) {
        digit* const out = digits_.data() + column / digit_edge * blocks_ * digit_block;
        for (std::size_t at = 0; at < digit_edge; at += width<float, Arch>) {
            const auto value = [&](std::size_t row) {
                return load<float, Arch>(panel + row * digit_edge + at);
            };
            auto greatest = broadcast<std::uint32_t, Arch>(0);
            for (std::size_t row = 0; row < blocks_ * digit_depth; ++row)
                greatest = greatest_magnitude<Arch>(greatest, value(row));
            const auto scales = scales_for<Arch>(greatest);
            scales.back.store_aligned(scales_.data() + column + at);
            for (std::size_t row = 0; row < blocks_ * digit_depth; ++row) {
                const std::size_t within = row % digit_depth;
                if (within >= digit_depth / 4)
                    continue;
                const auto integers = [&](std::size_t quarter) {
                    return raised_integers<Arch>(value(row + quarter * digit_depth / 4),
                                                 scales.into);
                };
                const auto places =
                    digits_of<Arch>(integers(0), integers(1), integers(2), integers(3));
                for (std::size_t place = 0; place < digit_places; ++place)
                    places[place].store_aligned(reinterpret_cast<std::uint32_t*>(
                        out + row / digit_depth * digit_block + place * digit_tile +
                        (within * digit_edge + at) * 4));
            }
        }
    }

    std::size_t blocks_ = 0;
    aligned_vector<digit> digits_;
    aligned_vector<float> scales_;
};

/// Memory of `gemm_digits`.
struct digit_rows {
    aligned_vector<digit> digits;
    std::vector<float> scales;
    digit_sums sums;
};

namespace detail {

/// The digits of one row of a left factor.
/// @param row row(k) is a register of its values from k on. @param size of the row; whole lines
/// @returns the scale back
template <class Arch, class Row>
inline float write_digits(const Row& row, std::size_t size, digit* out) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    auto most = broadcast<std::uint32_t, Arch>(0);
    for (std::size_t k = 0; k < size; k += step)
        most = greatest_magnitude<Arch>(most, row(k));
    const auto scales = scales_for<Arch>(broadcast<std::uint32_t, Arch>(greatest<Arch>(most)));
    const auto integers = [&](std::size_t k) {
        return raised_integers<Arch>(k < size ? row(k) : broadcast<float, Arch>(0), scales.into);
    };
    for (std::size_t from = 0; from < size; from += digit_depth, out += digit_block)
        for (std::size_t at = 0; at < digit_edge; at += step) {
            const std::size_t k = from + at;
            const auto places =
                digits_of<Arch>(integers(k), integers(k + digit_edge), integers(k + 2 * digit_edge),
                                integers(k + 3 * digit_edge));
            places[0].store_aligned(reinterpret_cast<std::uint32_t*>(out + at * 4));
            places[1].store_aligned(reinterpret_cast<std::uint32_t*>(out + digit_tile + at * 4));
            places[2].store_aligned(
                reinterpret_cast<std::uint32_t*>(out + 2 * digit_tile + at * 4));
        }
    float back[step];
    scales.back.store_unaligned(back);
    return back[0];
}

} // namespace detail

/// target[i][j] = start[j] + Σ_k left(i, k)·right[k][j]. A row of the target depends on that row of the left
/// factor alone, and its bits not on how many there are.
/// @param left left(i)(k) is a register of row i from value k on. @param size of its rows; whole lines
/// @pre right.blocks() blocks of 64 hold `size` values; `start`, `target` and its stride are multiples of 64
///      bytes.
/// Complexity: O(rows · size · columns). Thread-safe for distinct targets and memories.
template <class Arch = default_arch, class Left>
inline void gemm_digits(const Left& left, std::size_t rows, std::size_t size,
                        const digit_matrix& right, const float* start, float* target,
                        std::size_t stride, digit_rows& memory) {
    assert((size + digit_depth - 1) / digit_depth == right.blocks());
    const std::size_t blocks = right.blocks(), group = blocks * digit_block;
    const std::size_t groups = (rows + digit_edge - 1) / digit_edge;
    if (memory.digits.size() < groups * group)
        memory.digits.resize(groups * group);
    if (memory.scales.size() < rows)
        memory.scales.resize(rows);
    for (std::size_t row = 0; row < rows; ++row)
        memory.scales[row] = detail::write_digits<Arch>(
            left(row), size,
            memory.digits.data() + row / digit_edge * group + row % digit_edge * digit_depth);
    const byte_tiles tiles;
    for (std::size_t column = 0; column < right.columns(); column += digit_edge)
        for (std::size_t row = 0; row < rows; row += digit_edge) {
            tiles.multiply(memory.digits.data() + row / digit_edge * group, digit_block,
                           right.column_block(column), digit_block, blocks, memory.sums);
            put_digit_sums<Arch>(
                memory.sums, memory.scales.data() + row, right.scales() + column,
                std::min(digit_edge, rows - row), [&](std::size_t) { return start + column; },
                target + row * stride + column, stride);
        }
}

} // namespace hybrec::simd
