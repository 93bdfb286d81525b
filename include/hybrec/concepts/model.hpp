// SPDX-License-Identifier: MIT
/// @file
/// Concepts of models: what a trained model can be asked. A hybrid satisfies those that its parts
/// satisfy.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/core/scored.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace hybrec {

namespace archetype {

/// The least that a filter offers; used to state requirements on models.
struct item_filter {
    [[nodiscard]] bool admits(item_index) const noexcept { return true; }
};

} // namespace archetype

/// Knows how many users and items it was trained on.
template <class Model>
concept sized_model = requires(const Model& model) {
    { model.user_count() } -> std::convertible_to<std::size_t>;
    { model.item_count() } -> std::convertible_to<std::size_t>;
};

/// Says what its scores mean: `Model::kind` is a `score_kind`, `Model::score_type` their type.
template <class Model>
concept has_score_kind = requires {
    typename Model::score_type;
    { Model::kind } -> std::convertible_to<score_kind>;
};

/// Scores given items for a user: one value per item, higher is better. `out[i]` depends only on
/// the user, `items[i]` and the trained state. Does not allocate; safe for concurrent calls.
template <class Model>
concept scorer = sized_model<Model> && has_score_kind<Model> &&
    requires(const Model& model, user_index user, std::span<const item_index> items,
             std::span<typename Model::score_type> out) {
    { model.score(user, items, out) }
    noexcept;
};

/// Scores the whole catalogue at once: `score_all(user, out)` writes the score of item i to `out[i]`, with the
/// bits of `score`. `out` has `item_count()` places, starts at a multiple of 64 bytes, and its memory
/// extends to the next one, which may be written.
template <class Model>
concept catalogue_scorer = scorer<Model> &&
    requires(const Model& model, user_index user, std::span<typename Model::score_type> out) {
    { model.score_all(user, out) }
    noexcept;
};

/// Its score of 0 means that it has nothing to say about the item.
template <class Model>
concept zero_is_no_score = requires {
    requires bool{Model::zero_is_no_score};
};

/// Ranks the whole catalogue for a user. `recommend(user, n, filter)` gives at most `n` admitted
/// items in the order of `ranks_before`; `recommend_into` writes them into the caller's buffer,
/// whose size is n, and returns how many there are.
template <class Model>
concept recommender = sized_model<Model> && has_score_kind<Model> &&
    requires(const Model& model, user_index user, std::size_t n,
             const archetype::item_filter& filter,
             std::span<scored<item_index, typename Model::score_type>> out) {
    { model.recommend(user, n) } -> std::ranges::random_access_range;
    { model.recommend(user, n, filter) } -> std::ranges::random_access_range;
    { model.recommend_into(user, out, filter) } -> std::same_as<std::size_t>;
};

/// Tells which users it has a basis to recommend to. A user without interactions is not known.
template <class Model>
concept knows_users = requires(const Model& model, user_index user) {
    { model.knows(user) }
    noexcept->std::same_as<bool>;
};

/// Represents users and items as vectors of the same space.
template <class Model>
concept embedding_model = sized_model<Model> && requires(const Model& model) {
    model.user_factors();
    model.item_factors();
};

/// Ranks items by likeness to an item.
template <class Model>
concept item_similarity_model = requires(const Model& model, item_index item, std::size_t n) {
    { model.similar_items(item, n) } -> std::ranges::random_access_range;
};

/// Ranks users by likeness to a user.
template <class Model>
concept user_similarity_model = requires(const Model& model, user_index user, std::size_t n) {
    { model.similar_users(user, n) } -> std::ranges::random_access_range;
};

/// Takes users it has never seen: `fold_in(history)` represents one, and `recommend` takes the
/// result in place of a user.
template <class Model>
concept foldable = requires(const Model& model, std::span<const item_index> history,
                            std::size_t n) {
    { model.recommend(model.fold_in(history), n) } -> std::ranges::random_access_range;
};

/// Explains a score as a sum of parts, one for each item of the user's history.
template <class Model>
concept explainable = requires(const Model& model, user_index user, item_index item) {
    model.explain(user, item).parts;
    model.explain(user, item).score;
};

} // namespace hybrec
