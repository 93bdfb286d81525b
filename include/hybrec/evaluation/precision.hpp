// SPDX-License-Identifier: MIT
/// @file
/// Precision at k.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/evaluation/detail/hits.hpp>

#include <cstddef>
#include <span>
#include <string>

namespace hybrec {

/// The share of the first k places that hold relevant items: hits / k.
///
/// The denominator is k also for a ranking of fewer than k items.
struct precision {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "precision@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @pre `relevant` is ascending; `ranked` has no item twice. 0 if nothing is relevant.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> relevant) const noexcept {
        return k == 0 ? 0
                      : static_cast<double>(detail::count_hits(ranked, relevant, k)) /
                            static_cast<double>(k);
    }
};

} // namespace hybrec
