// SPDX-License-Identifier: MIT
/// @file
/// Floats as integers of three digits of eight bits each.
///
/// A vector of floats x with the largest magnitude M becomes v = round(x·L/M), |v| ≤ L < 2²², and
/// v = d₀·2¹⁶ + d₁·2⁸ + d₂ with digits from −128 to 127. A product of matrices is then a few products of
/// bytes, which add up exactly, and for which processors have tiles (`digit_tiles.hpp`). To write numbers
/// so is the scheme of Ozaki, Ogita, Oishi, Rump 2012, "Error-free transformations of matrix
/// multiplication by using fast routines of matrix multiplication and its applications"; they take
/// floating-point digits.
///
/// Each row of the left factor and each column of the right one has an M of its own. Of a product of two
/// values about 2⁻²² of the product of their M is lost: more than floats lose of short sums, and as much
/// as of long ones (the tests allow 2 to 5 millionths of the product of the vectors' lengths).
#pragma once

#include <hybrec/simd/batch.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace hybrec::simd {

using digit = std::int8_t;
inline constexpr std::size_t digit_places = 3;

/// The greatest magnitudes so far, as the bits of floats: infinity is above all numbers, NaN above it.
template <class Arch>
[[nodiscard]] inline batch<std::uint32_t, Arch>
greatest_magnitude(const batch<std::uint32_t, Arch>& so_far,
                   const batch<float, Arch>& values) noexcept {
    return greater_of<Arch>(so_far,
                            bits_in<Arch>(values) & broadcast<std::uint32_t, Arch>(0x7FFFFFFF));
}

/// Factors that turn the values of vectors into integers, and integers · 2⁸ back.
template <class Arch>
struct digit_scales {
    batch<float, Arch> into, back;
};

/// Scales for the given largest magnitudes. Vectors whose values are all below 10⁻³⁰ become zero; with infinities or
/// NaN, products are NaN.
template <class Arch>
[[nodiscard]] inline digit_scales<Arch>
scales_for(const batch<std::uint32_t, Arch>& magnitudes) noexcept {
    constexpr float limit = 4161000; // and 0x408080 more is below 2^23
    const auto most = as_floats<Arch>(magnitudes);
    const auto zero = broadcast<float, Arch>(0);
    const auto tiny = most < broadcast<float, Arch>(1e-30F);
    return {xsimd::select(tiny, zero, broadcast<float, Arch>(limit) / most),
            xsimd::select(tiny, zero, most * broadcast<float, Arch>(256 / limit))};
}

/// The integers of values plus 0x408080, in the lower 23 bits: what is above the digits are then bytes, the
/// first one 64 too large, the others 128.
template <class Arch>
[[nodiscard]] inline batch<std::uint32_t, Arch> raised_integers(const batch<float, Arch>& values,
                                                                const batch<float, Arch>& into) {
    // Floats between 2^23 and 2^24 are integers, whose lower bits they show.
    return bits_in<Arch>(multiply_add(values, into, broadcast<float, Arch>(0x1p23F + 0x408080)));
}

/// The digits of four registers of `raised_integers`, place by place: bytes 4i to 4i + 3 are those of value
/// i of the first, third, second, and fourth register.
template <class Arch>
[[nodiscard]] inline std::array<batch<std::uint32_t, Arch>, digit_places>
digits_of(const batch<std::uint32_t, Arch>& first, const batch<std::uint32_t, Arch>& second,
          const batch<std::uint32_t, Arch>& third,
          const batch<std::uint32_t, Arch>& fourth) noexcept {
    constexpr std::uint32_t half = 0xFFFF, even = 0x00FF00FF;
    const auto low12 = select_bits<Arch>(half, first, shift_left(second, 16));
    const auto low34 = select_bits<Arch>(half, third, shift_left(fourth, 16));
    const auto high12 = select_bits<Arch>(half, shift_right(first, 16), second);
    const auto high34 = select_bits<Arch>(half, shift_right(third, 16), fourth);
    const auto top = select_bits<Arch>(even, high12, shift_left(high34, 8));
    const auto middle = select_bits<Arch>(even, shift_right(low12, 8), low34);
    const auto bottom = select_bits<Arch>(even, low12, shift_left(low34, 8));
    const auto sign = broadcast<std::uint32_t, Arch>(0x80808080);
    // The top bytes are below 128: with their sign bit set none borrows from its neighbour.
    return {((top | sign) - broadcast<std::uint32_t, Arch>(0x40404040)) ^ sign, middle ^ sign,
            bottom ^ sign};
}

} // namespace hybrec::simd
