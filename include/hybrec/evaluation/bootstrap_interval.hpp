// SPDX-License-Identifier: MIT
/// @file
/// How far the mean of a metric may be from what other users would have given.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <limits>
#include <span>
#include <vector>

namespace hybrec {

struct bootstrap_options {
    double confidence = 0.95;     ///< that the interval covers the true mean; in (0, 1)
    std::size_t resamples = 1000; ///< at least 1
    std::uint64_t seed = 42;
};

/// An interval around an estimate.
struct interval {
    double low = 0;
    double high = 0;

    friend bool operator==(const interval&, const interval&) = default;
};

/// The percentile bootstrap interval of a mean (Efron 1979): means of samples of the values, as many
/// as there are, drawn with replacement; the interval leaves out the same share of them on both
/// sides. NaN values (users for whom a metric is not defined) are left out; NaN if none is left.
/// @throws option_error. Complexity: O(resamples · values).
template <class = on_use>
[[nodiscard]] interval bootstrap_interval(std::span<const double> values,
                                          const bootstrap_options& options = {}) {
    require_option(options.confidence > 0 && options.confidence < 1, "bootstrap_interval",
                   "confidence", options.confidence, "a number above 0 and below 1");
    require_option(options.resamples >= 1, "bootstrap_interval", "resamples",
                   static_cast<double>(options.resamples), "at least 1");
    std::vector<double> defined;
    std::copy_if(values.begin(), values.end(), std::back_inserter(defined),
                 [](double value) { return !std::isnan(value); });
    if (defined.empty())
        return {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::quiet_NaN()};
    const counter_random random{options.seed};
    std::vector<double> means(options.resamples);
    for (std::size_t resample = 0; resample < means.size(); ++resample) {
        const counter_random draw = random.stream(resample);
        double sum = 0;
        for (std::size_t at = 0; at < defined.size(); ++at)
            sum += defined[draw.below(defined.size(), at)];
        means[resample] = sum / static_cast<double>(defined.size());
    }
    std::sort(means.begin(), means.end());
    // The outermost means that leave at most the wanted share outside.
    const double outside = (1 - options.confidence) / 2 * static_cast<double>(means.size());
    const auto cut = std::min(static_cast<std::size_t>(outside), (means.size() - 1) / 2);
    return {means[cut], means[means.size() - 1 - cut]};
}

} // namespace hybrec
