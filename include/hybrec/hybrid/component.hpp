// SPDX-License-Identifier: MIT
/// @file
/// How the parts of a hybrid are asked: any model by any request.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/request_admission.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>

namespace hybrec {

/// Answers requests itself, context and all: hybrids and pipelines.
template <class Model, class Request = request<>>
concept request_recommender = sized_model<Model> && has_score_kind<Model> &&
    requires(const Model& model, const Request& who, std::span<scored_item> out) {
    { model.recommend_into(who, out, unfiltered{}) } -> std::same_as<std::size_t>;
};

/// A model whose scores are `float`, in which hybrids count.
template <class Model>
concept scores_in_float = has_score_kind<Model> && std::same_as<typename Model::score_type, float>;

/// What a hybrid can be made of: a recommender, held by value or shared with `std::ref`.
template <class Held>
concept component = scores_in_float<held_type<Held>> && recommender<held_type<Held>>;

/// A component that also scores given items.
template <class Held>
concept scoring_component = component<Held> && scorer<held_type<Held>>;

/// Components whose scores are of one kind.
template <class... Held>
concept same_kinds = (component<Held> && ...) &&
                     ((held_type<Held>::kind == std::array{held_type<Held>::kind...}[0]) && ...);

/// The model that a part holds.
template <class Held>
[[nodiscard]] constexpr const held_type<Held>& model_of(const Held& held) noexcept {
    return held;
}
/// To be trained, unless it is shared with `std::cref`: such a part stays what it is.
template <class Held>
[[nodiscard]] constexpr std::unwrap_reference_t<Held>& model_of(Held& held) noexcept {
    return held;
}

namespace detail {

/// A recommender that serves users it knows nothing of.
template <class Model>
concept serves_everybody = requires(const Model& model, std::size_t n) {
    model.recommend(n);
};

template <class Model>
[[nodiscard]] bool knows_user(const Model& model, user_index user) noexcept {
    if constexpr (knows_users<Model>)
        return model.knows(user);
    else
        return user.value() < model.user_count();
}

} // namespace detail

/// Calls `use(user)` with what `model` takes for the user of a request: the request itself if the
/// model is a hybrid, the index of a user it knows, what `fold_in` makes of the history, or any
/// index where the model serves everybody. Returns whether there was anything to call it with.
///
/// A user that the model knows is asked for by index even if the request brings a history.
/// @throws what `fold_in` throws for a history that is not one of the model's items
template <class Model, class Context, class Use>
bool with_user_of(const Model& model, const request<Context>& who, Use&& use) {
    if constexpr (request_recommender<Model, request<Context>>) {
        if (!model.knows(who))
            return false;
        use(who);
        return true;
    } else {
        if (who.user && detail::knows_user(model, *who.user)) {
            use(*who.user);
            return true;
        }
        if constexpr (foldable<Model>) {
            if (!who.history.empty()) {
                use(model.fold_in(who.history));
                return true;
            }
        }
        if constexpr (detail::serves_everybody<Model>) {
            use(user_index{});
            return true;
        }
        return false;
    }
}

/// Whether `model` has a basis to answer a request.
template <class Model, class Context>
[[nodiscard]] bool knows_request(const Model& model, const request<Context>& who) noexcept {
    if constexpr (request_recommender<Model, request<Context>>)
        return model.knows(who);
    else
        return (who.user && detail::knows_user(model, *who.user)) ||
               (foldable<Model> && !who.history.empty()) || detail::serves_everybody<Model>;
}

/// The best items of `model` that `filter` admits, into the caller's memory; returns how many there
/// are, 0 if the model has no basis for the request.
template <class Model, class Context, index_filter Filter>
std::size_t ask_for_items(const Model& model, const request<Context>& who,
                          std::span<scored_item> out, const Filter& filter) {
    std::size_t size = 0;
    with_user_of(model, who,
                 [&](const auto& user) { size = model.recommend_into(user, out, filter); });
    return size;
}

/// The scores of `items` into `out`; false, and `out` as it was, if the model has no basis.
template <class Model, class Context>
bool ask_for_scores(const Model& model, const request<Context>& who,
                    std::span<const item_index> items, std::span<float> out) {
    return with_user_of(model, who, [&](const auto& user) { model.score(user, items, out); });
}

/// Explains its scores for visitors too, if `fold_in` makes something of their history.
template <class Model>
concept explains_visitors =
    !foldable<Model> ||
    requires(const Model& model, std::span<const weighted_item> history, item_index item) {
    model.explain(model.fold_in(history), item).parts;
}
|| requires(const Model& model, std::span<const weighted_item> history, item_index item) {
    model.explain(model.fold_in(history), item, history).parts;
};

/// Scores without looking at what a user did, as `popularity` does: no history accounts for any of it.
template <class Model>
concept ignores_histories = detail::serves_everybody<Model> && scorer<Model> && !explainable<Model>;

/// A component that explains its scores, for users by index, or for visitors as well; or one whose scores
/// need no explanation by a history.
template <class Held, class User = user_index>
concept explaining_component = component<Held> &&
    (ignores_histories<held_type<Held>> ||
     (explainable<held_type<Held>> &&
      (std::same_as<User, user_index> || explains_visitors<held_type<Held>>)));

/// Why `item` has its score in `model`; nothing if the model has no basis, or does not have the item.
/// @pre the request is a user's index, unless the model explains for visitors.
template <class Model, class Context>
[[nodiscard]] explanation<float> ask_why(const Model& model, const request<Context>& who,
                                         item_index item) {
    explanation<float> why;
    if (item.value() < model.item_count())
        with_user_of(model, who, [&](const auto& user) {
            if constexpr (requires { model.explain(user, item); })
                why = model.explain(user, item);
            else if constexpr (requires { model.explain(user, item, who.history); })
                why = model.explain(user, item, who.history);
            else if constexpr (ignores_histories<Model>)
                model.score(user, span_of_one(item), span_of_one(why.score)),
                    why.remainder = why.score;
            else if (who.user)
                why = model.explain(*who.user, item);
        });
    return why;
}

} // namespace hybrec
