// SPDX-License-Identifier: MIT
/// @file
/// A model that is chosen at run time.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/weighted.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// A model was asked for something that it cannot do. The message names the ability and the model.
class missing_ability_error : public error {
  public:
    missing_ability_error(std::string_view model, std::string_view ability)
        : error{std::string{model} + " is not " + std::string{ability}} {}
};

/// Any recommender with scores of type float whose `knows(user)` tells whom it can serve: a
/// configuration decides, not the program. A call costs one virtual call, and filters are asked
/// about candidates one by one, also those that are lists. What a model need not be able to do can be
/// asked, and is refused with an error that names the ability. Copies share the model, which never
/// changes. Const calls are as thread-safe as those of the model.
///
/// It stands beside `service`, because hybrids know their parts at compile time; the meaning of its scores,
/// `kind()`, is known at run time only, so no combiner takes it.
class any_recommender {
    /// A filter whose type is forgotten.
    struct some_filter {
        const void* filter;
        bool (*asks)(const void*, user_index, item_index) noexcept;

        [[nodiscard]] bool admits(user_index user, item_index item) const noexcept {
            return asks(filter, user, item);
        }
    };
    /// The same for users that the model has not seen.
    struct some_item_filter {
        some_filter rest;
        [[nodiscard]] bool admits(item_index item) const noexcept {
            return rest.admits(user_index{}, item);
        }
    };

  public:
    using score_type = float;

    template <class Model>
    requires(
        recommender<Model>&& knows_users<Model>&& std::same_as<typename Model::score_type, float> &&
        !std::same_as<Model, any_recommender>) any_recommender(Model model)
        : model_{std::make_shared<holder<Model>>(std::move(model))} {}

    [[nodiscard]] std::string name() const { return model_->name(); }
    [[nodiscard]] score_kind kind() const noexcept { return model_->kind(); }
    [[nodiscard]] std::size_t user_count() const { return model_->user_count(); }
    [[nodiscard]] std::size_t item_count() const { return model_->item_count(); }
    [[nodiscard]] bool knows(user_index user) const noexcept { return model_->knows(user); }
    [[nodiscard]] bool can_score() const noexcept { return model_->can_score(); }
    [[nodiscard]] bool can_fold_in() const noexcept { return model_->can_fold_in(); }

    /// @throws missing_ability_error unless `can_score()`.
    void score(user_index user, std::span<const item_index> items, std::span<float> out) const {
        model_->score(user, items, out);
    }

    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        return model_->recommend_into(user, out, forget(filter));
    }

    /// For a user that the model has not seen. @throws missing_ability_error unless `can_fold_in()`.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(std::span<const weighted_item> history,
                                                std::size_t n, const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(history, as_writable_span(result), filter));
        return result;
    }
    template <index_filter Filter = unfiltered>
    std::size_t recommend_into(std::span<const weighted_item> history, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        return model_->recommend_into(history, out, {forget(filter)});
    }

    /// The model, if it is a `Model`; else null.
    template <class Model>
    [[nodiscard]] const Model* get_if() const noexcept {
        const auto* held = dynamic_cast<const holder<Model>*>(model_.get());
        return held ? &held->model : nullptr;
    }

  private:
    template <class Filter>
    static some_filter forget(const Filter& filter) noexcept {
        return {std::addressof(filter),
                [](const void* kept, user_index user, item_index item) noexcept {
                    return admits(*static_cast<const Filter*>(kept), user, item);
                }};
    }

    struct any_model {
        virtual ~any_model() = default;
        virtual std::string name() const = 0;
        virtual score_kind kind() const noexcept = 0;
        virtual std::size_t user_count() const = 0;
        virtual std::size_t item_count() const = 0;
        virtual bool knows(user_index) const noexcept = 0;
        virtual bool can_score() const noexcept = 0;
        virtual bool can_fold_in() const noexcept = 0;
        virtual void score(user_index, std::span<const item_index>, std::span<float>) const = 0;
        virtual std::size_t recommend_into(user_index, std::span<scored_item>,
                                           const some_filter&) const = 0;
        virtual std::size_t recommend_into(std::span<const weighted_item>, std::span<scored_item>,
                                           const some_item_filter&) const = 0;
    };

    template <class Model>
    static constexpr bool
        folds = requires(const Model& model, std::span<const weighted_item> history,
                         std::span<scored_item> out, const some_item_filter& filter) {
        { model.recommend_into(model.fold_in(history), out, filter) } -> std::same_as<std::size_t>;
    };

    template <class Model>
    struct holder final : any_model {
        explicit holder(Model its_model) : model{std::move(its_model)} {}

        std::string name() const override {
            if constexpr (requires { Model::type_name(); })
                return Model::type_name();
            else
                return "the model";
        }
        score_kind kind() const noexcept override { return Model::kind; }
        std::size_t user_count() const override { return model.user_count(); }
        std::size_t item_count() const override { return model.item_count(); }
        bool knows(user_index user) const noexcept override { return model.knows(user); }
        bool can_score() const noexcept override { return scorer<Model>; }
        bool can_fold_in() const noexcept override { return folds<Model>; }

        void score([[maybe_unused]] user_index user,
                   [[maybe_unused]] std::span<const item_index> items,
                   [[maybe_unused]] std::span<float> out) const override {
            if constexpr (scorer<Model>)
                model.score(user, items, out);
            else
                throw missing_ability_error{name(), "a scorer"};
        }
        std::size_t recommend_into(user_index user, std::span<scored_item> out,
                                   const some_filter& filter) const override {
            return model.recommend_into(user, out, filter);
        }
        std::size_t recommend_into([[maybe_unused]] std::span<const weighted_item> history,
                                   [[maybe_unused]] std::span<scored_item> out,
                                   [[maybe_unused]] const some_item_filter& filter) const override {
            if constexpr (folds<Model>)
                return model.recommend_into(model.fold_in(history), out, filter);
            else
                throw missing_ability_error{name(), "foldable"};
        }

        Model model;
    };

    std::shared_ptr<const any_model> model_;
};

} // namespace hybrec
