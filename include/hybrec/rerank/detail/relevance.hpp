// SPDX-License-Identifier: MIT
/// @file
/// Scores as what a reranker weighs against diversity, and the best of its values.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace hybrec::detail {

/// The value of what cannot be chosen.
inline constexpr float not_a_choice = -std::numeric_limits<float>::infinity();

/// Calls `put(i, relevance)` for every candidate: its score, or, to `normalize`, its place in [0, 1]
/// between the lowest and the highest score (0.5 where all are the same).
template <class Put>
void for_each_relevance(std::span<const scored_item> candidates, bool normalize, const Put& put) {
    double low = std::numeric_limits<double>::max();
    double high = std::numeric_limits<double>::lowest();
    for (const scored_item& candidate : candidates) {
        low = std::min(low, static_cast<double>(candidate.score));
        high = std::max(high, static_cast<double>(candidate.score));
    }
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        const auto score = static_cast<double>(candidates[i].score);
        put(i, !normalize ? score : high > low ? (score - low) / (high - low) : 0.5);
    }
}

/// `factor` · relevance of every candidate, then whole lines of `not_a_choice`.
inline void fill_relevance(std::span<const scored_item> candidates, bool normalize, double factor,
                           aligned_vector<float>& out) {
    out.assign(padded_size<float>(candidates.size()), not_a_choice);
    for_each_relevance(candidates, normalize, [&](std::size_t i, double relevance) {
        out[i] = static_cast<float>(factor * relevance);
    });
}

/// The larger one of each pair of values. (GCC 12 warns about its own header in `xsimd::max`.)
template <class Arch>
[[nodiscard]] simd::batch<float, Arch> larger(const simd::batch<float, Arch>& left,
                                              const simd::batch<float, Arch>& right) noexcept {
    return xsimd::select(left < right, right, left);
}

/// The position of the largest value; among equal ones that of the candidate that `ranks_before` the
/// others; `candidates.size()` if there is no choice.
/// @pre `values` is aligned and filled up to a whole line with `not_a_choice`; there is no NaN.
template <class Arch = simd::default_arch>
[[nodiscard]] std::size_t best_candidate(const float* values,
                                         std::span<const scored_item> candidates) noexcept {
    constexpr std::size_t step = simd::width<float, Arch>;
    auto largest = simd::broadcast<float, Arch>(not_a_choice);
    for (std::size_t at = 0; at < candidates.size(); at += step)
        largest = larger(largest, simd::load<float, Arch>(values + at));
    alignas(table_alignment) float lanes[step];
    largest.store_aligned(lanes);
    const float top = *std::max_element(lanes, lanes + step);
    std::size_t best = candidates.size();
    if (top == not_a_choice)
        return best;
    const auto wanted = simd::broadcast<float, Arch>(top);
    for (std::size_t at = 0; at < candidates.size(); at += step) {
        std::uint32_t equal = simd::bits_of<Arch>(simd::load<float, Arch>(values + at) == wanted);
        for (; equal != 0; equal &= equal - 1) {
            const std::size_t position = at + static_cast<std::size_t>(std::countr_zero(equal));
            if (best == candidates.size() || ranks_before(candidates[position], candidates[best]))
                best = position;
        }
    }
    return best;
}

} // namespace hybrec::detail
