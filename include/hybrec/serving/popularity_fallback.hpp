// SPDX-License-Identifier: MIT
/// @file
/// Answers every request with what needs no user.
#pragma once

#include <hybrec/concepts/engine.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/serving/outside_history.hpp>

#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// Has recommendations for nobody in particular: `recommend(n)`, and every user gets the same ones.
/// Models: `popularity`, `decayed_popularity`.
template <class Model>
concept userless_recommender = recommender<Model> && requires(const Model& model, std::size_t n) {
    model.recommend(n);
};

/// Makes an engine, usually the last resort of a service, of a model that needs no user. What is in the
/// request's history is left out. The model is held by value, or shared with `std::ref`.
template <class Model>
requires userless_recommender<held_type<Model>>
class popularity_fallback {
  public:
    struct workspace {};

    explicit popularity_fallback(Model model) : model_{std::move(model)} {}

    [[nodiscard]] const held_type<Model>& model() const noexcept { return model_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return model().item_count(); }

    template <class Context>
    std::size_t recommend_into(const request<Context>& who, std::span<scored_item> out,
                               workspace&) const {
        return model().recommend_into(user_index{}, out, outside_history{who.history});
    }

  private:
    Model model_;
};

} // namespace hybrec
