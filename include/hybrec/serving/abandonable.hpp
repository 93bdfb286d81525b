// SPDX-License-Identifier: MIT
/// @file
/// Stops waiting for an engine that hangs.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/deadline.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/weighted.hpp>

#include <algorithm>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace hybrec {

struct abandonable_options {
    /// Helper threads: how many calls can run or hang at a time. Started when needed.
    std::size_t threads = 4;
};

/// Runs the calls of an engine on helper threads of its own, so that a caller can go at its deadline even if
/// the engine never returns. A thread cannot be killed: an abandoned call runs on, in memory of its own
/// (request, workspace and list belong to the helper, the engine is owned by all of them), and its helper is
/// back at work when it returns. While all helpers are held up, calls wait for one until their deadline.
/// This is a tool for engines that ask somebody else; it costs a call two thread switches.
///
/// Without a deadline a call waits for ever. A late or missing list is reported as that of generator 0, and
/// an exception of the engine is thrown to the caller. Copies share engine and helpers. When the last copy goes,
/// idle helpers end; those that hang are left behind with the engine, until the call returns or the
/// program ends: then the engine must not depend on objects with static storage.
template <class Engine, class Context = no_context>
requires engine<Engine, request<Context>>
class abandonable {
  public:
    struct workspace {};
    static constexpr std::size_t stage_count = 1;
    [[nodiscard]] static constexpr std::string_view stage_name(std::size_t) noexcept {
        return "engine";
    }

    /// @throws option_error
    explicit abandonable(Engine engine, abandonable_options options = {})
        : crew_{std::make_shared<crew>(std::move(engine), options.threads)},
          close_{crew_.get(), [members = crew_](crew* all) { all->close(); }} {
        require_option(options.threads >= 1, "abandonable", "threads",
                       static_cast<double>(options.threads), "at least 1");
    }

    [[nodiscard]] std::size_t item_count() const requires sized_engine<Engine> {
        return crew_->engine.item_count();
    }

    /// How many helpers are working at this moment, for callers or abandoned.
    [[nodiscard]] std::size_t running() const {
        const std::lock_guard lock{crew_->mutex};
        return crew_->helpers.size() - crew_->idle.size();
    }

    std::size_t recommend_into(const request<Context>& who, std::span<scored_item> out,
                               workspace& memory) const {
        no_observer observer;
        return recommend_into(who, out, memory, observer);
    }

    std::size_t recommend_into(const request<Context>& who, std::span<scored_item> out, workspace&,
                               engine_observer auto& observer) const {
        const observed_stage stage{observer, 0};
        // The clock of the deadline need not be one that a thread can wait for.
        const auto until = deadline<>::in(observer.deadline().time_left());
        std::unique_lock lock{crew_->mutex};
        helper* const mine = crew_->take(lock, until);
        if (!mine) {
            observer.generator_failed(0, generator_failure::late, "all helper threads are held up");
            return 0;
        }
        try {
            mine->ask(who, out.size());
        } catch (...) {
            crew_->put_back(*mine);
            throw;
        }
        if (!wait(mine->changed, lock, until, [&] { return mine->state == helper::done; })) {
            mine->state = helper::abandoned;
            observer.generator_failed(0, generator_failure::late, "it has not returned in time");
            return 0;
        }
        const std::size_t size = mine->size;
        std::copy_n(mine->list.begin(), std::min(size, out.size()), out.begin());
        const std::exception_ptr failure = std::exchange(mine->failure, nullptr);
        crew_->put_back(*mine);
        lock.unlock();
        if (failure)
            std::rethrow_exception(failure);
        return size;
    }

  private:
    template <class Condition>
    static bool wait(std::condition_variable& changed, std::unique_lock<std::mutex>& lock,
                     const deadline<>& until, const Condition& condition) {
        if (until.exists())
            return changed.wait_until(lock, until.at(), condition);
        changed.wait(lock, condition);
        return true;
    }

    /// A thread and everything that its call touches.
    struct helper {
        enum states { ready, asked, done, abandoned } state = ready;
        std::condition_variable changed;
        std::vector<weighted_item> history;
        std::optional<request<Context>> who; // of `history`
        std::vector<scored_item> list;
        std::size_t size = 0;
        std::exception_ptr failure;
        typename Engine::workspace memory;
        std::thread thread;

        void ask(const request<Context>& request, std::size_t count) {
            history.assign(request.history.begin(), request.history.end());
            who.emplace(request);
            who->history = history;
            list.resize(count);
            state = asked;
            changed.notify_all();
        }
    };

    /// All helpers and what they share; `mutex` guards everything but the engine and the calls' own memory.
    struct crew : std::enable_shared_from_this<crew> {
        crew(Engine its_engine, std::size_t most)
            : engine{std::move(its_engine)}, max_helpers{most} {}

        const Engine engine;
        const std::size_t max_helpers;
        std::mutex mutex;
        std::condition_variable returned;
        std::vector<std::unique_ptr<helper>> helpers;
        std::vector<helper*> idle;
        bool closing = false;

        /// An idle helper, or null if there is none in time.
        helper* take(std::unique_lock<std::mutex>& lock, const deadline<>& until) {
            if (idle.empty() && helpers.size() < max_helpers) {
                idle.reserve(max_helpers);
                auto made = std::make_unique<helper>();
                made->thread = std::thread{
                    [all = this->shared_from_this(), me = made.get()] { all->work(*me); }};
                idle.push_back(made.get());
                helpers.push_back(std::move(made));
            }
            if (!wait(returned, lock, until, [&] { return !idle.empty(); }))
                return nullptr;
            helper* const taken = idle.back();
            idle.pop_back();
            return taken;
        }

        void put_back(helper& free) {
            free.state = helper::ready;
            idle.push_back(&free);
            returned.notify_one();
        }

        /// What a helper's thread does.
        void work(helper& me) {
            std::unique_lock lock{mutex};
            for (;;) {
                me.changed.wait(lock, [&] { return closing || me.state == helper::asked; });
                if (closing)
                    return;
                lock.unlock();
                std::size_t size = 0;
                std::exception_ptr failure;
                try {
                    size = engine.recommend_into(*me.who, as_writable_span(me.list), me.memory);
                } catch (...) {
                    failure = std::current_exception();
                }
                lock.lock();
                if (me.state == helper::abandoned) {
                    put_back(me);
                } else {
                    me.size = size;
                    me.failure = std::move(failure);
                    me.state = helper::done;
                    me.changed.notify_all();
                }
            }
        }

        /// Ends the idle helpers; lets go of the others.
        void close() {
            std::unique_lock lock{mutex};
            closing = true;
            std::vector<std::thread> ending;
            for (const auto& each : helpers) {
                if (each->state == helper::ready) {
                    each->changed.notify_all();
                    ending.push_back(std::move(each->thread));
                } else {
                    each->thread.detach();
                }
            }
            lock.unlock();
            for (std::thread& thread : ending)
                thread.join();
        }
    };

    std::shared_ptr<crew> crew_;
    std::shared_ptr<crew> close_; // ends the crew when the last copy of this object goes
};

} // namespace hybrec
