// SPDX-License-Identifier: MIT
/// @file
/// How much of the catalogue a model recommends to anybody.
#pragma once

#include <hybrec/concepts/metric.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace hybrec {

/// The share of items that are in the first k places of at least one ranking (catalogue coverage, Ge
/// et al. 2010).
struct coverage {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "coverage@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @param counts how often each item was recommended. NaN for an empty catalogue.
    [[nodiscard]] double operator()(std::span<const std::uint64_t> counts) const noexcept {
        if (counts.empty())
            return std::numeric_limits<double>::quiet_NaN();
        const auto never = std::count(counts.begin(), counts.end(), std::uint64_t{0});
        return 1 - static_cast<double>(never) / static_cast<double>(counts.size());
    }
};

} // namespace hybrec
