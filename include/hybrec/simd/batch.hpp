// SPDX-License-Identifier: MIT
/// @file
/// The bridge to xsimd: the only header that knows its versions.
///
/// Every function whose code depends on the instruction set takes the architecture as a template
/// argument, so that translation units compiled with different flags do not share one version.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/math.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <type_traits>

#include <xsimd/xsimd.hpp>

namespace hybrec::simd {

/// The best instruction set that the compiler was given.
using default_arch = xsimd::default_arch;

template <class T, class Arch = default_arch>
using batch = xsimd::batch<T, Arch>;

/// How many values one register holds.
template <class T, class Arch = default_arch>
inline constexpr std::size_t width = batch<T, Arch>::size;

/// How many values fill the 64-byte unit in which tables are padded; a multiple of `width`.
template <class T>
inline constexpr std::size_t line = table_alignment / sizeof(T);

/// A register that holds `value` everywhere. (Braces would choose a list of values in xsimd 8.)
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> broadcast(T value) noexcept {
    return batch<T, Arch>(value);
}

#if XSIMD_VERSION_MAJOR < 9 && defined(__AVX512F__)
namespace detail {

/// xsimd 8 multiplies, then adds on AVX-512; whether that becomes one instruction is up to the
/// compiler and its flags.
template <class Arch>
inline constexpr bool lacks_fma = std::is_base_of_v<xsimd::avx512f, Arch>;

} // namespace detail
#define HYBREC_AVX512_FMA(instruction, a, b, c)                                                    \
    if constexpr (detail::lacks_fma<Arch> && std::is_same_v<T, float>)                             \
        return _mm512_##instruction##_ps(a, b, c);                                                 \
    else if constexpr (detail::lacks_fma<Arch> && std::is_same_v<T, double>)                       \
        return _mm512_##instruction##_pd(a, b, c);
#else
#define HYBREC_AVX512_FMA(instruction, a, b, c)
#endif

/// a·b + c for every value: one rounding where the processor has the instruction, two elsewhere.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> multiply_add(const batch<T, Arch>& a, const batch<T, Arch>& b,
                                                 const batch<T, Arch>& c) noexcept {
    HYBREC_AVX512_FMA(fmadd, a, b, c)
    return xsimd::fma(a, b, c);
}

/// c − a·b for every value, rounded as `multiply_add`.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> subtract_product(const batch<T, Arch>& a,
                                                     const batch<T, Arch>& b,
                                                     const batch<T, Arch>& c) noexcept {
    HYBREC_AVX512_FMA(fnmadd, a, b, c)
    return xsimd::fnma(a, b, c);
}
#undef HYBREC_AVX512_FMA

/// a·b + c with the rounding that registers have: code that is written both ways gives the same bits.
template <std::floating_point T, class Arch = default_arch>
[[nodiscard]] inline T multiply_add(T a, T b, T c) noexcept {
#if defined(__FMA__) || defined(__aarch64__)
    return std::fma(a, b, c);
#else
    return a * b + c;
#endif
}

#if defined(__GNUC__) && !defined(__clang__)
// GCC 12's own AVX-512 header trips this warning wherever it is inlined (GCC bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#pragma GCC diagnostic ignored "-Wuninitialized"
#endif

/// The sum of a register's values.
template <class T, class Arch>
[[nodiscard]] inline T sum(const batch<T, Arch>& values) noexcept {
#if XSIMD_VERSION_MAJOR >= 9
    return xsimd::reduce_add(values);
#else
    return xsimd::hadd(values);
#endif
}

/// The square root of each value.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> square_root(const batch<T, Arch>& values) noexcept {
    return xsimd::sqrt(values);
}

/// The bits of 32-bit integers, read as floats.
template <class Arch>
[[nodiscard]] inline batch<float, Arch> as_floats(const batch<std::uint32_t, Arch>& bits) noexcept {
    // xsimd 8 is told the type of the register, later ones that of its values.
    if constexpr (requires {
                      { xsimd::bitwise_cast<float>(bits) } -> std::same_as<batch<float, Arch>>;
                  })
        return xsimd::bitwise_cast<float>(bits);
    else
        return xsimd::bitwise_cast<batch<float, Arch>>(bits);
}

