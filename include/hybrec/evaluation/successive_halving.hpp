// SPDX-License-Identifier: MIT
/// @file
/// Tries many random values of options for a short time, and the best of them for longer.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/evaluation/search_result.hpp>
#include <hybrec/evaluation/search_space.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <vector>

namespace hybrec {

struct successive_halving_options {
    std::size_t trials = 27;      ///< settings at the start; at least 1
    std::size_t reduction = 3;    ///< of so many, one goes on, with so many times the budget; ≥ 2
    std::size_t least_budget = 1; ///< of the first round; at least 1
    std::size_t most_budget = 27; ///< of the last round; at least `least_budget`
    std::uint64_t seed = 42;
};

/// Successive halving (Jamieson and Talwalkar 2016): many random settings get a small budget; round by
/// round the best of them go on with a larger one, until one is left or the budget is at its largest.
/// The best is taken among the trials of the last round.
/// @throws option_error, numeric_error if the objective gives NaN, whatever the objective throws.
template <class Options, budgeted_objective_of<Options> Objective, search_axis<Options>... Axes>
requires(sizeof...(Axes) != 0) [[nodiscard]] search_result<Options> successive_halving(
    const Options& base, Objective&& objective, const successive_halving_options& search,
    const Axes&... axes) {
    const auto require = [](bool valid, const char* field, std::size_t value,
                            const char* expected) {
        require_option(valid, "successive_halving", field, static_cast<double>(value), expected);
    };
    require(search.trials >= 1, "trials", search.trials, "at least 1");
    require(search.reduction >= 2, "reduction", search.reduction, "at least 2");
    require(search.least_budget >= 1, "least_budget", search.least_budget, "at least 1");
    require(search.most_budget >= search.least_budget, "most_budget", search.most_budget,
            "at least least_budget");
    std::vector<Options> settings;
    for (std::size_t at = 0; at < search.trials; ++at) {
        const counter_random random{search.seed, at};
        settings.push_back(base);
        std::uint64_t position = 0;
        (axes.set_random(settings.back(), random, position++), ...);
    }
    search_result<Options> result;
    for (std::size_t budget = search.least_budget;;) {
        const std::size_t first = result.trials.size();
        for (const Options& options : settings)
            detail::add_trial(result,
                              {options, static_cast<double>(objective(options, budget)), budget});
        std::vector<std::size_t> order(settings.size());
        std::iota(order.begin(), order.end(), first);
        std::sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            const double left_value = result.trials[left].value;
            const double right_value = result.trials[right].value;
            return left_value > right_value || (left_value == right_value && left < right);
        });
        result.best = order.front();
        if (settings.size() == 1 || budget >= search.most_budget)
            return result;
        order.resize(std::max<std::size_t>(1, order.size() / search.reduction));
        settings.clear();
        for (const std::size_t at : order)
            settings.push_back(result.trials[at].options);
        budget = budget > search.most_budget / search.reduction ? search.most_budget
                                                                : budget * search.reduction;
    }
}

} // namespace hybrec
