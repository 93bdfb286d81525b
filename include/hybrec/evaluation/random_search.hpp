// SPDX-License-Identifier: MIT
/// @file
/// Tries random values of options.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/evaluation/search_result.hpp>
#include <hybrec/evaluation/search_space.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec {

struct random_search_options {
    std::size_t trials = 20; ///< at least 1
    std::uint64_t seed = 42;
};

/// Tries random settings (Bergstra and Bengio 2012): where few options matter, more of their values
/// are seen than on a grid of the same size.
/// @throws option_error, numeric_error if the objective gives NaN, whatever the objective throws.
template <class Options, objective_of<Options> Objective, search_axis<Options>... Axes>
requires(sizeof...(Axes) != 0)
    [[nodiscard]] search_result<Options> random_search(const Options& base, Objective&& objective,
                                                       const random_search_options& search,
                                                       const Axes&... axes) {
    require_option(search.trials >= 1, "random_search", "trials",
                   static_cast<double>(search.trials), "at least 1");
    search_result<Options> result;
    for (std::size_t at = 0; at < search.trials; ++at) {
        const counter_random random{search.seed, at};
        Options options = base;
        std::uint64_t position = 0;
        (axes.set_random(options, random, position++), ...);
        const double value = static_cast<double>(objective(std::as_const(options)));
        detail::add_trial(result, {options, value});
        if (value > result.trials[result.best].value)
            result.best = at;
    }
    return result;
}

} // namespace hybrec
