// SPDX-License-Identifier: MIT
/// @file
/// The options of logistic matrix factorization.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec {

/// Options of `logistic_mf`. The defaults were chosen on Gowalla's validation split.
struct logistic_mf_options {
    std::size_t factors = 32;    ///< length of the taste vectors, 1 … 2046
    double learning_rate = 0.3;  ///< γ of AdaGrad; above 0
    double regularization = 1;   ///< λ of vectors and biases; at least 0
    double alpha = 1;            ///< weight of an observed entry, times its value; above 0
    std::size_t negatives = 5;   ///< unobserved entries drawn per observed one; at least 1
    std::size_t iterations = 30; ///< most iterations; each steps all users, then all items
    std::uint64_t seed = 42;     ///< of the starting factors and of all draws
    double initial_scale = 1; ///< the starting vectors have standard deviation scale / √factors
    std::size_t fold_in_steps = 30; ///< gradient steps of `fold_in`
    std::size_t patience = 0;       ///< with a validator: stop after this many iterations without a
                                    ///< better value, and keep the best; 0: only keep the best
    std::size_t memory_budget = 0;  ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("factors", options.factors);
        visit("learning_rate", options.learning_rate);
        visit("regularization", options.regularization);
        visit("alpha", options.alpha);
        visit("negatives", options.negatives);
        visit("iterations", options.iterations);
        visit("seed", options.seed);
        visit("initial_scale", options.initial_scale);
        visit("fold_in_steps", options.fold_in_steps);
        visit("patience", options.patience);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const logistic_mf_options&, const logistic_mf_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const logistic_mf_options& options) {
    const option_checks<Use> check{"logistic_mf"};
    check.between("factors", options.factors, 1, 2046);
    check.above_zero("learning_rate", options.learning_rate);
    check.from_zero("regularization", options.regularization);
    check.above_zero("alpha", options.alpha);
    check.at_least_one("negatives", options.negatives);
    check.at_least_one("iterations", options.iterations);
    check.above_zero("initial_scale", options.initial_scale);
    check.at_least_one("fold_in_steps", options.fold_in_steps);
}

} // namespace hybrec