/// The bits of floats, read as integers.
template <class Arch>
[[nodiscard]] inline batch<std::uint32_t, Arch> bits_in(const batch<float, Arch>& values) noexcept {
    if constexpr (requires {
                      {
                          xsimd::bitwise_cast<std::uint32_t>(values)
                          } -> std::same_as<batch<std::uint32_t, Arch>>;
                  })
        return xsimd::bitwise_cast<std::uint32_t>(values);
    else
        return xsimd::bitwise_cast<batch<std::uint32_t, Arch>>(values);
}

/// The halves of 64-bit integers, the lower one first, as where memory has them so.
template <class Arch>
[[nodiscard]] inline batch<std::uint32_t, Arch>
as_words(const batch<std::uint64_t, Arch>& bits) noexcept {
    static_assert(std::endian::native == std::endian::little);
    if constexpr (requires {
                      {
                          xsimd::bitwise_cast<std::uint32_t>(bits)
                          } -> std::same_as<batch<std::uint32_t, Arch>>;
                  })
        return xsimd::bitwise_cast<std::uint32_t>(bits);
    else
        return xsimd::bitwise_cast<batch<std::uint32_t, Arch>>(bits);
}

/// The products of the lower halves of 64-bit integers; upper halves do not matter.
template <class Arch>
[[nodiscard]] inline batch<std::uint64_t, Arch>
multiply_lower(const batch<std::uint64_t, Arch>& a, const batch<std::uint64_t, Arch>& b) noexcept {
#if defined(__AVX512F__)
    if constexpr (std::is_base_of_v<xsimd::avx512f, Arch>)
        return _mm512_mul_epu32(a, b);
#endif
#if defined(__AVX2__)
    if constexpr (std::is_base_of_v<xsimd::avx2, Arch>)
        return _mm256_mul_epu32(a, b);
#endif
#if defined(__SSE2__)
    if constexpr (std::is_base_of_v<xsimd::sse2, Arch> && !std::is_base_of_v<xsimd::avx, Arch>)
        return _mm_mul_epu32(a, b);
#endif
    const auto lower = broadcast<std::uint64_t, Arch>(0xFFFFFFFF);
    return (a & lower) * (b & lower);
}

/// Every integer moved by `count` bits.
template <std::integral T, class Arch>
[[nodiscard]] inline batch<T, Arch> shift_left(const batch<T, Arch>& bits, int count) noexcept {
    return bits << count;
}
template <std::unsigned_integral T, class Arch>
[[nodiscard]] inline batch<T, Arch> shift_right(const batch<T, Arch>& bits, int count) noexcept {
    return bits >> count;
}

/// max(x, 0) for each value; 0 for NaN.
template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> positive_part(const batch<T, Arch>& values) noexcept {
    return xsimd::max(values, broadcast<T, Arch>(T{0}));
}

/// The greater one of each two values.
template <class Arch, class T>
[[nodiscard]] inline batch<T, Arch> greater_of(const batch<T, Arch>& left,
                                               const batch<T, Arch>& right) noexcept {
    return xsimd::max(left, right);
}

/// The greatest of a register's integers.
template <class Arch>
[[nodiscard]] inline std::uint32_t greatest(const batch<std::uint32_t, Arch>& values) noexcept {
#if defined(__AVX512F__)
    if constexpr (std::is_base_of_v<xsimd::avx512f, Arch>)
        return _mm512_reduce_max_epu32(values);
#endif
    std::uint32_t each[width<std::uint32_t, Arch>];
    values.store_unaligned(each);
    return *std::max_element(std::begin(each), std::end(each));
}

/// Writes the four words of lane l (16 bytes of the register) to `to + l · distance`, for every lane.
/// @pre the places are multiples of 16 bytes.
template <class Arch>
inline void store_lanes(const batch<std::uint32_t, Arch>& values, std::uint32_t* to,
                        std::size_t distance) noexcept {
#if defined(__AVX512F__)
    if constexpr (std::is_base_of_v<xsimd::avx512f, Arch>) {
        const __m512i all = values;
        const auto store = [&](std::size_t lane, __m128i words) {
            _mm_store_si128(reinterpret_cast<__m128i*>(to + lane * distance), words);
        };
        store(0, _mm512_castsi512_si128(all));
        store(1, _mm512_extracti32x4_epi32(all, 1));
        store(2, _mm512_extracti32x4_epi32(all, 2));
        store(3, _mm512_extracti32x4_epi32(all, 3));
        return;
    }
#endif
    std::uint32_t words[width<std::uint32_t, Arch>];
    values.store_unaligned(words);
    for (std::size_t at = 0; at < std::size(words); ++at)
        to[at / 4 * distance + at % 4] = words[at];
}

