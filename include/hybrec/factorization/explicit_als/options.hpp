// SPDX-License-Identifier: MIT
/// @file
/// The options of explicit ALS.
#pragma once

#include <hybrec/core/error.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>

namespace hybrec {

/// Options of `explicit_als`.
struct explicit_als_options {
    std::size_t factors = 32;           ///< length of the taste vectors, 1 … 2046
    double regularization = 0.15;       ///< λ of the taste vectors; above 0
    double bias_regularization = 0.05;  ///< λ of the biases; above 0
    double regularization_exponent = 1; ///< ν in λ·nᵤ^ν for a row of nᵤ ratings: 1 is the
                                        ///< weighted-λ of Zhou et al. 2008, 0 the plain λ
    std::size_t iterations = 15;        ///< most iterations; one solves all items, then all users
    std::uint64_t seed = 42;            ///< of the random starting user vectors
    double initial_scale = 0.1;         ///< they have standard deviation scale / √factors
    std::size_t patience = 0;      ///< with a validator: stop after this many iterations without a
                                   ///< better value, and keep the best; 0: only keep the best
    bool compute_loss = false;     ///< report the regularized squared error of every iteration
    bool keep_history = true;      ///< keep the ratings, for `explain` (also in archives)
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("factors", options.factors);
        visit("regularization", options.regularization);
        visit("bias_regularization", options.bias_regularization);
        visit("regularization_exponent", options.regularization_exponent);
        visit("iterations", options.iterations);
        visit("seed", options.seed);
        visit("initial_scale", options.initial_scale);
        visit("patience", options.patience);
        visit("compute_loss", options.compute_loss);
        visit("keep_history", options.keep_history);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const explicit_als_options&, const explicit_als_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
inline void validate(const explicit_als_options& options) {
    const auto above_zero = [](double value, const char* field) {
        require_option(std::isfinite(value) && value > 0, "explicit_als", field, value,
                       "a finite number above 0");
    };
    require_option(options.factors >= 1 && options.factors <= 2046, "explicit_als", "factors",
                   static_cast<double>(options.factors), "1 to 2046");
    above_zero(options.regularization, "regularization");
    above_zero(options.bias_regularization, "bias_regularization");
    require_option(std::isfinite(options.regularization_exponent) &&
                       options.regularization_exponent >= 0,
                   "explicit_als", "regularization_exponent", options.regularization_exponent,
                   "a finite number of at least 0");
    require_option(options.iterations >= 1, "explicit_als", "iterations",
                   static_cast<double>(options.iterations), "at least 1");
    above_zero(options.initial_scale, "initial_scale");
}

} // namespace hybrec
