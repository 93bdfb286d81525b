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

#include <array>
#include <cassert>
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

/// As for rows of floats.
template <class T, class Arch, std::size_t... Row>
[[nodiscard, gnu::always_inline]] inline std::array<batch<float, Arch>, sizeof...(Row)>
multiply_rows(const bfloat16_pair* const* rows, const float* vector, std::size_t size,
              std::index_sequence<Row...>) noexcept {
    const bfloat16_pair* const pointers[] = {rows[Row]...};
    std::array<batch<float, Arch>, sizeof...(Row)> totals{
        (static_cast<void>(Row), broadcast<float, Arch>(0.0F))...};
    std::size_t at = 0;
    for (; at + bfloat16_block <= size; at += bfloat16_block)
        for (std::size_t j = 0; j < line<float>; j += width<float, Arch>) {
            const batch<bfloat16_pair, Arch> words[] = {
                load<bfloat16_pair, Arch>(pointers[Row] + at / 2 + j)...};
            const auto above = load<float, Arch>(vector + at + j);
            const auto below = load<float, Arch>(vector + at + line<float> + j);
            ((totals[Row] = multiply_add(as_floats<Arch>(words[Row]), above, totals[Row])), ...);
            ((totals[Row] = multiply_add(bfloat16_lower<Arch>(words[Row]), below, totals[Row])),
             ...);
        }
    for (std::size_t j = 0; j < size - at; j += width<float, Arch>) {
        const auto above = load<float, Arch>(vector + at + j);
        ((totals[Row] =
              multiply_add(as_floats<Arch>(load<bfloat16_pair, Arch>(pointers[Row] + at / 2 + j)),
                           above, totals[Row])),
         ...);
    }
    return totals;
}

template <class T, class Arch, std::size_t... Row>
[[gnu::always_inline]] inline void
add_rows(const bfloat16_pair* const* rows,
         const std::array<batch<float, Arch>, sizeof...(Row)>& factors, float* out,
         std::size_t size, std::index_sequence<Row...>) noexcept {
    const bfloat16_pair* const pointers[] = {rows[Row]...};
    const auto zero = broadcast<float, Arch>(0.0F);
    std::size_t at = 0;
    for (; at + bfloat16_block <= size; at += bfloat16_block)
        for (std::size_t j = 0; j < line<float>; j += width<float, Arch>) {
            const batch<bfloat16_pair, Arch> words[] = {
                load<bfloat16_pair, Arch>(pointers[Row] + at / 2 + j)...};
            float* const place = out + at + j;
            // Odd rows have registers of their own, for shorter chains.
            batch<float, Arch> above[] = {load<float, Arch>(place), zero};
            batch<float, Arch> below[] = {load<float, Arch>(place + line<float>), zero};
            ((above[Row % 2] =
                  multiply_add(factors[Row], as_floats<Arch>(words[Row]), above[Row % 2])),
             ...);
            ((below[Row % 2] =
                  multiply_add(factors[Row], bfloat16_lower<Arch>(words[Row]), below[Row % 2])),
             ...);
            (above[0] + above[1]).store_aligned(place);
            (below[0] + below[1]).store_aligned(place + line<float>);
        }
    for (std::size_t j = 0; j < size - at; j += width<float, Arch>) {
        auto above = load<float, Arch>(out + at + j);
        ((above = multiply_add(
              factors[Row], as_floats<Arch>(load<bfloat16_pair, Arch>(pointers[Row] + at / 2 + j)),
              above)),
         ...);
        above.store_aligned(out + at + j);
    }
}

} // namespace detail

} // namespace hybrec::simd
