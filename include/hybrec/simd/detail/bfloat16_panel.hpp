// SPDX-License-Identifier: MIT
/// @file
/// Weighted rows rounded to bfloat16, for products with each other: what `syrk_bfloat16` multiplies.
///
/// Rows are taken by twos: a word has the value of an even row in its lower half, that of the next row in its
/// upper one.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/shuffle.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::simd {

/// Rows yₖ of a table, each with the root of its weight and its coefficient in a sum.
struct weighted_rows {
    const float* const* rows;
    const float* roots;
    const float* coefficients;
    std::size_t count;
};

/// Memory of `syrk_bfloat16`, for rows of up to `size` values.
///
/// Tiles take rows by blocks of 32, and both sides. Without them one side does, by columns of 16.
struct bfloat16_panel {
    /// Columns of a tile, and how many twos of rows it has.
    static constexpr std::size_t edge = 16;
    static constexpr std::size_t tile = edge * edge; ///< words
    static constexpr std::size_t depth = 2 * edge;   ///< rows

    bfloat16_panel() = default;
    explicit bfloat16_panel(std::size_t size, bool tiles = has_processor_tiles())
        : for_tiles{tiles},
          rows{rows_of(size, tiles)},
          left(tiles ? rows * size / 2 : 0),
          right(tiles ? rows * size / 2 : column_step() * (size / edge)) {}

    /// What it takes.
    [[nodiscard]] static constexpr std::size_t bytes(std::size_t size) noexcept {
        return std::max(rows_of(size, true) * size, (rows_of(size, false) / 2 + 1) * size) *
               sizeof(std::uint32_t);
    }
    /// At a time. Where the first-level cache has room for the triangle of the product, tiles keep both sides
    /// and the rows themselves there as well; larger products go through the second-level cache, and the
    /// sides are longer, so that they do so less often. Without tiles, half and twice as many are slower.
    [[nodiscard]] static constexpr std::size_t rows_of(std::size_t size, bool tiles) noexcept {
        constexpr std::size_t first_level = std::size_t{1} << 15;
        const std::size_t triangle = size * size * sizeof(float) / 2;
        const std::size_t of_a_row = 2 * size * sizeof(float);
        if (!tiles)
            return 4 * depth;
        if (triangle + depth * of_a_row <= first_level)
            return (first_level - triangle) / of_a_row / depth * depth;
        return std::max(2 * depth, (std::size_t{1} << 16) / size / depth * depth);
    }
    /// From 16 columns to the next ones without tiles. A line more than they take, so that columns do not
    /// begin in the same set of a cache.
    [[nodiscard]] std::size_t column_step() const noexcept { return (rows / 2 + 1) * edge; }

    bool for_tiles = false;
    std::size_t rows = 0;
    aligned_vector<std::uint32_t> left; ///< tiles of columns × twos, or nothing
    aligned_vector<std::uint32_t>
        right; ///< tiles of twos × columns, or lines of 16 columns of a two
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

/// Asks for rows before they are needed, some at a time: a core has few requests under way. It has more of them
/// for its second-level cache than for its first, where rows are asked for if they are to be `close`.
class rows_ahead {
  public:
    rows_ahead(const float* const* rows, std::size_t count, std::size_t columns, std::size_t size,
               bool close) noexcept
        : rows_{rows}, count_{count}, columns_{columns}, size_{size}, close_{close} {}

    /// How many rows to be ahead, at least.
    [[nodiscard]] std::size_t distance() const noexcept { return close_ ? 8 : 32; }

    /// All up to `end` that have not been asked for.
    void reach(std::size_t end) noexcept {
        for (end = std::min(end, count_); next_ < end; ++next_) {
            const float* const row = rows_[next_] + columns_;
            close_ ? prefetch_close(row, size_) : prefetch(row, size_);
        }
    }
    void next(std::size_t rows) noexcept { reach(next_ + rows); }

  private:
    const float* const* rows_;
    std::size_t count_;
    std::size_t columns_;
    std::size_t size_;
    bool close_;
    std::size_t next_ = 0;
};

/// As many twos of rows as a register has values, from `first` on. Rows beyond the last one count zero times.
template <class Arch>
class row_twos {
  public:
    static constexpr std::size_t count = 2 * width<float, Arch>;

