// SPDX-License-Identifier: MIT
// Engines whose answers are known, and a clock that stands still, for the tests of serving.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/retrieval/guarded_call.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string_view>
#include <vector>

namespace engines {

using namespace hybrec;
using namespace std::chrono_literals;

/// A clock that moves when a test says so, and counts how often it is asked.
struct manual_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<manual_clock>;

    static inline std::atomic<rep> instant{1000};
    static inline std::atomic<int> asked{0};

    static time_point now() noexcept {
        ++asked;
        return time_point{duration{instant.load()}};
    }
    static void advance(duration by) { instant += by.count(); }
};

/// Items first, first + 1, …, with falling scores. Counts its calls.
struct counting_engine {
    struct workspace {};
    std::uint32_t first = 0;
    std::atomic<int>* calls = nullptr;

    template <class Request>
    std::size_t recommend_into(const Request&, std::span<scored_item> out, workspace&) const {
        if (calls)
            ++*calls;
        for (std::size_t at = 0; at < out.size(); ++at)
            out[at] = {item_index(first + at), 1.0F / static_cast<float>(1 + at)};
        return out.size();
    }
};
static_assert(engine<counting_engine> && !staged_engine<counting_engine> &&
              !sized_engine<counting_engine>);

/// A small pipeline, as others write theirs: three generators, a ranking, a reranking that reverses
/// the list and that the answer can do without.
struct staged {
    enum class behaviour {
        well,
        throws,
        slow,
        not_finite,
        unknown,
        repeated,
        too_long,
        throws_int
    };

    struct workspace {
        list_checker checker;
        std::vector<scored_item> candidates;
    };
    static constexpr std::size_t stage_count = 3;
    static constexpr std::string_view stage_name(std::size_t stage) noexcept {
        constexpr std::string_view names[] = {"candidates", "rank", "rerank"};
        return names[stage];
    }

    std::vector<behaviour> generators{behaviour::well, behaviour::well, behaviour::well};
    bool rank_throws = false;
    manual_clock::duration slow_time = 10ms;

    [[nodiscard]] std::size_t item_count() const noexcept { return 100; }

    /// Generator g gives items 10·g, 10·g + 1, 10·g + 2.
    static std::size_t generate(std::size_t g, behaviour how, manual_clock::duration slow,
                                std::span<scored_item> out) {
        for (std::size_t at = 0; at < 3; ++at)
            out[at] = {item_index(10 * g + at), 1.0F / static_cast<float>(1 + g + at)};
        switch (how) {
        case behaviour::throws:
            throw std::runtime_error{"the feature store is gone"};
        case behaviour::throws_int:
            throw 7;
        case behaviour::slow:
            manual_clock::advance(slow);
            break;
        case behaviour::not_finite:
            out[0].score = std::numeric_limits<float>::quiet_NaN();
            break;
        case behaviour::unknown:
            out[1].index = item_index{100};
            break;
        case behaviour::repeated:
            out[2] = out[0];
            break;
        case behaviour::too_long:
            return out.size() + 1;
        case behaviour::well:
            break;
        }
        return 3;
    }

    template <class Request, engine_observer Observer>
    std::size_t recommend_into(const Request&, std::span<scored_item> out, workspace& memory,
                               Observer& observer) const {
        std::vector<scored_item>& candidates = memory.candidates;
        candidates.resize(8 * generators.size());
        std::size_t count = 0;
        {
            const observed_stage stage{observer, 0};
            for (std::size_t g = 0; g < generators.size(); ++g)
                count += guarded_call(
                    g,
                    [&](std::span<scored_item> list) {
                        return generate(g, generators[g], slow_time, list);
                    },
                    std::span{candidates}.subspan(count, 8), item_count(), memory.checker,
                    observer);
        }
        candidates.resize(count);
        {
            const observed_stage stage{observer, 1};
            if (rank_throws)
                throw std::logic_error{"no such feature"};
            std::sort(candidates.begin(), candidates.end(), ranks_before<item_index, float>);
        }
        if (observer.deadline().passed()) {
            observer.deadline_passed(2);
        } else {
            const observed_stage stage{observer, 2};
            std::reverse(candidates.begin(), candidates.end());
        }
        candidates.resize(std::min(candidates.size(), out.size()));
        std::copy(candidates.begin(), candidates.end(), out.begin());
        return candidates.size();
    }

    template <class Request>
    std::size_t recommend_into(const Request& who, std::span<scored_item> out,
                               workspace& memory) const {
        no_observer observer;
        return recommend_into(who, out, memory, observer);
    }
};
static_assert(staged_engine<staged> && sized_engine<staged>);

/// The items of a list.
inline std::vector<int> items(std::span<const scored_item> list) {
    std::vector<int> result;
    for (const scored_item entry : list)
        result.push_back(static_cast<int>(entry.index.value()));
    return result;
}

} // namespace engines
