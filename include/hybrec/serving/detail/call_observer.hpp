// SPDX-License-Identifier: MIT
/// @file
/// Watches one call of a service.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/core/deadline.hpp>
#include <hybrec/serving/answer.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <type_traits>

namespace hybrec::detail {

/// Writes issues and, if it measures, the times of stages into an answer.
template <class Timing, class Latencies, class Stages>
class call_observer {
    using clock = typename Timing::clock;

  public:
    using deadline_type = hybrec::deadline<clock>;

    call_observer(answer& result, Latencies& latencies, deadline_type due,
                  const std::function<void(const issue&)>& on_error) noexcept
        : answer_{result}, latencies_{latencies}, due_{due}, on_error_{on_error} {}

    void stage_begin([[maybe_unused]] std::size_t stage) noexcept {
        if constexpr (Timing::measures)
            begun_[stage] = clock::now();
    }
    void stage_end([[maybe_unused]] std::size_t stage) noexcept {
        if constexpr (Timing::measures) {
            const auto time =
                std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - begun_[stage]);
            latencies_.record(stage, time);
            swallowing([&] { answer_.stages.push_back({Stages::name(stage), time}); });
        }
    }
    void generator_failed(std::size_t generator, generator_failure why,
                          std::string_view what) noexcept {
        constexpr issue_kind kinds[] = {issue_kind::generator_threw, issue_kind::generator_late,
                                        issue_kind::generator_skipped,
                                        issue_kind::generator_invalid};
        note(kinds[static_cast<std::size_t>(why)], generator, what);
    }
    void deadline_passed(std::size_t stage) noexcept {
        note(issue_kind::stage_skipped, stage, Stages::name(stage));
    }
    [[nodiscard]] deadline_type deadline() const noexcept { return due_; }

    void note(issue_kind kind, std::size_t part, std::string_view what) noexcept {
        answer_.degraded |= kind != issue_kind::engine_late;
        swallowing([&] {
            answer_.issues.push_back({kind, part, std::string{what}});
            if (on_error_)
                on_error_(answer_.issues.back());
        });
    }

  private:
    /// Whatever an application's callback throws, or a lack of memory, does not end the call.
    template <class Action>
    static void swallowing(Action&& action) noexcept {
        try {
            action();
        } catch (...) {
        }
    }

    struct nothing {};

    answer& answer_;
    Latencies& latencies_;
    deadline_type due_;
    const std::function<void(const issue&)>& on_error_;
    [[no_unique_address]] std::conditional_t<
        Timing::measures, std::array<typename clock::time_point, Stages::count + 1>, nothing>
        begun_;
};

/// The stages of an engine, and the fallback behind them. An engine without stages is one.
template <class Engine>
struct stages_of {
    static constexpr std::size_t count = 1;
    static constexpr std::string_view name(std::size_t stage) noexcept {
        return stage == 0 ? "engine" : "fallback";
    }
};
template <class Engine>
requires requires {
    Engine::stage_count;
    Engine::stage_name(std::size_t{});
}
struct stages_of<Engine> {
    static constexpr std::size_t count = Engine::stage_count;
    static constexpr std::string_view name(std::size_t stage) noexcept {
        return stage < count ? std::string_view{Engine::stage_name(stage)} : "fallback";
    }
};

} // namespace hybrec::detail
