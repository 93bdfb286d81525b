// SPDX-License-Identifier: MIT
/// @file
/// Hit rate at k.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/evaluation/detail/hits.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace hybrec {

/// Whether any of the first k items is relevant: 1 or 0. Its mean is the share of users with a hit.
struct hit_rate {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "hit_rate@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @pre `relevant` is ascending; `ranked` has no item twice. 0 if nothing is relevant.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> relevant) const noexcept {
        return detail::count_hits(ranked, relevant, k) != 0 ? 1 : 0;
    }
};

} // namespace hybrec
