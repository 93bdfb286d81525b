// SPDX-License-Identifier: MIT
/// @file
/// Schedules of the learning rate over the epochs.
#pragma once

#include <hybrec/core/error.hpp>

#include <cmath>
#include <cstddef>
#include <numbers>
#include <string_view>
#include <variant>

namespace hybrec::neural {

/// The same rate for all epochs. Converts from a number: `.learning_rate = 0.001`.
struct constant_rate {
    double rate = 1e-3; ///< above 0

    constexpr constant_rate() = default;
    constexpr constant_rate(double value) noexcept : rate{value} {}

    [[nodiscard]] double at(std::size_t) const noexcept { return rate; }
    friend bool operator==(const constant_rate&, const constant_rate&) = default;
};

/// rate·factor^⌊epoch / every⌋.
struct step_decay {
    double rate = 1e-3;
    double factor = 0.5;
    std::size_t every = 10; ///< epochs; at least 1

    [[nodiscard]] double at(std::size_t epoch) const noexcept {
        return rate * std::pow(factor, static_cast<double>(epoch / every));
    }
    friend bool operator==(const step_decay&, const step_decay&) = default;
};

/// From `rate` to `minimum` along half a cosine over `epochs`, `minimum` from then on (Loshchilov and
/// Hutter 2017, equation 5, without restarts).
struct cosine_decay {
    double rate = 1e-3;
    double minimum = 0;
    std::size_t epochs = 20; ///< at least 1

    [[nodiscard]] double at(std::size_t epoch) const noexcept {
        if (epoch >= epochs)
            return minimum;
        const double part = static_cast<double>(epoch) / static_cast<double>(epochs);
        return minimum + (rate - minimum) * (1 + std::cos(std::numbers::pi * part)) / 2;
    }
    friend bool operator==(const cosine_decay&, const cosine_decay&) = default;
};

/// Linear from `start` to `peak` over `ramp_up` epochs, `peak` for `hold` more, then
/// minimum + (peak − minimum)·decay^(epochs since).
struct ramp_up_then_decay {
    double start = 1e-5;
    double peak = 5e-5;
    double minimum = 1e-5;
    double decay = 0.8;
    std::size_t ramp_up = 5;
    std::size_t hold = 0;

    [[nodiscard]] double at(std::size_t epoch) const noexcept {
        if (epoch < ramp_up)
            return start +
                   (peak - start) * static_cast<double>(epoch) / static_cast<double>(ramp_up);
        if (epoch < ramp_up + hold)
            return peak;
        return minimum +
               (peak - minimum) * std::pow(decay, static_cast<double>(epoch - ramp_up - hold));
    }
    friend bool operator==(const ramp_up_then_decay&, const ramp_up_then_decay&) = default;
};

/// Any of them; `at(epoch)` counts epochs from 0.
using learning_rate = std::variant<constant_rate, step_decay, cosine_decay, ramp_up_then_decay>;

[[nodiscard]] inline double rate_at(const learning_rate& schedule, std::size_t epoch) {
    return std::visit([&](const auto& each) { return each.at(epoch); }, schedule);
}

/// @throws option_error, in the name of `owner`, if a rate within `epochs` is not a finite number of
///         at least 0, or a period is 0.
inline void validate(const learning_rate& schedule, std::string_view owner, std::size_t epochs) {
    if (const auto* step = std::get_if<step_decay>(&schedule))
        require_option(step->every >= 1, owner, "learning_rate.every", 0, "at least 1");
    if (const auto* cosine = std::get_if<cosine_decay>(&schedule))
        require_option(cosine->epochs >= 1, owner, "learning_rate.epochs", 0, "at least 1");
    for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
        const double rate = rate_at(schedule, epoch);
        require_option(std::isfinite(rate) && rate >= 0, owner, "learning_rate", rate,
                       "a finite number of at least 0 in every epoch");
    }
}

} // namespace hybrec::neural
