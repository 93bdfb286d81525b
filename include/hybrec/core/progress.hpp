// SPDX-License-Identifier: MIT
/// @file
/// What long work reports while it runs, and a terminal bar that shows it.
#pragma once

#include <hybrec/core/math.hpp>

#include <chrono>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>

#include <unistd.h>

namespace hybrec {

/// One report of long work: `step` of `steps` of `phase` is done.
struct progress_event {
    std::string_view phase;        ///< what is being done, e.g. "implicit ALS"
    std::size_t step = 0;          ///< steps done so far, 0 when the phase starts
    std::size_t steps = 0;         ///< steps in all; 0: not known
    std::string_view measure = {}; ///< name of `value`, e.g. "loss"; empty: no value
    double value = 0;
};

/// Observes nothing.
struct no_progress {
    constexpr void operator()(const progress_event&) const noexcept {}
};

/// Shows progress with rate and time left. On a terminal one line is redrawn; elsewhere each
/// report that is at least `line_interval` after the last one becomes a plain line, and the first
/// and last reports of a phase always do.
///
/// Not thread-safe; long work reports from the thread that started it.
class progress_bar {
  public:
    using clock = std::chrono::steady_clock;

    /// Writes to `out`, as a bar if that is a terminal. @pre `out` outlives this object.
    explicit progress_bar(std::FILE* out = stderr,
                          std::chrono::milliseconds line_interval = std::chrono::seconds{2})
        : out_{out}, terminal_{::isatty(::fileno(out)) == 1}, line_interval_{line_interval} {}

    void operator()(const progress_event& event) {
        const clock::time_point now = clock::now();
        if (event.step == 0 || event.phase != phase_) {
            phase_ = event.phase;
            started_ = now;
            first_step_ = event.step;
        }
        const bool first = event.step == first_step_;
        const bool last = event.steps != 0 && event.step >= event.steps;
        if (!terminal_ && !first && !last && now - shown_ < line_interval_)
            return;
        shown_ = now;
        const std::string line =
            describe(event, std::chrono::duration<double>(now - started_).count());
        if (terminal_)
            std::fprintf(out_, "\r\033[K%s%s", line.c_str(), last ? "\n" : "");
        else
            std::fprintf(out_, "%s\n", line.c_str());
        std::fflush(out_);
    }

    /// The text of one report after `seconds` of its phase. Public so that it can be tested.
    [[nodiscard]] std::string describe(const progress_event& event, double seconds) const {
        std::string line{event.phase};
        if (event.steps != 0) {
            if (terminal_)
                line += " " + bar(event.step, event.steps);
            line += " " + std::to_string(event.step) + "/" + std::to_string(event.steps);
        } else {
            line += " " + std::to_string(event.step);
        }
        const auto done = static_cast<double>(event.step - first_step_);
        if (done > 0 && seconds > 0) {
            const double rate = done / seconds;
            line += "  " + number(rate, 3) + "/s";
            if (event.steps > event.step)
                line +=
                    "  " + duration(static_cast<double>(event.steps - event.step) / rate) + " left";
            else
                line += "  " + duration(seconds) + " in all";
        }
        if (!event.measure.empty())
            line += "  " + std::string{event.measure} + " " + number(event.value, 6);
        return line;
    }

  private:
    static std::string bar(std::size_t step, std::size_t steps) {
        constexpr std::size_t width = 24;
        const std::size_t filled = step >= steps ? width : step * width / steps;
        return "[" + std::string(filled, '#') + std::string(width - filled, '.') + "]";
    }

    static std::string number(double value, int digits) {
        char text[32];
        std::snprintf(text, sizeof text, "%.*g", digits, value);
        return text;
    }

    static std::string duration(double seconds) {
        char text[48];
        if (seconds < 60)
            std::snprintf(text, sizeof text, "%.1f s", seconds);
        else if (seconds < 3600)
            std::snprintf(text, sizeof text, "%d min %02d s", static_cast<int>(seconds) / 60,
                          static_cast<int>(seconds) % 60);
        else
            std::snprintf(text, sizeof text, "%.0f h %02d min", std::floor(seconds / 3600),
                          static_cast<int>(std::fmod(seconds, 3600) / 60));
        return text;
    }

    std::FILE* out_;
    bool terminal_;
    std::chrono::milliseconds line_interval_;
    std::string phase_;
    std::size_t first_step_ = 0;
    clock::time_point started_{};
    clock::time_point shown_{};
};

} // namespace hybrec
