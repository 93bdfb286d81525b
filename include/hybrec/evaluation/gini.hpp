// SPDX-License-Identifier: MIT
/// @file
/// How unequally recommendations fall on the items of the catalogue.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <vector>

namespace hybrec {

/// The Gini coefficient of how often items are recommended: 0 if all are recommended alike, near 1 if
/// a few items get everything. With n items, cⱼ the j-th smallest count and C their sum:
/// Σⱼ (2j − n − 1)·cⱼ / (n·C).
struct gini {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "gini@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @param counts how often each item was recommended. NaN if nothing was.
    /// Complexity: O(n log n).
    template <class = on_use>
    [[nodiscard]] double operator()(std::span<const std::uint64_t> counts) const {
        std::vector<std::uint64_t> sorted{counts.begin(), counts.end()};
        std::sort(sorted.begin(), sorted.end());
        const auto n = static_cast<double>(sorted.size());
        double weighted = 0;
        double all = 0;
        for (std::size_t at = 0; at < sorted.size(); ++at) {
            const auto count = static_cast<double>(sorted[at]);
            weighted += (2 * static_cast<double>(at + 1) - n - 1) * count;
            all += count;
        }
        return all > 0 ? weighted / (n * all) : std::numeric_limits<double>::quiet_NaN();
    }
};

} // namespace hybrec
