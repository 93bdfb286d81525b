// SPDX-License-Identifier: MIT
/// @file
/// Makes an engine of a model.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/serving/outside_history.hpp>

#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// What a `model_engine` needs of a model: it knows users, and writes scored_item.
/// Models: the recommenders of the library with scores of type float, `any_recommender`.
template <class Model>
concept servable_model = sized_model<Model> && knows_users<Model> &&
    requires(const Model& model, user_index user, std::span<scored_item> out,
             const archetype::item_filter& filter) {
    { model.recommend_into(user, out, filter) } -> std::same_as<std::size_t>;
};

struct model_engine_options {
    bool exclude_history = true; ///< items of the request's history are not recommended
};

/// Answers a request with a model: a known user from what the model knows, somebody else from the
/// request's history if the model can fold in; anybody else gets nothing, so that a service turns to
/// its fallback. `filter` applies to all of them if it decides about items alone; one that asks for the
/// user (`unseen_by_user`) applies to known ones.
///
/// Answers to known users allocate nothing; `fold_in` does. Model and filter are held by value, or shared
/// with `std::ref`.
template <class Model, known_user_filter Filter = unfiltered>
requires servable_model<held_type<Model>>
class model_engine {
  public:
    struct workspace {};

    explicit model_engine(Model model, Filter filter = {}, model_engine_options options = {})
        : model_{std::move(model)}, filter_{std::move(filter)}, options_{options} {}

    [[nodiscard]] const held_type<Model>& model() const noexcept { return model_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return model().item_count(); }

    template <class Context>
    std::size_t recommend_into(const request<Context>& who, std::span<scored_item> out,
                               workspace&) const {
        const outside_history unseen{options_.exclude_history ? who.history
                                                              : std::span<const weighted_item>{}};
        const bool known = who.user && model().knows(*who.user);
        if (known && who.history.empty())
            return model().recommend_into(*who.user, out, filter_);
        if (known)
            return model().recommend_into(*who.user, out, joined{filter_, unseen});
        if (who.history.empty())
            return 0;
        if constexpr (index_filter<Filter>)
            return fold(who.history, out, joined{filter_, unseen});
        else
            return fold(who.history, out, unseen);
    }

  private:
    /// What both admit. `filter & unseen` would copy the filter, which may own a list.
    struct joined {
        const Filter& filter;
        const outside_history& unseen;

        [[nodiscard]] bool admits(item_index item) const noexcept requires index_filter<Filter> {
            return filter.admits(item) && unseen.admits(item);
        }
        [[nodiscard]] bool
        admits(user_index user, item_index item) const noexcept requires user_item_filter<Filter> {
            return filter.admits(user, item) && unseen.admits(item);
        }
    };

    std::size_t fold(std::span<const weighted_item> history, std::span<scored_item> out,
                     const index_filter auto& filter) const {
        const held_type<Model>& known = model_;
        if constexpr (requires { known.recommend_into(known.fold_in(history), out, filter); })
            return known.recommend_into(known.fold_in(history), out, filter);
        else if constexpr (requires { known.recommend_into(history, out, filter); })
            return known.can_fold_in() ? known.recommend_into(history, out, filter) : 0;
        else
            return 0;
    }

    Model model_;
    Filter filter_;
    model_engine_options options_;
};

} // namespace hybrec
