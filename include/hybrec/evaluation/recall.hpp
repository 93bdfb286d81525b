// SPDX-License-Identifier: MIT
/// @file
/// Recall at k.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/evaluation/detail/hits.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace hybrec {

/// The share of the relevant items that are among the first k: hits / |relevant|.
///
/// With more than k relevant items it cannot reach 1.
struct recall {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "recall@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @pre `relevant` is ascending; `ranked` has no item twice. 0 if nothing is relevant.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> relevant) const noexcept {
        if (relevant.empty())
            return 0;
        return static_cast<double>(detail::count_hits(ranked, relevant, k)) /
               static_cast<double>(relevant.size());
    }
};

} // namespace hybrec
