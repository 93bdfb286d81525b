// SPDX-License-Identifier: MIT
/// @file
/// What a search for options found, and what it asks.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>

#include <concepts>
#include <cstddef>
#include <utility>
#include <vector>

namespace hybrec {

/// One setting that a search tried.
template <class Options>
struct trial {
    Options options;
    double value = 0;       ///< what the objective gave; higher is better
    std::size_t budget = 0; ///< what it was given to spend; 0 where searches have no budgets
};

/// What a search found.
template <class Options>
struct search_result {
    std::vector<trial<Options>> trials; ///< in the order in which they were run
    std::size_t best = 0;               ///< the position of the best; the first of equals

    [[nodiscard]] const Options& options() const { return trials.at(best).options; }
    [[nodiscard]] double value() const { return trials.at(best).value; }
};

/// Trains with the options and gives a value, higher is better. It should come from validation data:
/// settings that were chosen on the test data prove nothing. A `validation_metric` gives such values.
template <class Objective, class Options>
concept objective_of = requires(Objective& objective, const Options& options) {
    { objective(options) } -> std::convertible_to<double>;
};

/// The same with a budget, such as a number of iterations or of users, that the training may spend.
template <class Objective, class Options>
concept budgeted_objective_of = requires(Objective& objective, const Options& options,
                                         std::size_t budget) {
    { objective(options, budget) } -> std::convertible_to<double>;
};

namespace detail {

/// @throws numeric_error if the objective gave NaN.
template <class Options>
void add_trial(search_result<Options>& result, trial<Options> one) {
    if (std::isnan(one.value))
        fail<numeric_error>(
            {"the objective of a search gave NaN in trial ", result.trials.size() + 1});
    result.trials.push_back(std::move(one));
}

} // namespace detail

} // namespace hybrec
