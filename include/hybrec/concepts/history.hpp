// SPDX-License-Identifier: MIT
/// @file
/// Concepts of histories: what a user did, as an application holds it.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>

#include <concepts>
#include <type_traits>

namespace hybrec {

/// An index with a weight, such as `weighted_item` or an entry of a matrix row.
template <class Entry, class Index>
concept weighted_entry_of = requires(const Entry& entry) {
    { entry.index } -> std::convertible_to<Index>;
    { entry.value } -> std::convertible_to<double>;
};

/// A range of indices (each of weight 1), or of indices with weights. In any order; several entries
/// of the same index count together. Models: `std::vector<item_index>`, a row of a matrix.
template <class Range, class Index>
concept history_of = std::ranges::input_range<Range> &&
    (std::same_as<std::remove_cvref_t<std::ranges::range_reference_t<Range>>, Index> ||
     weighted_entry_of<std::remove_cvref_t<std::ranges::range_reference_t<Range>>, Index>);

/// A history of items: what one user did.
template <class Range>
concept item_history = history_of<Range, item_index>;

/// A history of users: who did something with one item.
template <class Range>
concept user_history = history_of<Range, user_index>;

} // namespace hybrec
