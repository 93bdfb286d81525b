// SPDX-License-Identifier: MIT
/// @file
/// Where bytes are above those of another vector.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace hybrec::simd {

/// Bit k is set if levels[k] > limits[k], of 64 bytes. @pre both are multiples of 64 bytes.
template <class Arch = default_arch>
[[nodiscard]] inline std::uint64_t bits_above(const std::uint8_t* levels,
                                              const std::uint8_t* limits) noexcept {
#if defined(__AVX512BW__)
    if constexpr (std::is_base_of_v<xsimd::avx512bw, Arch>)
        return _mm512_cmpgt_epu8_mask(_mm512_load_si512(levels), _mm512_load_si512(limits));
#endif
#if defined(__AVX2__)
    if constexpr (std::is_base_of_v<xsimd::avx2, Arch>) {
        const auto not_above = [&](std::size_t at) {
            const auto* const left = reinterpret_cast<const __m256i*>(levels + at);
            const auto* const right = reinterpret_cast<const __m256i*>(limits + at);
            const __m256i rest =
                _mm256_subs_epu8(_mm256_load_si256(left), _mm256_load_si256(right));
            return static_cast<std::uint32_t>(
                _mm256_movemask_epi8(_mm256_cmpeq_epi8(rest, _mm256_setzero_si256())));
        };
        return ~(std::uint64_t{not_above(32)} << 32 | not_above(0));
    }
#endif
    std::uint64_t bits = 0;
    for (std::size_t at = 0; at < 64; ++at)
        bits |= std::uint64_t{levels[at] > limits[at]} << at;
    return bits;
}

} // namespace hybrec::simd