/// Integers as floats, rounded to the nearest.
template <class Arch>
[[nodiscard]] inline batch<float, Arch>
to_floats(const batch<std::int32_t, Arch>& integers) noexcept {
    return xsimd::to_float(integers);
}

/// The bits of `left` where `mask` is set, those of `right` elsewhere.
template <class Arch>
[[nodiscard]] inline batch<std::uint32_t, Arch>
select_bits(std::uint32_t mask, const batch<std::uint32_t, Arch>& left,
            const batch<std::uint32_t, Arch>& right) noexcept {
    const auto which = broadcast<std::uint32_t, Arch>(mask);
#if defined(__AVX512F__)
    if constexpr (std::is_base_of_v<xsimd::avx512f, Arch>)
        return _mm512_ternarylogic_epi32(which, left, right, 0xCA);
#endif
    return right ^ ((left ^ right) & which);
}

/// The values whose upper halves are the lower, or the upper, halves of 32-bit words (bfloat16).
template <class Arch>
[[nodiscard]] inline batch<float, Arch>
bfloat16_lower(const batch<std::uint32_t, Arch>& words) noexcept {
    return as_floats<Arch>(words << 16);
}
template <class Arch>
[[nodiscard]] inline batch<float, Arch>
bfloat16_upper(const batch<std::uint32_t, Arch>& words) noexcept {
    return as_floats<Arch>(words & broadcast<std::uint32_t, Arch>(0xFFFF0000));
}

#if defined(__GNUC__) && !defined(__clang__)
#pragma GCC diagnostic pop
#endif

template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> load(const T* from) noexcept {
    return batch<T, Arch>::load_aligned(from);
}

template <class T, class Arch>
[[nodiscard]] inline batch<T, Arch> load_unaligned(const T* from) noexcept {
    return batch<T, Arch>::load_unaligned(from);
}

/// Asks for `size` values from `from` to be brought into the first-level cache.
template <class T>
inline void prefetch_close(const T* from, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += line<T>)
        __builtin_prefetch(from + at);
}

/// Asks for `size` values from `from` to be brought into the second-level cache.
template <class T>
inline void prefetch(const T* from, std::size_t size) noexcept {
    for (std::size_t at = 0; at < size; at += line<T>)
        __builtin_prefetch(from + at, 0, 2);
}

/// The outcome of a comparison as an integer: bit i belongs to value i.
template <class Arch, class T>
[[nodiscard]] inline std::uint32_t bits_of(const xsimd::batch_bool<T, Arch>& which) noexcept {
    using mask_type = typename xsimd::batch_bool<T, Arch>::register_type;
    if constexpr (requires { which.mask(); }) {
        return static_cast<std::uint32_t>(which.mask());
    } else if constexpr (requires(const mask_type& mask) { static_cast<std::uint32_t>(mask); }) {
        return static_cast<std::uint32_t>(static_cast<mask_type>(which)); // AVX-512
    } else {
        // xsimd 8 has no name for it: different powers of two add up exactly.
        alignas(table_alignment) static constexpr T powers[16] = {
            0x1p0F, 0x1p1F, 0x1p2F,  0x1p3F,  0x1p4F,  0x1p5F,  0x1p6F,  0x1p7F,
            0x1p8F, 0x1p9F, 0x1p10F, 0x1p11F, 0x1p12F, 0x1p13F, 0x1p14F, 0x1p15F};
        static_assert(width<T, Arch> <= 16);
        return static_cast<std::uint32_t>(
            sum(xsimd::select(which, load<T, Arch>(powers), broadcast<T, Arch>(T{0}))));
    }
}

/// Asks for the cache line at `address`, to be read soon. Any address will do.
inline void prefetch([[maybe_unused]] const void* address) noexcept {
#if defined(__GNUC__)
    __builtin_prefetch(address);
#endif
}

} // namespace hybrec::simd
