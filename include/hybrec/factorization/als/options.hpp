// SPDX-License-Identifier: MIT
/// @file
/// The options of implicit ALS, and the report of a fit.
#pragma once

#include <hybrec/core/error.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

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

    friend bool operator==(const als_options&, const als_options&) = default;
};

/// Checks every field. @throws option_error naming field, value and range.
inline void validate(const als_options& options) {
    const auto require = [](bool valid, const char* field, double value, const char* expected) {
        require_option(valid, "implicit_als", field, value, expected);
    };
    const auto finite_from_zero = [](double value) { return std::isfinite(value) && value >= 0; };
    require(options.factors >= 1 && options.factors <= 2048, "factors",
            static_cast<double>(options.factors), "1 to 2048");
    require(finite_from_zero(options.regularization), "regularization", options.regularization,
            "a finite number of at least 0");
    require(finite_from_zero(options.regularization_exponent), "regularization_exponent",
            options.regularization_exponent, "a finite number of at least 0");
    require(options.iterations >= 1, "iterations", static_cast<double>(options.iterations),
            "at least 1");
    require(std::isfinite(options.initial_scale) && options.initial_scale > 0, "initial_scale",
            options.initial_scale, "a finite number above 0");
    require(options.tolerance >= 0 && options.tolerance < 1, "tolerance", options.tolerance,
            "at least 0 and below 1");
}

} // namespace hybrec
