// SPDX-License-Identifier: MIT
/// @file
/// Rows of floats rounded to bfloat16 (the upper half of a float), two values in a word.
///
/// In blocks of 32 values, word j has value j above and value 16 + j below. The value above is read
/// as the whole word is, which spares an instruction; it is rounded so that the word comes nearest
/// to it. What is read differs from a value by at most 2⁻⁸ of it, one above from values below 2⁻¹²⁰
/// by at most 2⁻¹²⁸. A row that ends within a block of 32 has 16 values there, all above.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/shuffle.hpp>

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::simd {

/// Two values.
using bfloat16_pair = std::uint32_t;

inline constexpr std::size_t bfloat16_block = 2 * line<bfloat16_pair>;

/// How many words a row of `size` values takes: whole cache lines.
[[nodiscard]] constexpr std::size_t bfloat16_words(std::size_t size) noexcept {
    return (size + bfloat16_block - 1) / bfloat16_block * line<bfloat16_pair>;
}

/// Words that read as `above`, and as `below` in their lower halves. @pre all are finite.
template <class Arch>
[[nodiscard]] inline batch<bfloat16_pair, Arch>
pack_bfloat16(const batch<float, Arch>& above, const batch<float, Arch>& below) noexcept {
    const auto all = [](std::uint32_t bits) { return broadcast<std::uint32_t, Arch>(bits); };
    const auto lower_bits = bits_in<Arch>(below);
    const auto odd = shift_right(lower_bits, 16) & all(1); // ties to even
    const auto lower = shift_right(lower_bits + all(0x7FFF) + odd, 16);
    const auto upper_bits = bits_in<Arch>(above);
    const auto sign = upper_bits & all(0x8000'0000);
    const auto size = (upper_bits ^ sign) + all(0x8000);
    // Below `lower` only if the value is next to nothing.
    const auto upper = greater_of<Arch>(size, lower) - lower;
    return sign | (upper & all(0xFFFF'0000)) | lower;
}

/// Rounds the `size` values of a row. @pre `from` and `to` are aligned and `size` is a multiple of
/// `line<float>`; `to` has room for `bfloat16_words(size)`.
template <class Arch = default_arch>
inline void pack_bfloat16(const float* from, std::size_t size, bfloat16_pair* to) noexcept {
    constexpr std::size_t words = line<bfloat16_pair>;
    assert(size % words == 0);
    for (std::size_t at = 0; at < size; at += bfloat16_block)
        for (std::size_t j = 0; j < words; j += width<float, Arch>) {
            const auto below = at + words < size ? load<float, Arch>(from + at + words + j)
                                                 : broadcast<float, Arch>(0.0F);
            pack_bfloat16<Arch>(load<float, Arch>(from + at + j), below)
                .store_aligned(to + at / 2 + j);
        }
}

namespace detail {

/// Where the value above in a word is in its row; the one below comes a line later.
[[nodiscard]] constexpr std::size_t place_above(std::size_t word) noexcept {
    return word / line<bfloat16_pair> * bfloat16_block + word % line<bfloat16_pair>;
}

/// As for rows of floats: the products of some rows with `vector`, whole blocks of it, not yet summed.
template <class Arch, std::size_t... Row>
[[gnu::always_inline]] inline void
multiply_each(const bfloat16_pair* const* rows, const float* vector, std::size_t size,
              batch<float, Arch>* out, std::index_sequence<Row...>) noexcept {
    const bfloat16_pair* const pointers[] = {rows[Row]...};
    batch<float, Arch> totals[] = {(static_cast<void>(Row), broadcast<float, Arch>(0.0F))...};
    for (std::size_t at = 0; at + bfloat16_block <= size; at += bfloat16_block)
        for (std::size_t j = 0; j < line<float>; j += width<float, Arch>) {
            const auto above = load<float, Arch>(vector + at + j);
            const auto below = load<float, Arch>(vector + at + line<float> + j);
            const batch<bfloat16_pair, Arch> words[] = {
                load<bfloat16_pair, Arch>(pointers[Row] + at / 2 + j)...};
            ((totals[Row] = multiply_add(as_floats<Arch>(words[Row]), above, totals[Row])), ...);
            ((totals[Row] = multiply_add(bfloat16_lower<Arch>(words[Row]), below, totals[Row])),
             ...);
        }
    ((out[Row] = totals[Row]), ...);
}

/// As many registers of words as there are `Part`, from word `from` on: out += Σ factors[row]·rows[row].
template <class Arch, std::size_t... Part>
inline void add_to_registers(const bfloat16_pair* const* rows, const float* factors,
                             std::size_t count, float* out, std::size_t from,
                             std::index_sequence<Part...>) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    float* const places[] = {(out + place_above(from + Part * step))...};
    batch<float, Arch> above[] = {load<float, Arch>(places[Part])...};
    batch<float, Arch> below[] = {load<float, Arch>(places[Part] + line<float>)...};
    std::size_t row = 0;
    if constexpr (sizeof...(Part) <= 2) {
        // Few registers: odd rows have their own, for eight chains.
        const auto zero = broadcast<float, Arch>(0.0F);
        batch<float, Arch> others_above[] = {(static_cast<void>(Part), zero)...};
        batch<float, Arch> others_below[] = {(static_cast<void>(Part), zero)...};
        for (; row + 2 <= count; row += 2) {
            const auto by = broadcast<float, Arch>(factors[row]);
            const auto by_other = broadcast<float, Arch>(factors[row + 1]);
            const batch<bfloat16_pair, Arch> words[] = {
                load<bfloat16_pair, Arch>(rows[row] + from + Part * step)...};
            const batch<bfloat16_pair, Arch> others[] = {
                load<bfloat16_pair, Arch>(rows[row + 1] + from + Part * step)...};
            ((above[Part] = multiply_add(by, as_floats<Arch>(words[Part]), above[Part])), ...);
            ((below[Part] = multiply_add(by, bfloat16_lower<Arch>(words[Part]), below[Part])), ...);
            ((others_above[Part] =
                  multiply_add(by_other, as_floats<Arch>(others[Part]), others_above[Part])),
             ...);
            ((others_below[Part] =
                  multiply_add(by_other, bfloat16_lower<Arch>(others[Part]), others_below[Part])),
             ...);
        }
        ((above[Part] += others_above[Part]), ...);
        ((below[Part] += others_below[Part]), ...);
    }
    for (; row < count; ++row) {
        const auto by = broadcast<float, Arch>(factors[row]);
        const batch<bfloat16_pair, Arch> words[] = {
            load<bfloat16_pair, Arch>(rows[row] + from + Part * step)...};
        ((above[Part] = multiply_add(by, as_floats<Arch>(words[Part]), above[Part])), ...);
        ((below[Part] = multiply_add(by, bfloat16_lower<Arch>(words[Part]), below[Part])), ...);
    }
    (above[Part].store_aligned(places[Part]), ...);
    (below[Part].store_aligned(places[Part] + line<float>), ...);
}

/// The dot products of one register's worth of rows.
template <class T, class Arch>
requires std::same_as<T, float>
[[nodiscard]] inline batch<T, Arch> dot_group(const bfloat16_pair* const* rows, const T* vector,
                                              std::size_t size) noexcept {
    constexpr std::size_t group = width<T, Arch>;
    constexpr std::size_t together = std::min<std::size_t>(8, group);
    square<T, Arch> products;
    for (std::size_t row = 0; row < group; row += together)
        multiply_each<Arch>(rows + row, vector, size, products.data() + row,
                            std::make_index_sequence<together>{});
    const std::size_t whole = size - size % bfloat16_block;
    for (std::size_t at = whole; at < size; at += width<T, Arch>)
        for (std::size_t row = 0; row < group; ++row)
            products[row] = multiply_add(
                as_floats<Arch>(load<bfloat16_pair, Arch>(rows[row] + (whole / 2 + at - whole))),
                load<T, Arch>(vector + at), products[row]);
    return sums<T, Arch>(products);
}

/// out += Σ factors[row]·rows[row] over `count` rows.
template <class T, class Arch>
requires std::same_as<T, float>
inline void add_group(const bfloat16_pair* const* rows, const T* factors, std::size_t count, T* out,
                      std::size_t size) noexcept {
    constexpr std::size_t step = width<T, Arch>;
    const std::size_t whole = size / bfloat16_block * line<bfloat16_pair>;
    std::size_t at = 0;
    for (; at + 4 * step <= whole; at += 4 * step)
        add_to_registers<Arch>(rows, factors, count, out, at, std::make_index_sequence<4>{});
    if (at + 2 * step <= whole) {
        add_to_registers<Arch>(rows, factors, count, out, at, std::make_index_sequence<2>{});
        at += 2 * step;
    }
    for (; at < whole; at += step)
        add_to_registers<Arch>(rows, factors, count, out, at, std::make_index_sequence<1>{});
    for (std::size_t from = 2 * whole; from < size; from += step) {
        auto above = load<T, Arch>(out + from);
        for (std::size_t row = 0; row < count; ++row)
            above = multiply_add(
                broadcast<T, Arch>(factors[row]),
                as_floats<Arch>(load<bfloat16_pair, Arch>(rows[row] + (from - whole))), above);
        above.store_aligned(out + from);
    }
}

} // namespace detail

} // namespace hybrec::simd
