// SPDX-License-Identifier: MIT
/// @file
/// Reciprocal rank at k, whose mean over users is MRR at k.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/evaluation/detail/hits.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string>

namespace hybrec {

/// 1 / the place of the first relevant item, or 0 if none is among the first k. Its mean over users
/// is MRR at k.
struct reciprocal_rank {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "mrr@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @pre `relevant` is ascending; `ranked` has no item twice. 0 if nothing is relevant.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> relevant) const noexcept {
        for (std::size_t at = 0; at < std::min(k, ranked.size()); ++at)
            if (detail::is_relevant(relevant, ranked[at]))
                return 1 / static_cast<double>(at + 1);
        return 0;
    }
};

} // namespace hybrec
