// SPDX-License-Identifier: MIT
/// @file
/// The weighted sum of a table's columns.
#pragma once

#include <hybrec/core/score_table.hpp>
#include <hybrec/simd/batch.hpp>

#include <cassert>
#include <cstddef>
#include <span>

namespace hybrec::detail {

/// out[row] = constant + Σ weights[k] · scores of component k. What a component did not score is 0 and
/// adds nothing. All columns are read in one pass.
template <class Arch = simd::default_arch>
void weigh_columns(const score_table& table, std::span<const float> weights, float constant,
                   std::span<float> out) noexcept {
    assert(weights.size() == table.component_count() && out.size() == table.item_count());
    constexpr std::size_t step = simd::width<float, Arch>;
    std::size_t at = 0;
    for (; at + step <= out.size(); at += step) {
        auto total = simd::broadcast<float, Arch>(constant);
        for (std::size_t k = 0; k < weights.size(); ++k)
            total = simd::multiply_add(simd::broadcast<float, Arch>(weights[k]),
                                       simd::load<float, Arch>(table.scores(k).data() + at), total);
        total.store_unaligned(out.data() + at);
    }
    for (; at < out.size(); ++at) {
        out[at] = constant;
        for (std::size_t k = 0; k < weights.size(); ++k)
            out[at] = simd::multiply_add<float, Arch>(weights[k], table.scores(k)[at], out[at]);
    }
}

} // namespace hybrec::detail
