// SPDX-License-Identifier: MIT
/// @file
/// The best of scores that lie side by side, one for each item.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/simd/batch.hpp>

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hybrec {

/// Writes the best of `scores` that `admission` admits to `out`, in the order of `ranks_before`, and
/// returns how many there are. The score of the index i is `scores[i]`; `absent` means that it has none,
/// so it is left out, and so is NaN. Scores of denied indices are set to `absent`.
///
/// A register of scores is compared with the worst score kept at a time; only what is above it is
/// looked at closely.
/// @pre `scores` starts at a multiple of 64 bytes, and its memory extends to the next one.
/// Complexity: O(|scores|). Does not allocate.
template <class Index, admission<Index> Admission, class Arch = simd::default_arch>
std::size_t select_scored(std::span<float> scores, std::span<scored<Index>> out,
                          const Admission& admission, float absent = 0) noexcept {
    admission.visit_denied([&](std::span<const Index> denied) noexcept {
        for (const Index index : denied)
            if (index.value() < scores.size())
                scores[index.value()] = absent;
    });
    constexpr std::size_t step = simd::width<float, Arch>;
    top_k<Index, float> best{out};
    if (out.empty())
        return 0;
    for (std::size_t at = 0; at < scores.size(); at += step) {
        // Ascending indices: among equal scores those that came first stay. So "above", not "at
        // least", once there are enough; before that, whatever has a score.
        const auto batch = simd::load<float, Arch>(scores.data() + at);
        std::uint32_t above =
            best.full()
                ? simd::bits_of<Arch>(batch > simd::broadcast<float, Arch>(best.threshold()))
                : simd::bits_of<Arch>(batch != simd::broadcast<float, Arch>(absent));
        for (; above != 0; above &= above - 1) {
            const std::size_t position = at + static_cast<std::size_t>(std::countr_zero(above));
            if (position >= scores.size())
                break;
            const scored<Index> candidate{Index(position), scores[position]};
            if (candidate.score != absent && best.would_enter(candidate) &&
                admission.admits_unlisted(candidate.index))
                best.enter(candidate);
        }
    }
    return best.finish();
}

} // namespace hybrec
