// SPDX-License-Identifier: MIT
/// @file
/// The options of implicit ALS.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec {

/// Options of `implicit_als`, whatever its solver and confidence.
struct als_options {
    std::size_t factors = 64;     ///< length of the user and item vectors, 1 … 2048
    double regularization = 0.01; ///< λ, the weight of the squared lengths; at least 0
    double regularization_exponent = 0; ///< ν in λᵤ = λ·(nᵤ + α₀·|items|)^ν: 0 regularizes all rows
                                        ///< alike, 1 in proportion to their weight in the loss
    std::size_t iterations = 15; ///< most iterations; one solves all users, then all items
    std::uint64_t seed = 42;     ///< of the random starting factors
    double initial_scale = 0.1; ///< the starting factors have standard deviation scale / √factors
    double tolerance = 0;       ///< stop when the loss falls by less than this fraction; 0: never
    std::size_t patience = 0;   ///< with a validator: stop after this many iterations without a
                                ///< better value, and keep the best; 0: only keep the best
    bool compute_loss = false;  ///< compute and report the loss after every iteration
    bool align_users = true;    ///< after the last iteration solve the users once more, so that
                                ///< they fit the final items as a folded-in history does
    bool keep_history = true;   ///< keep the interactions, for `explain` (also in archives)
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("factors", options.factors);
        visit("regularization", options.regularization);
        visit("regularization_exponent", options.regularization_exponent);
        visit("iterations", options.iterations);
        visit("seed", options.seed);
        visit("initial_scale", options.initial_scale);
        visit("tolerance", options.tolerance);
        visit("patience", options.patience);
        visit("compute_loss", options.compute_loss);
        visit("align_users", options.align_users);
        visit("keep_history", options.keep_history);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const als_options&, const als_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const als_options& options) {
    const option_checks<Use> check{"implicit_als"};
    check.between("factors", options.factors, 1, 2048);
    check.from_zero("regularization", options.regularization);
    check.from_zero("regularization_exponent", options.regularization_exponent);
    check.at_least_one("iterations", options.iterations);
    check.above_zero("initial_scale", options.initial_scale);
    check.fraction("tolerance", options.tolerance);
}

} // namespace hybrec
