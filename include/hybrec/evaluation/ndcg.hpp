// SPDX-License-Identifier: MIT
/// @file
/// Normalized discounted cumulative gain at k.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/evaluation/detail/hits.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace hybrec {

/// Hits discounted by their places, relative to the best possible ranking (Järvelin and Kekäläinen
/// 2002, with binary gain): Σ over hits of 1 / log₂(place + 1), divided by the same sum over the
/// places 1 … min(k, |relevant|).
struct ndcg {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "ndcg@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @pre `relevant` is ascending; `ranked` has no item twice. 0 if nothing is relevant.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> relevant) const noexcept {
        const auto discount = [](std::size_t at) {
            return 1 / std::log2(static_cast<double>(at) + 2);
        };
        double gain = 0;
        for (std::size_t at = 0; at < std::min(k, ranked.size()); ++at)
            if (detail::is_relevant(relevant, ranked[at]))
                gain += discount(at);
        double ideal = 0;
        for (std::size_t at = 0; at < std::min(k, relevant.size()); ++at)
            ideal += discount(at);
        return ideal > 0 ? gain / ideal : 0;
    }
};

} // namespace hybrec
