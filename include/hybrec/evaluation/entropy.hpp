// SPDX-License-Identifier: MIT
/// @file
/// How widely recommendations are spread over the catalogue.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/math.hpp>

#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>

namespace hybrec {

/// The Shannon entropy, in bits, of the distribution of recommendations over items: −Σ pᵢ·log₂ pᵢ
/// with pᵢ the share of item i. log₂(n) if all n items are recommended alike, 0 if one gets all.
struct entropy {
    std::size_t k = 10; ///< how many places count; at least 1

    [[nodiscard]] std::string name() const { return "entropy@" + std::to_string(k); }
    [[nodiscard]] std::size_t depth() const noexcept { return k; }

    /// @param counts how often each item was recommended. NaN if nothing was.
    [[nodiscard]] double operator()(std::span<const std::uint64_t> counts) const noexcept {
        double all = 0;
        for (const std::uint64_t count : counts)
            all += static_cast<double>(count);
        if (all == 0)
            return std::numeric_limits<double>::quiet_NaN();
        double bits = 0;
        for (const std::uint64_t count : counts)
            if (count != 0) {
                const double share = static_cast<double>(count) / all;
                bits -= share * std::log2(share);
            }
        return bits;
    }
};

} // namespace hybrec
