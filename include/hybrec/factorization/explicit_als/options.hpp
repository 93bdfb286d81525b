// SPDX-License-Identifier: MIT
/// @file
/// The options of explicit ALS.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>

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
template <class Use = on_use>
void validate(const explicit_als_options& options) {
    const option_checks<Use> check{"explicit_als"};
    check.between("factors", options.factors, 1, 2046);
    check.above_zero("regularization", options.regularization);
    check.above_zero("bias_regularization", options.bias_regularization);
    check.from_zero("regularization_exponent", options.regularization_exponent);
    check.at_least_one("iterations", options.iterations);
    check.above_zero("initial_scale", options.initial_scale);
}

} // namespace hybrec
