// SPDX-License-Identifier: MIT
/// @file
/// The options of a service.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/serving/answer.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>

namespace hybrec {

/// `Context` is that of the requests which the service answers.
template <class Context = no_context>
struct service_options {
    std::size_t cache_size = 10'000; ///< answers that are kept; 0: none
    std::chrono::nanoseconds time_to_live = std::chrono::minutes{5}; ///< of an answer in the cache
    std::size_t longest_cached_list = 100;   ///< answers to calls for more items are not kept
    std::size_t longest_cached_history = 32; ///< nor those to requests with longer histories
    std::chrono::nanoseconds time_budget{0}; ///< of a call that brings none of its own; 0: no limit
    std::function<void(const issue&)>
        on_error{}; ///< told of every issue, on the thread of the call

    /// @throws option_error
    void validate() const {
        require_option(cache_size < std::numeric_limits<std::uint32_t>::max(), "service",
                       "cache_size", static_cast<double>(cache_size), "at most 4294967294");
        require_option(time_to_live.count() > 0, "service", "time_to_live",
                       static_cast<double>(time_to_live.count()), "more than 0 nanoseconds");
        require_option(time_budget.count() >= 0, "service", "time_budget",
                       static_cast<double>(time_budget.count()), "at least 0 nanoseconds");
    }
};

} // namespace hybrec