    row_twos(const weighted_rows& from, std::size_t first) noexcept {
        if (first + count <= from.count) {
            row = from.rows + first;
            root = from.roots + first;
            coefficient = from.coefficients + first;
            return;
        }
        for (std::size_t k = 0; k < count; ++k) {
            const bool is_there = first + k < from.count;
            own_rows_[k] = from.rows[is_there ? first + k : 0];
            own_roots_[k] = is_there ? from.roots[first + k] : 0;
            own_coefficients_[k] = is_there ? from.coefficients[first + k] : 0;
        }
        row = own_rows_.data();
        root = own_roots_.data();
        coefficient = own_coefficients_.data();
    }
    row_twos(const row_twos&) = delete;
    row_twos& operator=(const row_twos&) = delete;

    const float* const* row = nullptr;
    const float* root = nullptr;
    const float* coefficient = nullptr;

  private:
    std::array<const float*, count> own_rows_;
    std::array<float, count> own_roots_;
    std::array<float, count> own_coefficients_;
};

/// One register of columns of these rows: the twos of √aₖ·yₖ go to `right`, and transposed to `left`, one to
/// an edge, if it is not null; Σ cₖ·yₖ is added to `vector`.
template <class Arch, std::size_t... Two>
[[gnu::always_inline]] inline void
write_square(const row_twos<Arch>& from, std::size_t column, float* vector, std::uint32_t* left,
             std::uint32_t* right, std::index_sequence<Two...>) noexcept {
    constexpr std::size_t edge = bfloat16_panel::edge;
    const auto zero = broadcast<float, Arch>(0.0F);
    batch<float, Arch> sums[]{load<float, Arch>(vector), zero, zero, zero};
    const auto take = [&](std::size_t row) {
        const auto values = load<float, Arch>(from.row[row] + column);
        sums[row % 4] =
            multiply_add(values, broadcast<float, Arch>(from.coefficient[row]), sums[row % 4]);
        return values * broadcast<float, Arch>(from.root[row]);
    };
    const auto words = [&](std::size_t two) {
        const auto even = take(2 * two), odd = take(2 * two + 1);
        const auto both = words_of_two<Arch>(even, odd);
        both.store_aligned(right + two * edge);
        return as_floats<Arch>(both);
    };
    square<float, Arch> twos{words(Two)...};
    ((sums[0] + sums[1]) + (sums[2] + sums[3])).store_aligned(vector);
    if (!left)
        return;
    transpose<float, Arch>(twos);
    (bits_in<Arch>(twos[Two]).store_aligned(left + Two * edge), ...);
}

/// Writes the rows from `begin` to `end` times their roots to the sides of `to`, and adds coefficients times
/// rows to `vector`.
template <class Arch>
inline void write_twos(const weighted_rows& from, std::size_t begin, std::size_t end,
                       std::size_t columns, std::size_t size, float* vector, bfloat16_panel& to,
                       rows_ahead& ahead) noexcept {
    constexpr std::size_t edge = bfloat16_panel::edge, tile = bfloat16_panel::tile;
    constexpr std::size_t depth = bfloat16_panel::depth;
    const std::size_t all = (end - begin + depth - 1) / depth * depth;
    for (std::size_t row = 0; row < all; row += row_twos<Arch>::count) {
        ahead.reach(begin + row + row_twos<Arch>::count + ahead.distance());
        const row_twos<Arch> rows{from, begin + row};
        const std::size_t block = row / depth, two = row % depth / 2;
        const std::size_t first = block * (to.for_tiles ? size / edge * tile : tile);
        const std::size_t step = to.for_tiles ? tile : to.column_step();
        for (std::size_t at = 0; at < size; at += width<float, Arch>) {
            const std::size_t place = first + at / edge * step, within = at % edge;
            write_square<Arch>(rows, columns + at, vector + at,
                               to.for_tiles ? to.left.data() + place + within * edge + two
                                            : nullptr,
                               to.right.data() + place + two * edge + within,
                               std::make_index_sequence<width<float, Arch>>{});
        }
    }
}

} // namespace detail

} // namespace hybrec::simd
