// SPDX-License-Identifier: MIT
/// @file
/// Halves the weight of an event with every half-life of its age.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/weigh_log.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <optional>
#include <ratio>
#include <type_traits>

namespace hybrec {

/// A length of time in seconds, from a number or from a duration of std::chrono.
class time_span {
  public:
    template <class Number>
    requires std::integral<Number> || std::floating_point<Number>
    constexpr time_span(Number seconds) noexcept : seconds_{static_cast<double>(seconds)} {}

    template <class Rep, class Period>
    constexpr time_span(std::chrono::duration<Rep, Period> duration) noexcept
        : seconds_{std::chrono::duration<double>(duration).count()} {}

    [[nodiscard]] constexpr double seconds() const noexcept { return seconds_; }

  private:
    double seconds_;
};

/// weight · 2^(−age / half_life), where the age of an event is `now` − its time. Events in the
/// future of `now` have age 0. The instant is given, not asked from a clock, so that a result can
/// be reproduced: `time_decay{.half_life = 30 * 24h, .now = system_now()}`.
struct time_decay {
    time_span half_life = 0;           ///< seconds or a duration, above 0; must be given
    std::optional<unix_seconds> now{}; ///< the instant at which the age is 0; must be given

    /// The decayed weight of `event`. Thread-safe. @throws option_error as below.
    [[nodiscard]] float weigh(const interaction& event) const {
        check();
        const double age =
            std::max(0.0, static_cast<double>(*now) - static_cast<double>(event.time));
        return static_cast<float>(static_cast<double>(event.weight) *
                                  std::exp2(-age / half_life.seconds()));
    }

    /// This scheme, if the events of `log` have times.
    /// @throws option_error for an option out of range or not given, data_error for a log without
    ///         times.
    [[nodiscard]] time_decay bind(const interaction_log& log) const {
        check();
        if (!log.has_times)
            fail<data_error>({"time_decay: the log has no times; expected a log whose source names "
                              "the time of every event"});
        return *this;
    }

    /// The matrix of the decayed events of `log`. @throws as `bind` and `to_matrix` do.
    template <class = on_use>
    [[nodiscard]] user_items operator()(const interaction_log& log,
                                        const execution& where = {}) const {
        return detail::weigh_log(*this, log, where);
    }

  private:
    void check() const {
        require_option(half_life.seconds() > 0 && std::isfinite(half_life.seconds()), "time_decay",
                       "half_life", half_life.seconds(), "a number of seconds above 0");
        if (!now)
            fail<option_error>(
                {"time_decay: now is not given; expected seconds since 1970, such as "
                 "system_now()"});
    }
};

} // namespace hybrec
