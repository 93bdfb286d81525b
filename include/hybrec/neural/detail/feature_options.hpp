// SPDX-License-Identifier: MIT
/// @file
/// The options that all models over ids and features have.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/option_checks.hpp>

#include <cstddef>
#include <string>
#include <string_view>

namespace hybrec::neural::detail {

/// Calls `visit(name, field)` for each of them but the labels.
template <class Options, class Visit>
void for_each_feature_option(Options& options, Visit&& visit) {
    visit("embedding", options.embedding);
    for (std::size_t layer = 0; layer < options.hidden.size(); ++layer)
        visit("hidden_" + std::to_string(layer), options.hidden[layer]);
    visit("dropout", options.dropout);
    visit("id_dropout", options.id_dropout);
    visit("initial_deviation", options.initial_deviation);
    visit("weight_decay", options.weight_decay);
    visit("negatives", options.negatives);
    visit("fold_in_steps", options.fold_in_steps);
    visit("fold_in_rate", options.fold_in_rate);
    visit("seed", options.seed);
    visit("memory_budget", options.memory_budget);
}
/// Checks each of them. @throws option_error in the name of `owner`.
template <class Use, class Options>
void check_feature_options(std::string_view owner, const Options& options) {
    const option_checks<Use> check{owner};
    check.between("embedding", options.embedding, 1, 2048);
    for (const std::size_t width : options.hidden)
        check.between("hidden", width, 1, 8192);
    check.fraction("dropout", options.dropout);
    check.fraction("id_dropout", options.id_dropout);
    check.above_zero("initial_deviation", options.initial_deviation);
    check.from_zero("weight_decay", options.weight_decay);
    require_option(std::isfinite(options.labels.minimum) && std::isfinite(options.labels.maximum) &&
                       options.labels.maximum >= options.labels.minimum,
                   owner, "labels.maximum", static_cast<double>(options.labels.maximum),
                   "a finite number of at least labels.minimum");
    check.at_least_one("fold_in_steps", options.fold_in_steps);
    check.above_zero("fold_in_rate", options.fold_in_rate);
}

} // namespace hybrec::neural::detail
