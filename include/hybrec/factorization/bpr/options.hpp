// SPDX-License-Identifier: MIT
/// @file
/// The options of the models that learn from pairs of items.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace hybrec {

/// Options of `pairwise_factorization`, whatever its loss.
struct pairwise_options {
    std::size_t factors = 64;          ///< length of the user and item vectors, 1 … 2047
    double learning_rate = 0.05;       ///< length of a gradient step; above 0
    double user_regularization = 0.01; ///< of the user vectors, at every step; at least 0
    double item_regularization = 0.01; ///< of the item vectors; at least 0
    double bias_regularization = 0.01; ///< of the items' biases; at least 0
    bool item_bias = true;             ///< learn a bias per item, stored as one more factor
    std::size_t epochs = 100;          ///< most epochs; each draws every positive entry once
    std::uint64_t seed = 42;           ///< of the starting factors and of all draws
    double initial_scale = 0.1; ///< the starting factors have standard deviation scale / √factors
    std::size_t patience = 0;   ///< with a validator: stop after this many epochs without a better
                                ///< value, and keep the best; 0: only keep the best
    bool compute_loss = false;  ///< report the mean loss of every epoch's draws
    /// Threads step without regard to each other (Hogwild, Recht et al. 2011): with more than one, no two
    /// trainings are the same. The vectors are then read and written value by value, so this is slower
    /// unless the strata of a diagonal are too few for the threads.
    bool racy = false;
    std::size_t fold_in_epochs = 30; ///< how often `fold_in` draws each item of a history
    std::size_t memory_budget = 0;   ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("factors", options.factors);
        visit("learning_rate", options.learning_rate);
        visit("user_regularization", options.user_regularization);
        visit("item_regularization", options.item_regularization);
        visit("bias_regularization", options.bias_regularization);
        visit("item_bias", options.item_bias);
        visit("epochs", options.epochs);
        visit("seed", options.seed);
        visit("initial_scale", options.initial_scale);
        visit("patience", options.patience);
        visit("compute_loss", options.compute_loss);
        visit("racy", options.racy);
        visit("fold_in_epochs", options.fold_in_epochs);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const pairwise_options&, const pairwise_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
template <class Use = on_use>
void validate(const pairwise_options& options, std::string_view model = "bpr") {
    const option_checks<Use> check{model};
    check.between("factors", options.factors, 1, 2047);
    check.above_zero("learning_rate", options.learning_rate);
    check.from_zero("user_regularization", options.user_regularization);
    check.from_zero("item_regularization", options.item_regularization);
    check.from_zero("bias_regularization", options.bias_regularization);
    check.at_least_one("epochs", options.epochs);
    check.above_zero("initial_scale", options.initial_scale);
    check.at_least_one("fold_in_epochs", options.fold_in_epochs);
}

} // namespace hybrec
