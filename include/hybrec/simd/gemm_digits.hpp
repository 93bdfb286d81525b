// SPDX-License-Identifier: MIT
/// @file
/// The product of rows and a matrix that is used many times, by products of digits.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/simd/digit_tiles.hpp>
#include <hybrec/simd/digits.hpp>

#include <algorithm>
#include <array>
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

/// What of a left factor is multiplied.
enum class part { all, positive };

/// Rows of a left factor, as digits. Memory is kept from one use to the next.
class digit_rows {
  public:
    /// Room for rows of `blocks` blocks of 64 values each.
    template <class = on_use>
    void resize(std::size_t rows, std::size_t blocks) {
        const std::size_t groups = (rows + digit_edge - 1) / digit_edge;
        blocks_ = blocks;
        if (digits_.size() < groups * blocks * digit_block)
            digits_.resize(groups * blocks * digit_block);
        if (scales_.size() < groups * digit_edge)
            scales_.resize(groups * digit_edge);
    }
    /// Writes up to 16 rows from row `begin` on, a multiple of 16.
    /// @param left left(i)(k) is a register of row begin + i from value k on
    /// @param size of the rows; whole lines. @param usual see `gemm_digits`
    template <class Arch, part Of, class Left>
    void write(std::size_t begin, std::size_t rows, const Left& left, std::size_t size,
               float usual = 0) noexcept;
    /// See `gemm_digits`.
    template <class Arch, class Start>
    void multiply(std::size_t rows, const digit_matrix& right, const Start& start, float* target,
                  std::size_t stride) noexcept {
        assert(blocks_ == right.blocks());
        const byte_tiles tiles;
        for (std::size_t column = 0; column < right.columns(); column += digit_edge)
            for (std::size_t row = 0; row < rows; row += digit_edge) {
                tiles.multiply(group(row), digit_block, right.column_block(column), digit_block,
                               blocks_, sums_);
                put_digit_sums<Arch>(
                    sums_, scales_.data() + row, right.scales() + column,
                    std::min(digit_edge, rows - row),
                    [&](std::size_t within) { return start(row + within) + column; },
                    target + row * stride + column, stride);
            }
    }

  private:
    [[nodiscard]] digit* group(std::size_t row) noexcept {
        return digits_.data() + row / digit_edge * blocks_ * digit_block;
    }
    template <class Arch, class Left>
    void write_all(std::size_t begin, std::size_t rows, const Left& left,
                   std::size_t size) noexcept;
    template <class Arch, class Left>
    void write_positive(std::size_t begin, std::size_t rows, const Left& left, std::size_t size,
                        float usual) noexcept;

    std::size_t blocks_ = 0;
    aligned_vector<digit> digits_;
    aligned_vector<float> scales_;
    digit_sums sums_;
};

namespace detail {

/// Writes the digits of a row. @param row row(k) is a register of its values from k on
template <class Arch, class Row>
inline void write_row(const Row& row, std::size_t size, const batch<float, Arch>& into,
                      digit* out) noexcept {
    const auto integers = [&](std::size_t k) {
        return raised_integers<Arch>(k < size ? row(k) : broadcast<float, Arch>(0), into);
    };
    for (std::size_t from = 0; from < size; from += digit_depth, out += digit_block)
        for (std::size_t at = 0; at < digit_edge; at += width<float, Arch>) {
            const std::size_t k = from + at;
            const auto places =
                digits_of<Arch>(integers(k), integers(k + digit_edge), integers(k + 2 * digit_edge),
                                integers(k + 3 * digit_edge));
            for (std::size_t place = 0; place < digit_places; ++place)
                places[place].store_aligned(
                    reinterpret_cast<std::uint32_t*>(out + place * digit_tile + at * 4));
        }
}

} // namespace detail

