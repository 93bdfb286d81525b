// SPDX-License-Identifier: MIT
/// @file
/// Tries all combinations of the values of options.
#pragma once

#include <hybrec/evaluation/search_result.hpp>
#include <hybrec/evaluation/search_space.hpp>

#include <cstddef>
#include <utility>

namespace hybrec {

/// Tries every combination of the axes' values; the first axis varies slowest.
/// @param base what the options are apart from the axes
/// @throws numeric_error if the objective gives NaN, whatever the objective throws.
template <class Options, objective_of<Options> Objective, finite_axis<Options>... Axes>
requires(sizeof...(Axes) != 0)
    [[nodiscard]] search_result<Options> grid_search(const Options& base, Objective&& objective,
                                                     const Axes&... axes) {
    search_result<Options> result;
    const std::size_t combinations = (std::size_t{1} * ... * axes.size());
    for (std::size_t combination = 0; combination < combinations; ++combination) {
        Options options = base;
        std::size_t rest = combination;
        std::size_t block = combinations;
        const auto take = [&](const auto& axis) {
            block /= axis.size();
            axis.set(options, rest / block);
            rest %= block;
        };
        (take(axes), ...);
        const double value = static_cast<double>(objective(std::as_const(options)));
        detail::add_trial(result, {options, value});
        if (value > result.trials[result.best].value)
            result.best = combination;
    }
    return result;
}

} // namespace hybrec
