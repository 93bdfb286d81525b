// SPDX-License-Identifier: MIT
/// @file
/// Splits a filter into the lists it denies, which a search marks, and the rest, which it asks.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <concepts>
#include <span>

namespace hybrec {

/// What a search asks about rows. `visit_denied(sink)` calls `sink` with sorted lists of denied
/// indices; `admits_unlisted(index)` decides about those that are in no list, `admits(index)` about
/// any. `asks()` is false if `admits_unlisted` never says no. Lists are marked once per search;
/// questions are asked about the few candidates only.
/// Models: `index_admission`, `user_admission`, `others_admission`.
template <class Admission, class Index>
concept admission = requires(const Admission& admission, Index index,
                             void (*sink)(std::span<const Index>)) {
    { admission.admits(index) }
    noexcept->std::same_as<bool>;
    { admission.admits_unlisted(index) }
    noexcept->std::same_as<bool>;
    { admission.asks() }
    noexcept->std::same_as<bool>;
    admission.visit_denied(sink);
};

/// A filter for requests that know no user. See below for filters that are admissions themselves.
template <class Filter, class Index>
struct index_admission {
    const Filter& filter;

    [[nodiscard]] bool admits(Index index) const noexcept { return filter.admits(index); }
    [[nodiscard]] static constexpr bool asks() noexcept {
        return !index_deny_list<Filter, Index> && !std::same_as<Filter, unfiltered>;
    }

    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        if constexpr (index_deny_list<Filter, Index>)
            sink(filter.denied());
    }
    [[nodiscard]] bool admits_unlisted([[maybe_unused]] Index index) const noexcept {
        if constexpr (index_deny_list<Filter, Index>)
            return true;
        else
            return filter.admits(index);
    }
};

/// What is an admission already stays what it is.
template <class Filter, class Index>
requires admission<Filter, Index>
struct index_admission<Filter, Index> : Filter {
    explicit index_admission(const Filter& same) noexcept : Filter{same} {}
};

template <class Left, class Right>
struct index_admission<both<Left, Right>, item_index> {
    const both<Left, Right>& filter;

    [[nodiscard]] auto left() const noexcept {
        return index_admission<Left, item_index>{filter.left()};
    }
    [[nodiscard]] auto right() const noexcept {
        return index_admission<Right, item_index>{filter.right()};
    }
    [[nodiscard]] bool admits(item_index item) const noexcept { return filter.admits(item); }
    [[nodiscard]] static constexpr bool asks() noexcept {
        return index_admission<Left, item_index>::asks() ||
               index_admission<Right, item_index>::asks();
    }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        left().visit_denied(sink);
        right().visit_denied(sink);
    }
    [[nodiscard]] bool admits_unlisted(item_index item) const noexcept {
        return left().admits_unlisted(item) && right().admits_unlisted(item);
    }
};

/// A filter for requests of a known user.
template <class Filter>
struct user_admission {
    const Filter& filter;
    user_index user;

    [[nodiscard]] bool admits(item_index item) const noexcept {
        return hybrec::admits(filter, user, item);
    }
    [[nodiscard]] static constexpr bool asks() noexcept {
        if constexpr (user_item_filter<Filter>)
            return !user_deny_list<Filter>;
        else
            return index_admission<Filter, item_index>::asks();
    }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        if constexpr (user_deny_list<Filter>)
            sink(filter.denied(user));
        else if constexpr (!user_item_filter<Filter>)
            index_admission<Filter, item_index>{filter}.visit_denied(sink);
    }
    [[nodiscard]] bool admits_unlisted([[maybe_unused]] item_index item) const noexcept {
        if constexpr (user_deny_list<Filter>)
            return true;
        else if constexpr (!user_item_filter<Filter>)
            return index_admission<Filter, item_index>{filter}.admits_unlisted(item);
        else
            return filter.admits(user, item);
    }
};

template <class Left, class Right>
struct user_admission<both<Left, Right>> {
    const both<Left, Right>& filter;
    user_index user;

    [[nodiscard]] auto left() const noexcept { return user_admission<Left>{filter.left(), user}; }
    [[nodiscard]] auto right() const noexcept {
        return user_admission<Right>{filter.right(), user};
    }
    [[nodiscard]] bool admits(item_index item) const noexcept {
        return hybrec::admits(filter, user, item);
    }
    [[nodiscard]] static constexpr bool asks() noexcept {
        return user_admission<Left>::asks() || user_admission<Right>::asks();
    }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        left().visit_denied(sink);
        right().visit_denied(sink);
    }
    [[nodiscard]] bool admits_unlisted(item_index item) const noexcept {
        return left().admits_unlisted(item) && right().admits_unlisted(item);
    }
};

/// Another admission, and never `self`: what resembles a row is not the row.
template <class Admission, class Index>
struct others_admission {
    Admission rest;
    Index self;

    [[nodiscard]] bool admits(Index index) const noexcept {
        return index != self && rest.admits(index);
    }
    [[nodiscard]] static constexpr bool asks() noexcept { return Admission::asks(); }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        sink(span_of_one(self));
        rest.visit_denied(sink);
    }
    [[nodiscard]] bool admits_unlisted(Index index) const noexcept {
        return rest.admits_unlisted(index);
    }
};

} // namespace hybrec
