// SPDX-License-Identifier: MIT
/// @file
/// What a service answers, and what went wrong on the way.
#pragma once

#include <hybrec/core/scored.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace hybrec {

enum class issue_kind : unsigned char {
    generator_threw,   ///< a generator threw; `part` is its number, as in the next three
    generator_late,    ///< its list came after the deadline and was dropped
    generator_skipped, ///< the deadline had passed before it was its turn
    generator_invalid, ///< its list held what no list may hold; that was dropped
    stage_skipped,     ///< stage `part` was left out, because the deadline had passed
    engine_threw,      ///< the engine as a whole threw
    engine_invalid,    ///< its list held what no list may hold; that was dropped
    engine_skipped,    ///< the deadline had passed before it could be asked
    engine_late,       ///< the answer is complete, but came after the deadline
    nothing_found,     ///< the engine had nothing for this request
    fallback_threw,    ///< the fallback failed as well
    fallback_invalid   ///< its list held what no list may hold; that was dropped
};

[[nodiscard]] constexpr std::string_view name_of(issue_kind kind) noexcept {
    constexpr std::string_view names[] = {
        "generator threw", "generator late", "generator skipped", "generator invalid",
        "stage skipped",   "engine threw",   "engine invalid",    "engine skipped",
        "engine late",     "nothing found",  "fallback threw",    "fallback invalid"};
    return names[static_cast<std::size_t>(kind)];
}

/// One thing that went wrong while an answer was made.
struct issue {
    issue_kind kind = issue_kind::engine_threw;
    std::size_t part = 0; ///< which generator or stage
    std::string what{};   ///< in words
};

/// How long a stage took for this answer.
struct stage_time {
    std::string_view name;
    std::chrono::nanoseconds time{0};
};

/// What a service answers. Reused from call to call, a warm one makes no memory necessary.
struct answer {
    std::vector<scored_item> items; ///< best first, distinct, with finite scores
    std::vector<stage_time> stages; ///< in the order in which they ended; none from the cache
    std::vector<issue> issues;      ///< in the order in which they happened
    bool degraded = false;          ///< worse than what the engine gives when all is well
    bool from_cache = false;
    bool from_fallback = false;
    std::uint64_t version = 0; ///< of the engine that was asked; counts from 1

    void clear() noexcept {
        items.clear();
        stages.clear();
        issues.clear();
        degraded = from_cache = from_fallback = false;
        version = 0;
    }
};

} // namespace hybrec
