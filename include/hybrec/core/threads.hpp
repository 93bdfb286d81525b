// SPDX-License-Identifier: MIT
/// @file
/// The one thread pool, and loops and reductions over it whose results do not depend on its size.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <exception>
#include <limits>
#include <memory>
#include <mutex>
#include <stop_token>
#include <thread>
#include <type_traits>
#include <utility>

namespace hybrec {

/// A fixed set of threads that share loops. The calling thread works too, so a pool of one starts
/// no thread at all.
///
/// Loops may be started from several threads at once, or from inside a loop: the pool serves one at
/// a time, and the others run on their callers alone, with the same results. After a loop up to
/// seven of its threads look for the next for 50 µs before they sleep, unless there are more of them
/// than processors.
class thread_pool {
  public:
    /// @param threads how many threads work in a loop, the caller included; 0 means one per
    ///                processor.
    template <class = on_use>
    explicit thread_pool(std::size_t threads = 0) {
        const std::size_t processors = std::max(1U, std::thread::hardware_concurrency());
        if (threads == 0)
            threads = processors;
        most_looking_ = threads <= processors ? std::min<std::size_t>(threads - 1, 7) : 0;
        helpers_ = fixed_array<std::thread>(threads - 1);
        try {
            for (std::size_t worker = 1; worker < threads; ++worker)
                helpers_[worker - 1] = std::thread{[this, worker] { help(worker); }};
        } catch (...) { // std::system_error: there are not so many threads to be had
            close();
            throw;
        }
    }

    thread_pool(const thread_pool&) = delete;
    thread_pool& operator=(const thread_pool&) = delete;

    ~thread_pool() { close(); }

    /// How many threads work in a loop, the caller included.
    [[nodiscard]] std::size_t size() const noexcept { return helpers_.size() + 1; }

    /// Calls `body(begin, end, worker)` for consecutive chunks of `[0, count)`, each of `chunk`
    /// indices (the last may be shorter). Chunks start in ascending order; `worker` is below
    /// `size()` and names the scratch memory that a chunk may use.
    ///
    /// If chunks throw, the exception of the lowest failing chunk is rethrown, whatever the number
    /// of threads; chunks that have not started are skipped.
    /// @throws cancelled if a stop was requested before the last chunk had started.
    template <class Body>
    void for_chunks(std::size_t count, std::size_t chunk, Body&& body,
                    const std::stop_token& stop = {}) {
        run(count, chunk, 1, task_of(body), stop);
    }

    /// The same for loops that follow each other over the same data: each thread begins with chunks of
    /// its own, side by side, which are the same in every such loop, so that it finds in its cache what
    /// it left there. A thread that is done takes chunks of others. Chunks start in no certain order,
    /// and if several throw, the exception of one of them is rethrown.
    /// @throws cancelled as above.
    template <class Body>
    void for_chunks_with_affinity(std::size_t count, std::size_t chunk, Body&& body,
                                  const std::stop_token& stop = {}) {
        run(count, chunk, size(), task_of(body), stop);
    }

  private:
    /// Consecutive chunks, which start in ascending order.
    struct alignas(64) share {
        std::atomic<std::size_t> next{0};
        std::size_t end = 0;
    };
    /// The body of a loop, whatever its type: what a loop needs beside it is compiled once.
    struct task {
        void* context;
        void (*call)(void*, std::size_t, std::size_t, std::size_t);
    };
    struct loop {
        std::size_t count;
        std::size_t chunk;
        std::stop_token stop;
        task body;
        std::array<share, 16> shares{};
        std::size_t share_count = 1;
        std::atomic<bool> halted{false};
        std::mutex failure_mutex{};
        std::size_t failed_at = std::numeric_limits<std::size_t>::max();
        std::exception_ptr failure{};
        bool was_cancelled = false;

        void share_among(std::size_t workers) noexcept {
            share_count = std::min(workers, shares.size());
            const std::size_t chunks = count / chunk + (count % chunk != 0);
            for (std::size_t at = 0, begin = 0; at < share_count; ++at) {
                // Of chunks that do not come out even, one each for the last workers: the caller, who is
                // the first, also wakes the others.
                const std::size_t own = (chunks + at) / share_count;
                shares[at].next.store(begin, std::memory_order_relaxed);
                begin = shares[at].end = std::min(count, begin + own * chunk);
            }
        }

        void work(std::size_t worker) noexcept {
            for (std::size_t turn = 0;
                 turn < share_count && !halted.load(std::memory_order_relaxed);) {
                share& from = shares[(worker + turn) % share_count];
                const std::size_t begin = from.next.fetch_add(chunk, std::memory_order_relaxed);
                if (begin >= from.end) {
                    ++turn;
                    continue;
                }
                if (stop.stop_requested()) {
                    const std::lock_guard lock{failure_mutex};
                    was_cancelled = true;
                    halted.store(true, std::memory_order_relaxed);
                    return;
                }
                try {
                    body.call(body.context, begin, std::min(from.end, begin + chunk), worker);
                } catch (...) {
                    const std::lock_guard lock{failure_mutex};
                    halted.store(true, std::memory_order_relaxed);
                    if (begin < failed_at) {
                        failed_at = begin;
                        failure = std::current_exception();
                    }
                }
            }
        }
    };