template <class Arch, class Left>
inline void digit_rows::write_all(std::size_t begin, std::size_t rows, const Left& left,
                                  std::size_t size) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    alignas(table_alignment) std::array<std::uint32_t, digit_edge> most{};
    for (std::size_t i = 0; i < rows; ++i) {
        const auto row = left(i);
        auto in_row = broadcast<std::uint32_t, Arch>(0);
        for (std::size_t k = 0; k < size; k += step)
            in_row = greatest_magnitude<Arch>(in_row, row(k));
        most[i] = greatest<Arch>(in_row);
    }
    alignas(table_alignment) std::array<float, digit_edge> into;
    for (std::size_t at = 0; at < digit_edge; at += step) { // no row waits for its division
        const auto scales = scales_for<Arch>(load<std::uint32_t, Arch>(most.data() + at));
        scales.into.store_aligned(into.data() + at);
        scales.back.store_aligned(scales_.data() + begin + at);
    }
    for (std::size_t i = 0; i < rows; ++i)
        detail::write_row<Arch>(left(i), size, broadcast<float, Arch>(into[i]),
                                group(begin) + i * digit_depth);
}

template <class Arch, class Left>
inline void digit_rows::write_positive(std::size_t begin, std::size_t rows, const Left& left,
                                       std::size_t size, float usual) noexcept {
    const auto zero = broadcast<float, Arch>(0);
    const auto least = broadcast<float, Arch>(usual / 8), limit = broadcast<float, Arch>(usual);
    const auto scales = scales_for<Arch>(bits_in<Arch>(limit));
    for (std::size_t i = 0; i < rows; ++i) {
        const auto values = left(i);
        auto into = scales.into, back = scales.back;
        for (bool known = usual > 0;; known = false) {
            auto most = zero;
            const auto row = [&](std::size_t k) {
                const auto positive = positive_part<float, Arch>(values(k));
                most = greater_of<Arch>(most, positive);
                return positive;
            };
            if (!known) {
                for (std::size_t k = 0; k < size; k += width<float, Arch>)
                    (void)row(k);
                const auto own = scales_for<Arch>(
                    broadcast<std::uint32_t, Arch>(greatest<Arch>(bits_in<Arch>(most))));
                into = own.into, back = own.back;
            }
            detail::write_row<Arch>(row, size, into, group(begin) + i * digit_depth);
            if (!known || (bits_of<Arch>(most > limit) == 0 && bits_of<Arch>(most > least) != 0))
                break;
        }
        scales_[begin + i] = back.get(0);
    }
}

template <class Arch, part Of, class Left>
inline void digit_rows::write(std::size_t begin, std::size_t rows, const Left& left,
                              std::size_t size, float usual) noexcept {
    if constexpr (Of == part::positive)
        write_positive<Arch>(begin, rows, left, size, usual);
    else
        write_all<Arch>(begin, rows, left, size);
}

/// target[i][j] = start(i)[j] + Σ_k left(i, k)·right[k][j]. A row of the target depends on that row of the
/// left factor alone, and its bits not on how many there are.
/// @tparam Of `positive`: max(left(i, k), 0) in place of left(i, k)
/// @param left left(i)(k) is a register of row i from value k on. @param size of its rows; whole lines
/// @param start start(i) is where the values begin that row i is added to; may be the target's
/// @param usual of positive parts: if a row's greatest value is not above this, and above an eighth of it, the
///        row is written to this scale as it is read, and loses 2⁻²² of this; else, and with 0, to its own
/// @pre right.blocks() blocks of 64 hold `size` values; `start(i)`, `target` and its stride are multiples of
///      64 bytes.
/// Complexity: O(rows · size · columns). Thread-safe for distinct targets and memories.
template <class Arch = default_arch, part Of = part::all, class Left, class Start>
inline void gemm_digits(const Left& left, std::size_t rows, std::size_t size,
                        const digit_matrix& right, const Start& start, float* target,
                        std::size_t stride, digit_rows& memory, float usual = 0) {
    assert((size + digit_depth - 1) / digit_depth == right.blocks());
    memory.resize(rows, right.blocks());
    for (std::size_t begin = 0; begin < rows; begin += digit_edge)
        memory.write<Arch, Of>(
            begin, std::min(digit_edge, rows - begin),
            [&](std::size_t i) { return left(begin + i); }, size, usual);
    memory.multiply<Arch>(rows, right, start, target, stride);
}

} // namespace hybrec::simd
