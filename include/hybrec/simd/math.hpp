// SPDX-License-Identifier: MIT
/// @file
/// Exponentials and logarithms of whole registers.
///
/// Floats go through polynomials (minimax fits of our own), as xsimd 8 has none of these functions for AVX-512.
/// Errors are in units in the last place of the exact result, the largest found over all magnitudes with and without
/// a fused multiply-add. Doubles, in which networks are only checked, go to the standard library one by one. A value's
/// result depends on nothing beside it: a loop may run over the padding of its rows.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/simd/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

namespace hybrec::simd {

namespace detail {

/// c₀ + x·(c₁ + x·(c₂ + …)).
template <class Arch, class... Coefficients>
[[nodiscard]] inline batch<float, Arch> polynomial(const batch<float, Arch>& x, float first,
                                                   Coefficients... others) noexcept {
    if constexpr (sizeof...(others) == 0)
        return broadcast<float, Arch>(first);
    else
        return multiply_add(x, polynomial<Arch>(x, others...), broadcast<float, Arch>(first));
}

template <class T, class Arch, class Function>
[[nodiscard]] inline batch<T, Arch> one_by_one(const batch<T, Arch>& x,
                                               Function&& function) noexcept {
    alignas(table_alignment) T values[width<T, Arch>];
    x.store_aligned(values);
    for (T& value : values)
        value = function(value);
    return load<T, Arch>(values);
}

/// ln m for m = (1 + s)/(1 − s): 2·artanh s = 2s + s³·P(s²).
template <class Arch, class... Coefficients>
[[nodiscard]] inline batch<float, Arch> two_artanh(const batch<float, Arch>& s,
                                                   Coefficients... coefficients) noexcept {
    const auto square = s * s;
    return multiply_add(s * square, polynomial<Arch>(square, coefficients...), s + s);
}

} // namespace detail

/// eˣ, at most 2 ulp off. Results below 2⁻¹²⁵ are 0.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> exp(const batch<T, Arch>& x) noexcept {
    if constexpr (!std::is_same_v<T, float>) {
        return detail::one_by_one(x, [](T value) { return std::exp(value); });
    } else {
        const auto all = [](float value) { return broadcast<float, Arch>(value); };
        // x = n·ln 2 + r with |r| ≤ ln 2 / 2. Adding 1.5·2²³ rounds to an integer and leaves it in the
        // lowest bits; ln 2 in two parts, of which the first has so few bits that n times it is exact.
        const auto shifter = all(0x1.8p23F);
        const auto shifted = multiply_add(x, all(0x1.715476p0F), shifter);
        const auto n = shifted - shifter;
        const auto r =
            subtract_product(n, all(0x1.7f7d1cp-20F), subtract_product(n, all(0x1.62e4p-1F), x));
        const auto tail = detail::polynomial<Arch>(r, 0x1.fffffcp-2F, 0x1.55549p-3F, 0x1.5558f4p-5F,
                                                   0x1.123a6cp-7F, 0x1.6a234ep-10F);
        const auto significand = multiply_add(r * r, tail, r) + all(1);
        // 2ⁿ⁻¹, twice: 2¹²⁸ is no float.
        const auto scale = as_floats<Arch>(shift_left(bits_in<Arch>(shifted), 23) +
                                           broadcast<std::uint32_t, Arch>(126U << 23));
        const auto result = significand * scale * all(2);
        return xsimd::select(x > all(0x1.62e43p6F), all(std::numeric_limits<float>::infinity()),
                             xsimd::select(x < all(-0x1.5a92d6p6F), all(0), result));
    }
}

/// ln x, at most 2 ulp off; −∞ at 0, NaN below.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> log(const batch<T, Arch>& x) noexcept {
    if constexpr (!std::is_same_v<T, float>) {
        return detail::one_by_one(x, [](T value) { return std::log(value); });
    } else {
        using numbers = std::numeric_limits<float>;
        const auto all = [](float value) { return broadcast<float, Arch>(value); };
        const auto bits = [](std::uint32_t value) { return broadcast<std::uint32_t, Arch>(value); };
        // x = 2ⁿ·m with √½ ≤ m < √2; subnormal numbers are made normal first.
        const auto is_small = x < all(numbers::min());
        const auto normal = xsimd::select(is_small, x * all(0x1p25F), x);
        const auto moved = bits_in<Arch>(normal) + bits(0x3F800000 - 0x3F3504F3);
        const auto exponent = as_floats<Arch>(shift_right(moved, 23) | bits(0x4B000000)) -
                              xsimd::select(is_small, all(0x1p23F + 127 + 25), all(0x1p23F + 127));
        const auto m = as_floats<Arch>((moved & bits(0x007FFFFF)) + bits(0x3F3504F3));
        const auto significand = detail::two_artanh<Arch>(
            (m - all(1)) / (m + all(1)), 0x1.55557cp-1F, 0x1.995d84p-2F, 0x1.32063cp-2F);
        const auto result = multiply_add(exponent, all(0x1.62e4p-1F),
                                         multiply_add(exponent, all(0x1.7f7d1cp-20F), significand));
        const auto in_range = xsimd::select(x < all(numbers::infinity()), result, x);
        return xsimd::select(
            x > all(0), in_range,
            xsimd::select(x < all(0), all(numbers::quiet_NaN()), x - all(numbers::infinity())));
    }
}

/// ln(1 + x) for x in [0, 1], at most 2 ulp off.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> log_one_plus(const batch<T, Arch>& x) noexcept {
    if constexpr (!std::is_same_v<T, float>)
        return detail::one_by_one(x, [](T value) { return std::log1p(value); });
    else
        return detail::two_artanh<Arch>(x / (x + broadcast<float, Arch>(2)), 0x1.555558p-1F,
                                        0x1.9996a6p-2F, 0x1.2509d8p-2F, 0x1.b6cd2ap-3F,
                                        0x1.f1d5a2p-3F);
}

/// 1/(1 + e⁻ˣ), at most 3 ulp off; 0 where the result is below 2⁻¹²⁵.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> sigmoid(const batch<T, Arch>& x) noexcept {
    const auto one = broadcast<T, Arch>(T{1});
    const auto zero = broadcast<T, Arch>(T{0});
    const auto is_negative = x < zero;
    const auto decayed = simd::exp<T, Arch>(xsimd::select(is_negative, x, zero - x)); // e^−|x|
    return xsimd::select(is_negative, decayed, one) / (one + decayed);
}

/// (e²ˣ − 1)/(e²ˣ + 1), at most 2 ulp off.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> tanh(const batch<T, Arch>& x) noexcept {
    if constexpr (!std::is_same_v<T, float>) {
        return detail::one_by_one(x, [](T value) { return std::tanh(value); });
    } else {
        const auto all = [](float value) { return broadcast<float, Arch>(value); };
        const auto is_negative = x < all(0);
        const auto size = xsimd::select(is_negative, all(0) - x, x);
        const auto square = x * x;
        // Near 0 the difference would cancel.
        const auto near =
            multiply_add(x * square,
                         detail::polynomial<Arch>(square, -0x1.555534p-2F, 0x1.110768p-3F,
                                                  -0x1.b84448p-5F, 0x1.5256cep-6F, -0x1.76abf6p-8F),
                         x);
        const auto far = all(1) - all(2) / (simd::exp<float, Arch>(size + size) + all(1));
        return xsimd::select(size < all(0.625F), near,
                             xsimd::select(is_negative, all(0) - far, far));
    }
}

} // namespace hybrec::simd
