// SPDX-License-Identifier: MIT
/// @file
/// The options of ALS with feature priors.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec {

/// Options of `feature_als`.
struct feature_als_options {
    std::size_t factors = 64;          ///< length of the user and item vectors, 1 … 2048
    double regularization = 1;         ///< λ: how strongly a vector is drawn to its prior; above 0
    double feature_regularization = 1; ///< ρ of the ridge regression on features; above 0
    std::size_t feature_steps = 10; ///< conjugate gradient steps of the regression, per iteration
    std::size_t iterations = 15;    ///< most iterations; one solves all items, then all users
    std::uint64_t seed = 42;        ///< of the random starting user vectors
    double initial_scale = 0.1;     ///< they have standard deviation scale / √factors
    std::size_t patience = 0;       ///< with a validator: stop after this many iterations without a
                                    ///< better value, and keep the best; 0: only keep the best
    bool keep_history = true;       ///< keep the interactions, for `explain` (also in archives)
    std::size_t memory_budget = 0;  ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("factors", options.factors);
        visit("regularization", options.regularization);
        visit("feature_regularization", options.feature_regularization);
        visit("feature_steps", options.feature_steps);
        visit("iterations", options.iterations);
        visit("seed", options.seed);
        visit("initial_scale", options.initial_scale);
        visit("patience", options.patience);
        visit("keep_history", options.keep_history);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const feature_als_options&, const feature_als_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const feature_als_options& options) {
    const option_checks<Use> check{"feature_als"};
    check.between("factors", options.factors, 1, 2048);
    check.above_zero("regularization", options.regularization);
    check.above_zero("feature_regularization", options.feature_regularization);
    check.at_least_one("feature_steps", options.feature_steps);
    check.at_least_one("iterations", options.iterations);
    check.above_zero("initial_scale", options.initial_scale);
}

} // namespace hybrec
