// SPDX-License-Identifier: MIT
/// @file
/// Makes a similarity source of whatever a user has at hand.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/rerank/embedding_similarity.hpp>
#include <hybrec/rerank/feature_similarity.hpp>
#include <hybrec/rerank/pairwise_similarity.hpp>

#include <concepts>
#include <type_traits>

namespace hybrec {

namespace detail {

template <class Held>
struct similarity_choice;

template <class Held>
requires similarity_source<held_type<Held>>
struct similarity_choice<Held> : std::type_identity<Held> {
};

template <class Held>
requires item_feature_matrix<held_type<Held>>
struct similarity_choice<Held> : std::type_identity<feature_similarity<Held>> {
};

template <class Held>
requires embedding_model<held_type<Held>> && item_similarity_model<held_type<Held>>
struct similarity_choice<Held> : std::type_identity<embedding_similarity<Held>> {
};

template <class Held>
requires likeness_of_items<held_type<Held>>
struct similarity_choice<Held> : std::type_identity<pairwise_similarity<Held>> {
};

} // namespace detail

/// The source of likeness that something stands for, held by value or shared with `std::ref`: an item ×
/// feature matrix (cosine of rows), a model with vectors of items and a likeness of its own (cosine of
/// vectors), a function of two items, or a `similarity_source` as it is.
template <class Held>
using similarity_from = typename detail::similarity_choice<Held>::type;

/// What `similarity_from` takes.
template <class Held>
concept similarity_input = requires {
    typename similarity_from<Held>;
};

} // namespace hybrec
