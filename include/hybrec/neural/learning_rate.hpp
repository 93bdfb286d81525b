// SPDX-License-Identifier: MIT
/// @file
/// Schedules of the learning rate over the epochs.
#pragma once

#include <hybrec/core/math.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <numbers>
#include <type_traits>

namespace hybrec::neural {

/// The learning rate as a function of the epoch, counting from 0. Copied as plain bytes. Models: the
/// schedules below, any small struct like them.
template <class Schedule>
concept schedule = std::is_trivially_copyable_v<Schedule> && sizeof(Schedule) <= 64 &&
                   requires(const Schedule& each, std::size_t epoch) {
    { each.at(epoch) } -> std::same_as<double>;
};

/// The same rate for all epochs.
struct constant_rate {
    double rate = 1e-3;

    [[nodiscard]] double at(std::size_t) const noexcept { return rate; }
};

/// rate·factor^⌊epoch / every⌋.
struct step_decay {
    double rate = 1e-3;
    double factor = 0.5;
    std::size_t every = 10; ///< epochs; 0: never

    [[nodiscard]] double at(std::size_t epoch) const noexcept {
        return rate * std::pow(factor, static_cast<double>(every > 0 ? epoch / every : 0));
    }
};

/// From `rate` to `minimum` along half a cosine over `epochs`, `minimum` from then on (Loshchilov and
/// Hutter 2017, equation 5, without restarts).
struct cosine_decay {
    double rate = 1e-3;
    double minimum = 0;
    std::size_t epochs = 20;

    [[nodiscard]] double at(std::size_t epoch) const noexcept {
        if (epoch >= epochs)
            return minimum;
        const double part = static_cast<double>(epoch) / static_cast<double>(epochs);
        return minimum + (rate - minimum) * (1 + std::cos(std::numbers::pi * part)) / 2;
    }
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
};

/// Any schedule: `.learning_rate = cosine_decay{…}`, or a number for the same rate in all epochs.
class learning_rate {
  public:
    learning_rate() noexcept : learning_rate{constant_rate{}} {}
    learning_rate(double rate) noexcept : learning_rate{constant_rate{rate}} {}
    template <schedule Schedule>
    learning_rate(const Schedule& schedule) noexcept
        : at_{[](const std::byte* memory, std::size_t epoch) {
              Schedule copy;
              std::memcpy(&copy, memory, sizeof copy);
              return copy.at(epoch);
          }} {
        std::memcpy(memory_.data(), &schedule, sizeof schedule);
    }

    [[nodiscard]] double at(std::size_t epoch) const { return at_(memory_.data(), epoch); }

  private:
    std::array<std::byte, 64> memory_{};
    double (*at_)(const std::byte*, std::size_t);
};

} // namespace hybrec::neural
