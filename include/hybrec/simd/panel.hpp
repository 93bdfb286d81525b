// SPDX-License-Identifier: MIT
/// @file
/// Panels: a few rows of a matrix, gathered and packed for the product kernels.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/shuffle.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <utility>

namespace hybrec::simd {

/// Rows of 64-byte blocks: value (row, column) is at
/// `data[row · row_step + column / line · block_step + column % line]`.
///
/// Row-major rows are one such layout. The packed one keeps the rows of a block together, so that a
/// kernel that walks down a block reads consecutive lines; rows a power of two apart would all
/// fall into a few sets of the first-level cache.
template <class T>
struct panel_view {
    const T* data;
    std::size_t row_step;
    std::size_t block_step;

    /// Rows that lie `stride` apart. @pre `stride` is a multiple of `line<T>`.
    [[nodiscard]] static constexpr panel_view rows(const T* data, std::size_t stride) noexcept {
        return {data, stride, line<T>};
    }
    /// Packed with room for `capacity` rows in each block.
    [[nodiscard]] static constexpr panel_view packed(const T* data, std::size_t capacity) noexcept {
        return {data, line<T>, line<T> * capacity};
    }
    [[nodiscard]] constexpr const T* at(std::size_t row, std::size_t column) const noexcept {
        return data + row * row_step + column / line<T> * block_step + column % line<T>;
    }
};

/// Packs factor·source as row `row` of a panel with `capacity` rows per block.
/// @pre `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
inline void pack_row(const T* source, T factor, T* panel, std::size_t capacity, std::size_t row,
                     std::size_t size) noexcept {
    assert(size % line<T> == 0);
    const auto by = broadcast<T, Arch>(factor);
    T* target = panel + row * line<T>;
    for (std::size_t block = 0; block < size; block += line<T>, target += capacity * line<T>)
        for (std::size_t at = 0; at < line<T>; at += width<T, Arch>)
            (by * load<T, Arch>(source + block + at)).store_aligned(target + at);
}

namespace detail {

template <class T, class Arch, std::size_t... Row>
inline void pack_columns(const T* const* rows, const T* factors, const T* scale, std::size_t from,
                         T* target, std::index_sequence<Row...>) noexcept {
    const auto by = load<T, Arch>(scale + from);
    square<T, Arch> block{
        (by * broadcast<T, Arch>(factors[Row]) * load<T, Arch>(rows[Row] + from))...};
    transpose<T, Arch>(block);
    (block[Row].store_aligned(target + Row * line<T>), ...);
}

} // namespace detail

/// Packs the transpose of gathered and scaled rows: value (j, k) of the panel is
/// factors[k]·scale[j]·rows[k][j], for `count` rows of `size` values. The panel has `size` rows and
/// as many columns as there are rows, rounded up to whole blocks; the columns beyond `count` are
/// zero.
/// @param rows    aligned vectors; entries from `count` up to whole blocks must be valid pointers
/// @param factors one per row, zero from `count` up to whole blocks
/// @pre `size` is a multiple of `line<T>`.
template <class T, class Arch = default_arch>
inline void pack_transposed(const T* const* rows, const T* factors, const T* scale,
                            std::size_t count, std::size_t size, T* panel) noexcept {
    assert(size % line<T> == 0);
    constexpr std::size_t step = width<T, Arch>;
    for (std::size_t first = 0; first < padded_size<T>(count); first += step) {
        T* block = panel + first / line<T> * line<T> * size + first % line<T>;
        for (std::size_t from = 0; from < size; from += step)
            detail::pack_columns<T, Arch>(rows + first, factors + first, scale, from,
                                          block + from * line<T>, std::make_index_sequence<step>{});
    }
}

} // namespace hybrec::simd
