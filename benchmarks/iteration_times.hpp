// SPDX-License-Identifier: MIT
/// @file
/// Times the iterations of a fit from outside, by its progress reports.
#pragma once

#include <hybrec/core/clock.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/progress.hpp>

#include <algorithm>
#include <cstddef>
#include <ctime>
#include <vector>

namespace hybrec::benchmarks {

/// Seconds by the wall clock, and processor seconds of all threads together. On a machine that is
/// busy with other things the latter tell more.
struct elapsed {
    double seconds = 0;
    double processor_seconds = 0;
};

/// Measures both from its construction on.
class double_stopwatch {
  public:
    [[nodiscard]] elapsed read() const {
        return {watch_.seconds(),
                static_cast<double>(std::clock() - start_) / static_cast<double>(CLOCKS_PER_SEC)};
    }

  private:
    stopwatch watch_;
    std::clock_t start_ = std::clock();
};

/// A progress observer that notes the time between reports. The first report comes when set-up
/// (copying, transposing, starting factors) is done, so that is not counted.
class iteration_times {
  public:
    explicit iteration_times(std::vector<elapsed>& times) : times_{&times} {}

    void operator()(const progress_event& event) {
        const elapsed now = watch_.read();
        if (event.step > 0)
            times_->push_back(
                {now.seconds - last_.seconds, now.processor_seconds - last_.processor_seconds});
        last_ = now;
    }

  private:
    std::vector<elapsed>* times_;
    double_stopwatch watch_;
    elapsed last_{};
};

/// The middle value, or the mean of the middle two. @pre `values` is not empty.
[[nodiscard]] inline double median(std::vector<double> values) {
    std::ranges::sort(values);
    const std::size_t half = values.size() / 2;
    return values.size() % 2 != 0 ? values[half] : (values[half - 1] + values[half]) / 2;
}

} // namespace hybrec::benchmarks
