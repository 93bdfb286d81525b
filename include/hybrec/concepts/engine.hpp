// SPDX-License-Identifier: MIT
/// @file
/// Concepts of what is served, and of what watches it while it answers.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/deadline.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>

#include <chrono>
#include <concepts>
#include <cstddef>
#include <span>
#include <string_view>

namespace hybrec {

/// Answers requests: `recommend_into(request, out, workspace)` writes at most `out.size()` distinct
/// items, best first, and returns how many there are: none if it has no basis to answer. Thread-safe,
/// given a workspace of its own; any workspace of the type serves any engine of the type. Allocates
/// nothing once the workspace is warm. Models: `model_engine`, `popularity_fallback`, pipelines.
template <class Engine, class Request = request<>>
concept engine = has_workspace<Engine> &&
    requires(const Engine& engine, const Request& who, std::span<scored_item> out,
             typename Engine::workspace& workspace) {
    { engine.recommend_into(who, out, workspace) } -> std::same_as<std::size_t>;
};

/// An engine that knows the size of its catalogue: it recommends items below it.
template <class Engine>
concept sized_engine = requires(const Engine& engine) {
    { engine.item_count() } -> std::convertible_to<std::size_t>;
};

/// Why an engine went on without the list of one of its generators.
enum class generator_failure : unsigned char {
    threw,   ///< an exception
    late,    ///< the deadline passed before it returned
    skipped, ///< the deadline had passed before it started
    invalid  ///< its list held unknown items, items twice, or scores that are not finite
};

/// Watches one call of an engine, from the thread that made the call:
///
/// - `stage_begin(i)`, `stage_end(i)` around stage i, also where it throws; see `observed_stage`;
/// - `generator_failed(g, why, what)`: the list of generator g was dropped, or for `invalid` what was
///   wrong in it; `guarded_call` reports this;
/// - `deadline_passed(i)`: stage i was left out, because the deadline had passed;
/// - `deadline()` says by when the answer is due.
///
/// All of it is `noexcept`. Models: `no_observer`, the observer of a `service`.
template <class Observer>
concept engine_observer = requires(Observer& observer, const Observer& known, std::size_t i,
                                   generator_failure why, std::string_view what) {
    { observer.stage_begin(i) }
    noexcept;
    { observer.stage_end(i) }
    noexcept;
    { observer.generator_failed(i, why, what) }
    noexcept;
    { observer.deadline_passed(i) }
    noexcept;
    { known.deadline().passed() } -> std::same_as<bool>;
    { known.deadline().time_left() } -> std::same_as<std::chrono::nanoseconds>;
};

/// Watches nothing and sets no deadline: what it is told compiles to nothing.
struct no_observer {
    static constexpr void stage_begin(std::size_t) noexcept {}
    static constexpr void stage_end(std::size_t) noexcept {}
    static constexpr void generator_failed(std::size_t, generator_failure,
                                           std::string_view) noexcept {}
    static constexpr void deadline_passed(std::size_t) noexcept {}
    [[nodiscard]] static constexpr no_deadline deadline() noexcept { return {}; }
};

/// An engine that says what it is doing: it has `stage_count` stages with static names, and a second
/// `recommend_into` that takes an observer and otherwise does the same. The first one is the second
/// one with `no_observer`.
///
/// What such an engine owes its callers: a generator that throws, is late or returns rubbish costs
/// its own list and nothing else, and once the deadline has passed, stages that the answer can do
/// without are left out.
template <class Engine, class Request = request<>>
concept staged_engine = engine<Engine, Request> &&
    requires(const Engine& engine, const Request& who, std::span<scored_item> out,
             typename Engine::workspace& workspace, no_observer& observer) {
    { Engine::stage_count } -> std::convertible_to<std::size_t>;
    { Engine::stage_name(std::size_t{}) } -> std::convertible_to<std::string_view>;
    { engine.recommend_into(who, out, workspace, observer) } -> std::same_as<std::size_t>;
};

/// Tells an observer that a stage runs as long as this object lives.
template <engine_observer Observer>
class [[nodiscard]] observed_stage {
  public:
    observed_stage(Observer& observer, std::size_t stage) noexcept
        : observer_{observer}, stage_{stage} {
        observer_.stage_begin(stage_);
    }
    observed_stage(const observed_stage&) = delete;
    observed_stage& operator=(const observed_stage&) = delete;
    ~observed_stage() { observer_.stage_end(stage_); }

  private:
    Observer& observer_;
    std::size_t stage_;
};

} // namespace hybrec
