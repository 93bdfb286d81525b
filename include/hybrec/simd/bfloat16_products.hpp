// SPDX-License-Identifier: MIT
/// @file
/// Products of words of two bfloat16 each.
#pragma once

#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/tile.hpp>

#include <cstdint>
#include <type_traits>

namespace hybrec::simd {

inline namespace HYBREC_TILES_NAMESPACE { // units compiled with other flags have their own

/// Whether products of bfloat16 are faster than those of floats: the processor has tiles or instructions
/// (AVX512_BF16) for them, and the compiler was told so. Thread-safe.
[[nodiscard]] inline bool has_bfloat16_products() noexcept {
    return HYBREC_BFLOAT16_PAIRS != 0 || has_processor_tiles();
}

/// For tiles of words: the products of their lower halves, and of their upper halves, are added up in floats.
/// With AVX512_BF16 one instruction does it, twice the work of a multiply-add of floats; it takes values
/// below 2⁻¹²⁶ for zero.
struct bfloat16_products {
    /// Whether the compiler was told that there may be tiles or instructions for them.
    static constexpr bool possible = HYBREC_BFLOAT16_PAIRS != 0;
    using total = float;

    template <update Update, class Arch>
    [[nodiscard]] static batch<float, Arch> accumulate(const batch<std::uint32_t, Arch>& left,
                                                       const batch<std::uint32_t, Arch>& right,
                                                       const batch<float, Arch>& total) noexcept {
        static_assert(Update != update::subtract);
#if HYBREC_BFLOAT16_PAIRS
        if constexpr (std::is_base_of_v<xsimd::avx512f, Arch>)
            return _mm512_dpbf16_ps(total, (__m512bh) static_cast<__m512i>(left),
                                    (__m512bh) static_cast<__m512i>(right));
#endif
        return multiply_add(
            bfloat16_upper<Arch>(left), bfloat16_upper<Arch>(right),
            multiply_add(bfloat16_lower<Arch>(left), bfloat16_lower<Arch>(right), total));
    }
};

} // namespace HYBREC_TILES_NAMESPACE

} // namespace hybrec::simd