    template <class Body>
    [[nodiscard]] static task task_of(Body& body) noexcept {
        return {const_cast<void*>(static_cast<const void*>(std::addressof(body))),
                [](void* context, std::size_t begin, std::size_t end, std::size_t worker) {
                    (*static_cast<Body*>(context))(begin, end, worker);
                }};
    }

    template <class = on_use>
    void run(std::size_t count, std::size_t chunk, std::size_t shares, task body,
             const std::stop_token& stop) {
        loop work{count, std::max<std::size_t>(1, chunk), stop, body};
        work.share_among(shares);
        // A flag, not a mutex: a loop inside a loop asks again on the thread that took the turn.
        const bool together = helpers_.size() > 0 && work.count > work.chunk &&
                              !taken_.test_and_set(std::memory_order_acquire);
        if (!together) {
            work.work(0);
        } else {
            {
                const std::lock_guard lock{mutex_};
                current_ = &work;
                generation_.fetch_add(1, std::memory_order_release);
            }
            wake_.notify_all();
            work.work(0);
            {
                const std::lock_guard lock{mutex_};
                current_ = nullptr; // a helper that is still waking up has nothing left to begin
            }
            const auto none_helps = [this] { return helping_.load(acquire) == 0; };
            if (!happens_soon(none_helps)) {
                std::unique_lock lock{mutex_};
                done_.wait(lock, none_helps);
            }
            taken_.clear(std::memory_order_release);
        }
        if (work.failure)
            std::rethrow_exception(work.failure);
        if (work.was_cancelled)
            throw cancelled{};
    }

    void help(std::size_t worker) {
        std::size_t seen = 0;
        const auto is_called = [&] {
            return closing_.load(acquire) || generation_.load(acquire) != seen;
        };
        for (;;) {
            loop* work = nullptr;
            if (looking_.fetch_add(1, std::memory_order_relaxed) < most_looking_)
                happens_soon(is_called);
            looking_.fetch_sub(1, std::memory_order_relaxed);
            {
                std::unique_lock lock{mutex_};
                wake_.wait(lock, is_called);
                if (closing_)
                    return;
                seen = generation_;
                work = current_;
                if (work)
                    ++helping_;
            }
            if (!work)
                continue;
            work->work(worker);
            const std::lock_guard lock{mutex_};
            if (--helping_ == 0)
                done_.notify_one();
        }
    }

    void close() {
        {
            const std::lock_guard lock{mutex_};
            closing_ = true;
        }
        wake_.notify_all();
        for (std::thread& helper : helpers_)
            if (helper.joinable())
                helper.join();
    }

    /// Looks again and again for as long as falling asleep and being woken takes. Loops often follow
    /// each other at once: a helper that slept would join when the work is half done.
    template <class Condition>
    static bool happens_soon(const Condition& condition) noexcept {
        const auto begin = std::chrono::steady_clock::now();
        do {
            if (condition())
                return true;
        } while (std::chrono::steady_clock::now() - begin < patience);
        return false;
    }
    static constexpr std::chrono::microseconds patience{50};
    static constexpr auto acquire = std::memory_order_acquire;
    /// How many helpers may look for a loop: none if there is no processor for each, and not many, as a
    /// container may be granted less time than its processors have.
    std::size_t most_looking_ = 0;

    fixed_array<std::thread> helpers_;
    std::atomic_flag taken_; // set while the helpers serve a loop
    std::mutex mutex_;
    std::condition_variable wake_;
    std::condition_variable done_;
    loop* current_ = nullptr;                // of the mutex
    std::atomic<std::size_t> generation_{0}; // of loops that were shared
    std::atomic<std::size_t> looking_{0};    // helpers
    std::atomic<std::size_t> helping_{0};    // threads beside the caller that have joined
    std::atomic<bool> closing_{false};
};

/// The pool that is used where none is passed in: one thread per processor, started at first use.
template <class = on_use>
[[nodiscard]] thread_pool& default_pool() {
    static thread_pool pool;
    return pool;
}

/// Where and until when long work runs. `execution{.pool = &mine, .stop = source.get_token()}`.
struct execution {
    thread_pool* pool = nullptr; ///< null: `default_pool()`
    std::stop_token stop{};      ///< a requested stop ends the work with `cancelled`

    template <class = on_use>
    [[nodiscard]] thread_pool& threads() const {
        return pool ? *pool : default_pool();
    }
};

/// Folds `map(begin, end)` over the chunks of `[0, count)` with `combine(total, part)`, in the
/// order of the chunks. As the chunks depend on `chunk` alone, so do the bits of the result.
template <class Result, class Map, class Combine>
[[nodiscard]] Result parallel_reduce(thread_pool& pool, std::size_t count, std::size_t chunk,
                                     Result total, Map&& map, Combine&& combine,
                                     const std::stop_token& stop = {}) {
    chunk = std::max<std::size_t>(1, chunk);
    fixed_array<Result> parts(count / chunk + (count % chunk != 0), total);
    pool.for_chunks(
        count, chunk,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            parts[begin / chunk] = map(begin, end);
        },
        stop);
    for (Result& part : parts)
        combine(total, std::move(part));
    return total;
}

} // namespace hybrec
