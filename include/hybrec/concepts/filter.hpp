// SPDX-License-Identifier: MIT
/// @file
/// Concepts of filters: which items, or which items for which user, may be recommended.
#pragma once

#include <hybrec/core/index.hpp>

#include <concepts>
#include <span>

namespace hybrec {

/// Decides about an index alone. `admits` is pure, thread-safe and `noexcept`; it is asked only
/// about candidates that would enter the result, so it may cost a lookup.
/// Models: `excluding`, `allowing`, `where`.
template <class Filter, class Index = item_index>
concept index_filter = requires(const Filter& filter, Index index) {
    { filter.admits(index) }
    noexcept->std::same_as<bool>;
};

/// Decides about an item for a known user. Model: `unseen_by_user`.
template <class Filter>
concept user_item_filter = requires(const Filter& filter, user_index user, item_index item) {
    { filter.admits(user, item) }
    noexcept->std::same_as<bool>;
};

/// What may filter recommendations to a known user. A filter that needs to know the user does not
/// fit a request of a user the model has never seen.
template <class Filter>
concept known_user_filter = index_filter<Filter, item_index> || user_item_filter<Filter>;

/// An index filter that is nothing but a list: `denied()` is sorted, and `admits(index)` holds for
/// exactly those that are not in it. A search then marks the list once instead of asking about
/// every candidate. Model: `excluding`.
template <class Filter, class Index = item_index>
concept index_deny_list = index_filter<Filter, Index> && requires(const Filter& filter) {
    { filter.denied() }
    noexcept->std::same_as<std::span<const Index>>;
};

/// The same with a list for each user. Model: `unseen_by_user`.
template <class Filter>
concept user_deny_list = user_item_filter<Filter> &&
    requires(const Filter& filter, user_index user) {
    { filter.denied(user) }
    noexcept->std::same_as<std::span<const item_index>>;
};

} // namespace hybrec
