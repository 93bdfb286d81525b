// SPDX-License-Identifier: MIT
/// @file
/// Serves an engine: cache, deadlines, fallback, measurements, and exchange while requests run.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/deadline.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/list_checker.hpp>
#include <hybrec/serving/answer.hpp>
#include <hybrec/serving/cache_key.hpp>
#include <hybrec/serving/detail/call_observer.hpp>
#include <hybrec/serving/list_cache.hpp>
#include <hybrec/serving/no_fallback.hpp>
#include <hybrec/serving/service_options.hpp>
#include <hybrec/serving/stage_latencies.hpp>
#include <hybrec/serving/versioned.hpp>
#include <hybrec/serving/workspace_pool.hpp>

#include <algorithm>
#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hybrec {

/// Answers requests from the cache, else from the engine, else from the fallback, and says which:
///
///     hr::service service{engine, {.cache_size = 10'000, .time_to_live = 5min},
///                         hr::popularity_fallback{popular}};
///     auto answer = service.recommend(request, 10);
///
/// Nothing that engine or fallback do wrong reaches the caller: exceptions become issues of the answer,
/// and lists are checked. An answer with an issue is `degraded` and is not kept. The deadline is told to
/// the engine, which leaves out what it can; a call that never returns is a matter for `abandonable`.
///
/// All functions may be called from any threads at any time. `swap` makes a new engine current;
/// every request is answered by one version from beginning to end, and the old version goes with its last
/// request. Pinning a version, borrowing a workspace and measuring take no lock; the cache has one for
/// every shard. With an answer that is reused and a warm engine a call allocates nothing, unless
/// something goes wrong. The fallback knows no rules but its own: where some items must never be shown,
/// it is a pipeline that has the same rules.
///
/// @tparam Engine   an `engine`, or std::reference_wrapper to one
/// @tparam Fallback likewise
/// @tparam Timing   `timed` or `untimed`
/// @tparam Context  of the requests; taken from the options: `hr::service_options<my_context>{…}`
template <class Engine, class Fallback = no_fallback, class Timing = timed<>,
          class Context = no_context>
requires engine<held_type<Engine>, request<Context>> &&
    engine<held_type<Fallback>, request<Context>>
class service {
    using engine_type = held_type<Engine>;
    using fallback_type = held_type<Fallback>;
    using stages = detail::stages_of<engine_type>;
    using clock = typename Timing::clock;

  public:
    using request_type = request<Context>;
    using latencies_type = stage_latencies<Timing::measures, stages::count>;

    /// Whether answers can be kept: whether the context says when two of them are the same.
    static constexpr bool can_cache = cacheable_context<Context>;

    /// @throws option_error
    explicit service(Engine engine, service_options<Context> options = {}, Fallback fallback = {},
                     Timing = {})
        : options_{(options.validate(), std::move(options))},
          engine_{std::move(engine)},
          fallback_{std::move(fallback)},
          cache_{{.capacity = can_cache ? options_.cache_size : 0,
                  .longest_list = options_.longest_cached_list,
                  .longest_history = options_.longest_cached_history},
                 std::chrono::duration_cast<typename clock::duration>(options_.time_to_live)} {}

    /// At most `count` items for `who`. @param time_budget of this call; 0: that of the options.
    [[nodiscard]] answer recommend(const request_type& who, std::size_t count,
                                   std::chrono::nanoseconds time_budget = {}) const {
        answer result;
        recommend(who, count, result, time_budget);
        return result;
    }

    /// The same into an answer that is reused.
    void recommend(const request_type& who, std::size_t count, answer& result,
                   std::chrono::nanoseconds time_budget = {}) const {
        result.clear();
        const auto pinned = engine_.current();
        result.version = pinned.version();
        if (time_budget.count() == 0)
            time_budget = options_.time_budget;

        typename clock::time_point begun{};
        if (Timing::measures || options_.cache_size != 0)
            begun = clock::now();
        if constexpr (can_cache) {
            const key_type& key = cache_key_of(who.context);
            const cache_query<key_type> query{who.user, who.history, count, result.version, key};
            if (cache_.takes(query)) {
                const auto ticket = cache_.find(query, begun, result.items);
                result.from_cache = ticket.hit;
                if (!ticket.hit) {
                    compute(*pinned, who, count, result, time_budget);
                    if (!result.degraded)
                        cache_.insert(query, ticket, begun, result.items);
                }
                return finish(begun);
            }
        }
        compute(*pinned, who, count, result, time_budget);
        finish(begun);
    }

