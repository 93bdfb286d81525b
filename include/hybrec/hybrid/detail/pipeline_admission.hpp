// SPDX-License-Identifier: MIT
/// @file
/// What a pipeline lets its generators propose for one request.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/retrieval/request_admission.hpp>

#include <algorithm>
#include <span>
#include <type_traits>

namespace hybrec::detail {

/// Stands for "no rules" in a pipeline.
struct no_rules {
    struct workspace {};
};

/// The caller's filter, what the user has seen, and the hard filters among the rules. An admission.
template <class Filter, class Request, class Rules>
struct pipeline_admission {
    request_admission<Filter, Request> filter;
    std::span<const item_index> seen;    ///< while training, ascending
    std::span<const item_index> history; ///< of the request, ascending
    const Rules& rules;

    [[nodiscard]] bool admits(item_index item) const noexcept {
        return !std::binary_search(seen.begin(), seen.end(), item) &&
               !std::binary_search(history.begin(), history.end(), item) && filter.admits(item) &&
               rules_admit(item);
    }
    [[nodiscard]] static constexpr bool asks() noexcept {
        return !std::is_same_v<Rules, no_rules> || request_admission<Filter, Request>::asks();
    }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        sink(seen);
        sink(history);
        filter.visit_denied(sink);
    }
    [[nodiscard]] bool admits_unlisted(item_index item) const noexcept {
        return filter.admits_unlisted(item) && rules_admit(item);
    }

  private:
    [[nodiscard]] bool rules_admit([[maybe_unused]] item_index item) const noexcept {
        if constexpr (std::is_same_v<Rules, no_rules>)
            return true;
        else
            return rules.admits(filter.who, item);
    }
};

} // namespace hybrec::detail
