// SPDX-License-Identifier: MIT
/// @file
/// The options of ALS with feature priors.
#pragma once

#include <hybrec/core/error.hpp>

#include <cmath>
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
inline void validate(const feature_als_options& options) {
    const auto above_zero = [](double value, const char* field) {
        require_option(std::isfinite(value) && value > 0, "feature_als", field, value,
                       "a finite number above 0");
    };
    const auto at_least_one = [](std::size_t value, const char* field) {
        require_option(value >= 1, "feature_als", field, static_cast<double>(value), "at least 1");
    };
    require_option(options.factors >= 1 && options.factors <= 2048, "feature_als", "factors",
                   static_cast<double>(options.factors), "1 to 2048");
    above_zero(options.regularization, "regularization");
    above_zero(options.feature_regularization, "feature_regularization");
    at_least_one(options.feature_steps, "feature_steps");
    at_least_one(options.iterations, "iterations");
    above_zero(options.initial_scale, "initial_scale");
}

} // namespace hybrec
