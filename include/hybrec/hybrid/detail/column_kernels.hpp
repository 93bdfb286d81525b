// SPDX-License-Identifier: MIT
/// @file
/// Sums over a list of scores, and affine maps of it, in double precision.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <span>

namespace hybrec::detail {

// The compilers' own vectors: xsimd 8 has no conversion between float and double registers of the
// same count. Eight values at a time whatever the instruction set, so that it never shows in the
// bits. They stay inside these functions; passing them would depend on the instruction set.
using eight_floats [[gnu::vector_size(32)]] = float;
using eight_doubles [[gnu::vector_size(64)]] = double;

/// Σ of `term(score)` over the scores, where `term` replaces eight doubles by their terms. Two
/// accumulators hide the latency of the addition.
template <class Arch = simd::default_arch, class Term>
[[nodiscard]] double sum_terms(std::span<const float> scores, const Term& term) noexcept {
    eight_doubles totals[2] = {};
    std::size_t at = 0;
    const auto add = [&](std::size_t which, std::size_t from, std::size_t count) {
        eight_floats loaded = {};
        std::memcpy(&loaded, scores.data() + from, count * sizeof(float));
        eight_doubles values = __builtin_convertvector(loaded, eight_doubles);
        term(values);
        for (std::size_t lane = count; lane < 8; ++lane)
            values[lane] = 0;
        totals[which] += values;
    };
    for (; at + 16 <= scores.size(); at += 16) {
        add(0, at, 8);
        add(1, at + 8, 8);
    }
    if (at + 8 <= scores.size()) {
        add(0, at, 8);
        at += 8;
    }
    if (at < scores.size())
        add(1, at, scores.size() - at);
    const eight_doubles total = totals[0] + totals[1];
    return ((total[0] + total[4]) + (total[2] + total[6])) +
           ((total[1] + total[5]) + (total[3] + total[7]));
}

struct score_range {
    float low = 0;
    float high = 0;
};

/// @pre there are scores.
template <class Arch = simd::default_arch>
[[nodiscard]] score_range range_of(std::span<const float> scores) noexcept {
    constexpr std::size_t lanes = 16;
    float low[lanes];
    float high[lanes];
    std::fill_n(low, lanes, scores.front());
    std::fill_n(high, lanes, scores.front());
    std::size_t at = 0;
    for (; at + lanes <= scores.size(); at += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane) {
            const float score = scores[at + lane];
            low[lane] = score < low[lane] ? score : low[lane];
            high[lane] = score > high[lane] ? score : high[lane];
        }
    for (; at < scores.size(); ++at) {
        low[0] = std::min(low[0], scores[at]);
        high[0] = std::max(high[0], scores[at]);
    }
    return {*std::min_element(low, low + lanes), *std::max_element(high, high + lanes)};
}

/// What (score − centre) · scale needs. Subtracting first makes it exact where it should be: the
/// lowest score of min-max becomes 0, fused multiply-add or not.
struct standard {
    double centre = 0;
    double scale = 0; ///< 0 where all scores are the same
};

/// score ← (score − centre) · scale, at most `highest`, rounded to float once.
template <class Arch = simd::default_arch>
void standardize(const standard& by, double highest, std::span<float> scores) noexcept {
    const eight_doubles most = eight_doubles{} + highest;
    const auto step = [&](std::size_t at, std::size_t count) {
        eight_floats loaded = {};
        std::memcpy(&loaded, scores.data() + at, count * sizeof(float));
        eight_doubles values = __builtin_convertvector(loaded, eight_doubles);
        values = (values - by.centre) * by.scale;
        values = values > most ? most : values;
        loaded = __builtin_convertvector(values, eight_floats);
        std::memcpy(scores.data() + at, &loaded, count * sizeof(float));
    };
    std::size_t at = 0;
    for (; at + 8 <= scores.size(); at += 8)
        step(at, 8);
    if (at < scores.size())
        step(at, scores.size() - at);
}

} // namespace hybrec::detail
