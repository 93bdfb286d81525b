// SPDX-License-Identifier: MIT
/// @file
/// Average precision at k, whose mean over users is MAP at k.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/evaluation/detail/hits.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace hybrec {

/// The precision at the place of each hit, summed and divided by min(k, |relevant|): 1 when the
/// first places hold nothing but relevant items.
///
/// Its mean over users is MAP at k. Some libraries (`ranx`, `trec_eval`) divide by |relevant| instead,
/// which cannot reach 1 with more than k relevant items.
struct average_precision {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "map@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @pre `relevant` is ascending; `ranked` has no item twice. 0 if nothing is relevant.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> relevant) const noexcept {
        double sum = 0;
        std::size_t hits = 0;
        for (std::size_t at = 0; at < std::min(k, ranked.size()); ++at)
            if (detail::is_relevant(relevant, ranked[at]))
                sum += static_cast<double>(++hits) / static_cast<double>(at + 1);
        const std::size_t possible = std::min(k, relevant.size());
        return possible == 0 ? 0 : sum / static_cast<double>(possible);
    }
};

} // namespace hybrec
