// SPDX-License-Identifier: MIT
/// @file
/// What an evaluation of predicted ratings found.
#pragma once

#include <hybrec/core/error.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

/// The result of `evaluate_ratings`.
struct rating_report {
    /// The value of one metric over all ratings.
    struct result {
        std::string name;
        double value = 0;
    };

    std::size_t ratings = 0;       ///< how many were judged
    std::vector<result> metrics{}; ///< in the order in which they were asked for

    /// The value of a metric, as in `value("rmse")`.
    /// @throws option_error listing the known names, if the metric was not evaluated.
    [[nodiscard]] double value(std::string_view metric) const {
        std::string known;
        for (const result& one : metrics) {
            if (one.name == metric)
                return one.value;
            known += (known.empty() ? "" : ", ") + one.name;
        }
        fail<option_error>(
            {"rating_report: there is no metric \"", metric, "\"; expected one of: ", known});
    }
};

} // namespace hybrec
