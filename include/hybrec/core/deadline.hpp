// SPDX-License-Identifier: MIT
/// @file
/// The instant by which an answer is due.
#pragma once

#include <chrono>

namespace hybrec {

/// No deadline: never passes and asks no clock.
struct no_deadline {
    [[nodiscard]] static constexpr bool passed() noexcept { return false; }
    [[nodiscard]] static constexpr std::chrono::nanoseconds time_left() noexcept {
        return std::chrono::nanoseconds::max();
    }
};

/// An instant of `Clock`, or none: then the clock is not asked either. `Clock` is a type with a static
/// `now()`, so that tests bring a clock which they move themselves.
template <class Clock = std::chrono::steady_clock>
class deadline {
  public:
    using time_point = typename Clock::time_point;

    /// None.
    constexpr deadline() noexcept = default;
    constexpr explicit deadline(time_point at) noexcept : at_{at} {}

    /// That long from now; at once if `budget` is not above zero, never if it lies beyond what the
    /// clock can count.
    [[nodiscard]] static deadline in(std::chrono::nanoseconds budget) {
        const time_point now = Clock::now();
        if (now >= time_point{} && budget >= time_point::max() - now)
            return {};
        return deadline{now + std::chrono::duration_cast<typename Clock::duration>(budget)};
    }

    /// The latest instant of the clock, if there is no deadline.
    [[nodiscard]] time_point at() const noexcept { return at_; }
    [[nodiscard]] bool exists() const noexcept { return at_ != time_point::max(); }
    [[nodiscard]] bool passed() const noexcept { return exists() && Clock::now() >= at_; }

    /// Zero once passed; the longest duration if there is no deadline.
    [[nodiscard]] std::chrono::nanoseconds time_left() const noexcept {
        if (!exists())
            return std::chrono::nanoseconds::max();
        const time_point now = Clock::now();
        return now >= at_ ? std::chrono::nanoseconds::zero()
                          : std::chrono::duration_cast<std::chrono::nanoseconds>(at_ - now);
    }

  private:
    time_point at_ = time_point::max();
};

} // namespace hybrec
