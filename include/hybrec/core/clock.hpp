// SPDX-License-Identifier: MIT
/// @file
/// Wall-clock seconds for timestamps, and a stopwatch for reports.
#pragma once

#include <chrono>
#include <cstdint>

namespace hybrec {

/// Seconds since 1970-01-01 00:00 UTC. Formulas that depend on "now" take the instant as an option
/// instead of asking a clock, so that they are pure and can be tested.
using unix_seconds = std::int64_t;

/// The current instant. Thread-safe.
[[nodiscard]] inline unix_seconds system_now() {
    return std::chrono::duration_cast<std::chrono::seconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

/// Measures elapsed wall-clock time from its construction on.
class stopwatch {
  public:
    [[nodiscard]] double seconds() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }

  private:
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

} // namespace hybrec
