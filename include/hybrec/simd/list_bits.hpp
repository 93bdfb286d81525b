// SPDX-License-Identifier: MIT
/// @file
/// The positions of bits.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace hybrec::simd {

/// Writes first + the positions of the lower `Count` bits that are set, in their order, and returns how
/// many they are. No branches, which random bits would make mispredict: one instruction where the
/// processor has it, elsewhere four bits at a time by a table.
/// @pre `out` has room for 16 more than there are.
template <std::uint32_t Count, class Arch = default_arch>
[[nodiscard]] inline std::size_t list_bits(std::uint32_t bits, std::uint32_t first,
                                           std::uint32_t* out) noexcept {
#if defined(__AVX512F__)
    if constexpr (Count == 16 && std::is_base_of_v<xsimd::avx512f, Arch>) {
        const __m512i places = _mm512_add_epi32(
            _mm512_set1_epi32(static_cast<int>(first)),
            _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
        _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(static_cast<__mmask16>(bits), places));
        return static_cast<std::size_t>(std::popcount(bits & 0xFFFF));
    }
#endif
    alignas(16) static constexpr std::uint32_t places[16][4] = {
        {},  {0},    {1},    {0, 1},    {2},    {0, 2},    {1, 2},    {0, 1, 2},
        {3}, {0, 3}, {1, 3}, {0, 1, 3}, {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
    std::size_t count = 0;
    if (bits == 0)
        return count;
    const auto list = [&](std::uint32_t from) {
        const std::uint32_t part = bits >> from & 15;
        for (std::size_t at = 0; at < 4; ++at)
            out[count + at] = first + from + places[part][at];
        count += static_cast<std::size_t>(std::popcount(part));
    };
    [&]<std::uint32_t... Part>(std::integer_sequence<std::uint32_t, Part...>) {
        (list(4 * Part), ...);
    }
    (std::make_integer_sequence<std::uint32_t, (Count + 3) / 4>{});
    return count;
}

} // namespace hybrec::simd
