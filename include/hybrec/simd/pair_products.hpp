// SPDX-License-Identifier: MIT
/// @file
/// Inner products of packed rows with each other, by the processor's products of bfloat16.
///
/// Rows are packed as for `score_tile`. The products want twos of factors: a word has a row's value for an even
/// factor in its lower half, that for the next one in its upper half. Products of bfloat16 are exact in
/// floats and are added up in floats.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/bfloat16_products.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/score_tile.hpp>
#include <hybrec/simd/shuffle.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::simd {

namespace detail {

/// A tile: 16 rows of a group, and 16 twos of factors.
inline constexpr std::size_t pair_edge = 16;
inline constexpr std::size_t pair_tile = pair_edge * pair_edge; // words

/// A two of factors of the rows from `at` on in the lower or the upper half of a group.
template <class Arch>
[[nodiscard]] inline batch<std::uint32_t, Arch> pair_of(const std::uint32_t* packed,
                                                        std::size_t factors, std::size_t two,
                                                        bool upper, std::size_t at) noexcept {
    const auto words = [&](std::size_t factor) {
        return factor < factors ? load<std::uint32_t, Arch>(packed + factor * group_words + at)
                                : broadcast<std::uint32_t, Arch>(0);
    };
    const auto even = words(2 * two), odd = words(2 * two + 1);
    return upper ? select_bits<Arch>(0xFFFF'0000, odd, shift_right(even, 16))
                 : select_bits<Arch>(0xFFFF'0000, shift_left(odd, 16), even);
}

/// The products of some rows with 32 others. As in `score_tile`, all sums stay in registers.
template <class Products, class Arch, std::size_t... Row>
inline void multiply_pairs(const std::uint32_t* left, const std::uint32_t* right, std::size_t words,
                           float* products, std::index_sequence<Row...>) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    for (std::size_t column = 0; column < group_rows; column += 2 * step) {
        const auto of_column = [&](std::size_t at) {
            return right + at / pair_edge * pair_tile + at % pair_edge;
        };
        const std::uint32_t* const first = of_column(column);
        const std::uint32_t* const second = of_column(column + step);
        batch<float, Arch> sums[] = {((void)Row, broadcast<float, Arch>(0.0F))...};
        batch<float, Arch> others[] = {((void)Row, broadcast<float, Arch>(0.0F))...};
        for (std::size_t at = 0; at < words; at += 2 * pair_tile)
            for (std::size_t two = 0; two < pair_edge; ++two) {
                const std::size_t line = at + two * pair_edge;
                const auto columns = load<std::uint32_t, Arch>(first + line);
                const auto next = load<std::uint32_t, Arch>(second + line);
                const auto add = [&](const batch<std::uint32_t, Arch>& row, batch<float, Arch>& sum,
                                     batch<float, Arch>& other) {
                    sum = Products::template accumulate<update::add, Arch>(row, columns, sum);
                    other = Products::template accumulate<update::add, Arch>(row, next, other);
                };
                (add(broadcast<std::uint32_t, Arch>(left[at + Row * pair_edge + two]), sums[Row],
                     others[Row]),
                 ...);
            }
        (sums[Row].store_aligned(products + Row * group_rows + column), ...);
        (others[Row].store_aligned(products + Row * group_rows + column + step), ...);
    }
}

} // namespace detail

/// The words that a group takes by twos of factors, which are padded with zeros.
[[nodiscard]] constexpr std::size_t pair_words(std::size_t factors) noexcept {
    const std::size_t depth = 2 * detail::pair_edge;
    return (factors + depth - 1) / depth * 2 * detail::pair_tile;
}

/// Writes a group as the right side of `pair_products`: line by line a two of factors of 16 rows.
/// @pre `packed` and `to` are multiples of 64 bytes; `to` has room for `pair_words(factors)`.
template <class Arch = default_arch>
inline void write_pair_columns(const std::uint32_t* packed, std::size_t factors,
                               std::uint32_t* to) noexcept {
    for (std::size_t two = 0; 2 * two < pair_words(factors) / group_words; ++two)
        for (const bool upper : {false, true}) {
            std::uint32_t* const line = to +
                                        (two / detail::pair_edge * 2 + upper) * detail::pair_tile +
                                        two % detail::pair_edge * detail::pair_edge;
            for (std::size_t at = 0; at < group_words; at += width<float, Arch>)
                detail::pair_of<Arch>(packed, factors, two, upper, at).store_aligned(line + at);
        }
}

/// Writes a group as the left side of `pair_products`: line by line 16 twos of factors of a row.
/// @pre as for `write_pair_columns`
template <class Arch = default_arch>
inline void write_pair_rows(const std::uint32_t* packed, std::size_t factors,
                            std::uint32_t* to) noexcept {
    constexpr std::size_t edge = detail::pair_edge;
    for (std::size_t two = 0; 2 * two < pair_words(factors) / group_words; two += 4)
        for (const bool upper : {false, true})
            for (std::size_t at = 0; at < group_words; at += width<float, Arch>) {
                const auto words = [&](std::size_t next) {
                    return as_floats<Arch>(
                        detail::pair_of<Arch>(packed, factors, two + next, upper, at));
                };
                const auto turned = transpose_lanes<Arch>(words(0), words(1), words(2), words(3));
                std::uint32_t* const place =
                    to + (two / edge * 2 + upper) * detail::pair_tile + at * edge + two % edge;
                for (std::size_t row = 0; row < turned.size(); ++row)
                    store_lanes<Arch>(bits_in<Arch>(turned[row]), place + row * edge, 4 * edge);
            }
}

inline namespace HYBREC_TILES_NAMESPACE { // units compiled with other flags have their own

/// products[32·i + j] = ⟨row i of the left group, row j of the right group⟩. Fast where
/// `has_bfloat16_products()`; the calling thread holds the tiles, if there are any.
/// @pre all pointers are multiples of 64 bytes.
template <class Arch = default_arch>
inline void pair_products([[maybe_unused]] const processor_tiles& tiles, const std::uint32_t* left,
                          const std::uint32_t* right, std::size_t factors,
                          float* products) noexcept {
    constexpr std::size_t edge = detail::pair_edge, tile = detail::pair_tile;
    const std::size_t words = pair_words(factors);
#if HYBREC_PROCESSOR_TILES
    if (tiles.held()) {
        constexpr std::size_t line = edge * sizeof(float), stride = group_rows * sizeof(float);
        std::atomic_signal_fence(std::memory_order_seq_cst); // intrinsics do not say that they read
        _tile_zero(0);
        _tile_zero(1);
        _tile_zero(2);
        _tile_zero(3);
        for (std::size_t at = 0; at < words; at += 2 * tile) {
            _tile_loadd(4, left + at, line);
            _tile_loadd(6, right + at, line);
            _tile_dpbf16ps(0, 4, 6);
            _tile_loadd(7, right + at + tile, line);
            _tile_dpbf16ps(1, 4, 7);
            _tile_loadd(5, left + at + tile, line);
            _tile_dpbf16ps(2, 5, 6);
            _tile_dpbf16ps(3, 5, 7);
        }
        _tile_stored(0, products, stride);
        _tile_stored(1, products + edge, stride);
        _tile_stored(2, products + edge * group_rows, stride);
        _tile_stored(3, products + edge * group_rows + edge, stride);
        std::atomic_signal_fence(std::memory_order_seq_cst);
        return;
    }
#endif
    constexpr std::make_index_sequence<width<float, Arch> == 16 ? 8 : 4> together{};
    for (std::size_t row = 0; row < group_rows; row += together.size())
        detail::multiply_pairs<bfloat16_products, Arch>(
            left + row / edge * tile + row % edge * edge, right, words, products + row * group_rows,
            together);
}

} // namespace HYBREC_TILES_NAMESPACE

/// What `score_tile` does for eight rows of another group, with products that are there: those that are to
/// be reported are multiplied by the scales of both rows, in place.
/// @param products eight lines of `pair_products`
/// @param scale    of the eight rows; `row_scales` are of the 32
template <class Arch = default_arch>
[[nodiscard]] inline std::uint32_t
scale_tile(float* products, const float* scales, const float* row_scales, const float* bounds,
           const float* row_bounds, std::uint32_t* passed) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    std::uint32_t any = 0;
    for (std::size_t query = 0; query < tile_queries; ++query) {
        float* const line = products + query * group_rows;
        const auto scale = broadcast<float, Arch>(scales[query]);
        const auto bound = broadcast<float, Arch>(bounds[query]);
        std::uint32_t found = 0;
        for (std::size_t row = 0; row < group_rows; row += 2 * step) {
            const auto scaled = [&](std::size_t at) {
                return load<float, Arch>(line + at) * (scale * load<float, Arch>(row_scales + at));
            };
            found |= detail::keep_above<Arch>(scaled(row), scaled(row + step), bound,
                                              detail::row_bounds{row_bounds}, row, line);
        }
        passed[query] |= found;
        any |= static_cast<std::uint32_t>(found != 0) << query;
    }
    return any;
}

} // namespace hybrec::simd
