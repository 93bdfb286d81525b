// SPDX-License-Identifier: MIT
/// @file
/// Business rule: not before its time.
#pragma once

#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/clock.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/rerank/detail/property.hpp>

#include <utility>
#include <vector>

namespace hybrec {

/// The time from `from` on and before `until`; none by default.
struct time_window {
    unix_seconds from = 0;
    unix_seconds until = 0;

    [[nodiscard]] constexpr bool contains(unix_seconds instant) const noexcept {
        return from <= instant && instant < until;
    }
};

/// `embargo{windows, now}`: hides an item during its window [from, until). `Windows` gives the
/// `time_window` of an item, as `in_stock` takes stocks; beyond the end of a list there is none. `Clock`
/// is an instant, or a function that gives it, of nothing (`system_now`) or of the request's context.
template <class Windows, class Clock>
class embargo {
  public:
    embargo(Windows windows, Clock now) : windows_{std::move(windows)}, now_{std::move(now)} {}

    template <class Context>
    requires detail::property_giving<Windows, time_window, request<Context>> &&
        detail::clock_for<Clock, request<Context>>
    [[nodiscard]] bool admits(const request<Context>& who, item_index item) const noexcept {
        return detail::with_property(windows_, who, item, true,
                                     [&](const time_window& window) noexcept {
                                         return !window.contains(detail::instant_of(now_, who));
                                     });
    }

  private:
    Windows windows_;
    Clock now_;
};

} // namespace hybrec