    /// Makes `engine` the one that answers from now on; returns its version. Requests that run keep
    /// theirs. Answers of older versions are not given out any more.
    /// @throws error if 64 versions are still in use.
    std::uint64_t swap(Engine engine) { return engine_.replace(std::move(engine)); }

    /// Forgets the answers to requests of `user`, who did something that changes them.
    void invalidate(user_index user) { cache_.invalidate(user); }
    /// Forgets all answers.
    void clear_cache() { cache_.clear(); }

    [[nodiscard]] cache_statistics cache() const { return cache_.statistics(); }
    [[nodiscard]] const latencies_type& latencies() const noexcept { return latencies_; }
    [[nodiscard]] const service_options<Context>& options() const noexcept { return options_; }

  private:
    template <class C>
    struct key_of {
        using type = no_context;
    };
    template <cacheable_context C>
    struct key_of<C> {
        using type = std::remove_cvref_t<decltype(cache_key_of(std::declval<const C&>()))>;
    };
    using key_type = typename key_of<Context>::type;
    using observer_type = detail::call_observer<Timing, latencies_type, stages>;

    struct workspace {
        typename engine_type::workspace engine;
        typename fallback_type::workspace fallback;
        list_checker checker;
    };

    void compute(const engine_type& engine, const request_type& who, std::size_t count,
                 answer& result, std::chrono::nanoseconds budget) const {
        const auto due = budget.count() == 0 ? deadline<clock>{} : deadline<clock>::in(budget);
        observer_type observer{result, latencies_, due, options_.on_error};
        auto memory = workspaces_.take();

        const auto ask = [&](const auto& asked, issue_kind threw, issue_kind invalid, auto&& call) {
            std::size_t items = std::numeric_limits<std::size_t>::max();
            if constexpr (sized_engine<std::remove_cvref_t<decltype(asked)>>)
                items = asked.item_count();
            result.items.resize(std::min(count, items));
            std::size_t size = 0;
            const auto failed = [&](issue_kind kind, std::string_view what) {
                observer.note(kind, 0, what);
                size = 0;
            };
            try {
                size = call(as_writable_span(result.items));
                if (size > result.items.size())
                    failed(invalid, "says that it wrote more items than there is room");
            } catch (const std::exception& failure) {
                failed(threw, failure.what());
                memory.drop();
            } catch (...) {
                failed(threw, "an exception that is not a std::exception");
                memory.drop();
            }
            const list_report report =
                memory->checker.check(as_writable_span(result.items).first(size), items);
            if (!report.clean())
                observer.note(invalid, 0, report.complaint());
            result.items.resize(report.size);
        };

        if (due.passed())
            observer.note(issue_kind::engine_skipped, 0, "the deadline had passed at once");
        else
            ask(engine, issue_kind::engine_threw, issue_kind::engine_invalid,
                [&](std::span<scored_item> out) {
                    return ask_engine(engine, who, out, memory->engine, observer);
                });
        if (!result.items.empty() && due.passed())
            observer.note(issue_kind::engine_late, 0, "the answer came after its deadline");
        if (!result.items.empty() || count == 0)
            return;

        if (result.issues.empty())
            observer.note(issue_kind::nothing_found, 0, "the engine had nothing for this request");
        if constexpr (!std::same_as<fallback_type, no_fallback>) {
            const observed_stage stage{observer, stages::count};
            const fallback_type& fallback = fallback_;
            ask(fallback, issue_kind::fallback_threw, issue_kind::fallback_invalid,
                [&](std::span<scored_item> out) {
                    return fallback.recommend_into(who, out, memory->fallback);
                });
            result.from_fallback = !result.items.empty();
        }
    }

    static std::size_t ask_engine(const engine_type& engine, const request_type& who,
                                  std::span<scored_item> out,
                                  typename engine_type::workspace& memory,
                                  observer_type& observer) {
        if constexpr (staged_engine<engine_type, request_type>) {
            return engine.recommend_into(who, out, memory, observer);
        } else {
            const observed_stage stage{observer, 0};
            return engine.recommend_into(who, out, memory);
        }
    }

    void finish([[maybe_unused]] typename clock::time_point begun) const noexcept {
        if constexpr (Timing::measures)
            latencies_.record_total(
                std::chrono::duration_cast<std::chrono::nanoseconds>(clock::now() - begun));
    }

    service_options<Context> options_;
    versioned<Engine> engine_;
    Fallback fallback_;
    mutable list_cache<key_type, clock> cache_;
    mutable workspace_pool<workspace> workspaces_;
    [[no_unique_address]] mutable latencies_type latencies_;
};

} // namespace hybrec
