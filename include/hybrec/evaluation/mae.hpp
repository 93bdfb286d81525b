// SPDX-License-Identifier: MIT
/// @file
/// The mean absolute error of predicted ratings.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/math.hpp>

#include <cassert>
#include <cstddef>
#include <limits>
#include <span>
#include <string>

namespace hybrec {

/// Σ |predicted − actual| / n.
struct mae {
    [[nodiscard]] std::string name() const { return "mae"; }

    /// NaN for no ratings. @pre `predicted.size() == actual.size()`.
    [[nodiscard]] double operator()(std::span<const double> predicted,
                                    std::span<const double> actual) const noexcept {
        assert(predicted.size() == actual.size());
        double sum = 0;
        for (std::size_t at = 0; at < predicted.size(); ++at)
            sum += std::abs(predicted[at] - actual[at]);
        return predicted.empty() ? std::numeric_limits<double>::quiet_NaN()
                                 : sum / static_cast<double>(predicted.size());
    }
};

} // namespace hybrec
