// SPDX-License-Identifier: MIT
/// @file
/// A first threshold from approximate scores, before any exact score is known.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/retrieval/detail/search_plan.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace hybrec::detail {

/// A bit for each of 32 scores that is not below `bound`; all of them if that is NaN.
template <class Arch = simd::default_arch>
[[nodiscard]] inline std::uint32_t not_below(const float* scores, float bound) noexcept {
    std::uint32_t below = 0;
    for (std::size_t at = 0; at < simd::group_rows; at += simd::width<float, Arch>)
        below |= simd::bits_of<Arch>(simd::load<float, Arch>(scores + at) <
                                     simd::broadcast<float, Arch>(bound))
                 << at;
    return ~below;
}

/// Raises the threshold of a query before its first candidate is decided: a ranking that is filled
/// row by row lets about k·ln(rows/k) rows in, most of which leave it again.
///
/// Takes the scores of a few groups, lowered by what they may be off, and keeps the largest of every
/// 32nd row. Those 32 maxima belong to different rows, so at least k rows score no less than the
/// k-th largest of them.
class head_start {
  public:
    /// Groups that are scored before the first candidate is decided.
    static constexpr std::size_t groups = 16;
    /// The longest ranking that this serves.
    static constexpr std::size_t deepest = 16;

    head_start() noexcept { maxima_.fill(-std::numeric_limits<float>::infinity()); }

    /// @param scores    32 approximate scores of the rows of `group`
    /// @param allowance by how much they may be above the exact ones
    template <class Arch = simd::default_arch>
    void add(const search_index& index, std::size_t group, const float* scores, float allowance,
             std::uint32_t denied, bool cosine) noexcept {
        if (!std::isfinite(allowance))
            return;
        constexpr std::size_t step = simd::width<float, Arch>;
        denied |= ~index.occupied(group);
        for (std::size_t at = 0; cosine && at < simd::group_rows; at += step)
            denied |=
                simd::bits_of<Arch>(simd::load<float, Arch>(index.inverse_lengths(group) + at) ==
                                    simd::broadcast<float, Arch>(0.0F))
                << at;
        alignas(table_alignment) std::array<float, simd::group_rows> admitted;
        if (denied != 0) {
            std::copy_n(scores, simd::group_rows, admitted.data());
            for (; denied != 0; denied &= denied - 1)
                admitted[static_cast<std::size_t>(std::countr_zero(denied))] =
                    -std::numeric_limits<float>::infinity();
            scores = admitted.data();
        }
        const auto lowered = simd::broadcast<float, Arch>(allowance);
        for (std::size_t at = 0; at < simd::group_rows; at += step) {
            const auto before = simd::load<float, Arch>(maxima_.data() + at);
            const auto here = simd::load<float, Arch>(scores + at) - lowered;
            xsimd::select(before < here, here, before).store_aligned(maxima_.data() + at);
        }
    }

    /// What the `depth` best rows of these groups reach at least; −∞ if there may be fewer.
    /// @pre `depth` is 1 … `deepest`.
    template <class Arch = simd::default_arch>
    [[nodiscard]] float floor(std::size_t depth) const noexcept {
        // The least of those that fewer than `depth` are above.
        using vector = simd::batch<float, Arch>;
        const auto one = simd::broadcast<float, Arch>(1);
        const auto enough = simd::broadcast<float, Arch>(static_cast<float>(depth));
        auto least = simd::broadcast<float, Arch>(std::numeric_limits<float>::infinity());
        for (std::size_t at = 0; at < simd::group_rows; at += simd::width<float, Arch>) {
            const vector values = simd::load<float, Arch>(maxima_.data() + at);
            vector above = simd::broadcast<float, Arch>(0);
            for (const float other : maxima_)
                above =
                    xsimd::select(values < simd::broadcast<float, Arch>(other), above + one, above);
            least = xsimd::select((above < enough) & (values < least), values, least);
        }
        alignas(table_alignment) std::array<float, simd::width<float, Arch>> lanes;
        least.store_aligned(lanes.data());
        return *std::min_element(lanes.begin(), lanes.end());
    }

  private:
    alignas(table_alignment) std::array<float, simd::group_rows> maxima_;
};

} // namespace hybrec::detail
