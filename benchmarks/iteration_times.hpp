// SPDX-License-Identifier: MIT
/// @file
/// Times the iterations of a fit from outside, by its progress reports.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hybrec::benchmarks {

/// A progress observer that notes the seconds between reports. The first report comes when set-up
/// (copying, transposing, starting factors) is done, so that is not counted.
class iteration_times {
  public:
    explicit iteration_times(std::vector<double>& seconds) : seconds_{&seconds} {}

    void operator()(const progress_event& event) {
        const double now = watch_.seconds();
        if (event.step > 0)
            seconds_->push_back(now - last_);
        last_ = now;
    }

  private:
    std::vector<double>* seconds_;
    stopwatch watch_;
    double last_ = 0;
};

/// The middle value, or the mean of the middle two. @pre `values` is not empty.
[[nodiscard]] inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

} // namespace hybrec::benchmarks
