// SPDX-License-Identifier: MIT
/// @file
/// Filters and rules as they apply to one request.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/filters.hpp>

namespace hybrec {

/// What may filter the answers to a request: filters of items or of users' items, and rules that
/// read the request.
template <class Filter, class Request = request<>>
concept request_filter = hard_filter<Filter, Request>;

/// An admission (and an `index_filter`) of what `filter` admits for `who`. A filter that asks about
/// users denies nothing to a request without one.
template <class Filter, class Request>
struct request_admission {
    const Filter& filter;
    const Request& who;

    [[nodiscard]] bool admits([[maybe_unused]] item_index item) const noexcept {
        if constexpr (!known_user_filter<Filter>)
            return filter.admits(who, item);
        else if constexpr (user_item_filter<Filter>)
            return !who.user || filter.admits(*who.user, item);
        else
            return filter.admits(item);
    }
    [[nodiscard]] static constexpr bool asks() noexcept {
        if constexpr (known_user_filter<Filter>)
            return user_admission<Filter>::asks();
        else
            return true;
    }
    template <class Sink>
    void visit_denied([[maybe_unused]] Sink&& sink) const noexcept {
        if constexpr (user_deny_list<Filter>) {
            if (who.user)
                sink(filter.denied(*who.user));
        } else if constexpr (known_user_filter<Filter> && !user_item_filter<Filter>) {
            index_admission<Filter, item_index>{filter}.visit_denied(sink);
        }
    }
    [[nodiscard]] bool admits_unlisted(item_index item) const noexcept {
        if constexpr (user_deny_list<Filter>)
            return true;
        else if constexpr (known_user_filter<Filter> && !user_item_filter<Filter>)
            return index_admission<Filter, item_index>{filter}.admits_unlisted(item);
        else
            return admits(item);
    }
};

} // namespace hybrec
