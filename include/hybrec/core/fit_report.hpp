// SPDX-License-Identifier: MIT
/// @file
/// What training in iterations tells when it is done.
#pragma once

#include <cstddef>
#include <vector>

namespace hybrec {

/// Why training ended.
enum class stop_reason : unsigned char {
    iterations, ///< all iterations were done
    tolerance,  ///< the loss had almost ceased to fall
    validation  ///< the validator saw no better value within the patience
};

/// What happened during a fit.
struct fit_report {
    std::size_t iterations = 0;            ///< iterations done
    std::vector<double> losses;            ///< after each iteration, if it was computed
    std::vector<double> validation_scores; ///< after each iteration, if there was a validator
    std::size_t best_iteration = 0;        ///< whose factors were kept, counting from 1
    stop_reason reason = stop_reason::iterations;
};

/// Stands for "no validator" in `fit`.
struct no_validator {
    template <class Model>
    constexpr double operator()(const Model&) const noexcept {
        return 0;
    }
};

} // namespace hybrec
