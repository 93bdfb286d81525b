// SPDX-License-Identifier: MIT
/// @file
/// A blend whose weights are learned on validation data.
#pragma once

#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/k_folds.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/detail/best_rows.hpp>
#include <hybrec/hybrid/detail/learning_lists.hpp>
#include <hybrec/hybrid/labelled_lists.hpp>
#include <hybrec/hybrid/learning.hpp>
#include <hybrec/hybrid/linear_blend.hpp>
#include <hybrec/hybrid/normalize_column.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

/// `stacking{ridge{}, als, item_knn, content}` (Wolpert 1992): a linear blend of normalized scores whose
/// weights a learner finds on data that the parts were not trained on: `ridge`, `non_negative_least_squares`,
/// `logistic`, `ndcg_search`. With features, `stacking{ridge{}, z_score{}, features, als, item_knn}`, the weights
/// depend on them (Sill et al. 2009). Before anything is learned all parts count the same.
///
/// Scores are normalized over the whole catalogue where it is a model, over the candidates where it is
/// the ranker of a pipeline. The weights belong to one or the other: `learn` finds those of the model,
/// `pipeline::fit` those of the ranker.
template <class Learner, normalizer Normalizer, class Features, scoring_component... Models>
requires blend_learner<Learner, labelled_lists<as_is, Features>>
class stacking : public blend<linear_blend<Normalizer, Features>, Models...> {
  public:
    using trained_type = blend<linear_blend<Normalizer, Features>, Models...>;

    stacking(Learner learner, Normalizer its_normalizer, Features features, Models... models)
        : trained_type{linear_blend<Normalizer, Features>{equal_weights(features.size()), 0,
                                                          std::move(its_normalizer),
                                                          std::move(features)},
                       std::move(models)...},
          learner_{std::move(learner)} {}
    stacking(Learner learner, Normalizer its_normalizer, Models... models)
        : stacking{std::move(learner), std::move(its_normalizer), Features{},
                   std::move(models)...} {}
    stacking(Learner learner, Models... models)
        : stacking{std::move(learner), Normalizer{}, Features{}, std::move(models)...} {}

    /// What has been learned, which can be saved.
    [[nodiscard]] const trained_type& trained() const noexcept { return *this; }
    [[nodiscard]] const Learner& learner() const noexcept { return learner_; }

    /// Trains the parts on `train`, each once, and learns their weights on `validation`.
    /// @throws what the parts and `learn` throw
    void fit(const user_items& train, const user_items& validation,
             const learning_options& options = {}, const execution& where = {}) {
        trained_type::fit(train, where);
        learn(train, validation, options, where);
    }

    /// Learns the weights of parts that are trained, or of some that are trained otherwise. For each
    /// user with validation data the best items of each part that are not in `train` make a list; those in
    /// `validation` are relevant.
    /// @throws shape_error if the matrices differ in shape; data_error if the validation data has entries of
    ///         the training data, or none at all, or what the learner needs is missing.
    void learn(user_items_view train, user_items_view validation,
               const learning_options& options = {}, const execution& where = {}) {
        labelled_lists<as_is, Features> lists{
            sizeof...(Models), {}, {}, this->combiner().features()};
        collect(lists, train, validation, options, where);
        take(learner_.learn(lists, where));
    }

    /// Learns from all of `interactions`: of each of `folds` random parts, from models trained on the others.
    /// Then trains the parts on everything.
    void fit_out_of_fold(const user_items& interactions, std::size_t folds = 5,
                         std::uint64_t seed = 42, const learning_options& options = {},
                         const execution& where = {}) {
        labelled_lists<as_is, Features> lists{
            sizeof...(Models), {}, {}, this->combiner().features()};
        for (const split& fold : k_folds(interactions, folds, seed)) {
            trained_type::fit(fold.train, where);
            collect(lists, fold.train.view(), fold.test.view(), options, where);
        }
        take(learner_.learn(lists, where));
        trained_type::fit(interactions, where);
    }

    /// Learns the weights of a ranker: `propose(request, items)` appends the candidates of a request, which
    /// must not hold what the parts were trained on. See `pipeline::fit`.
    template <class Propose>
    void learn_ranking(user_items_view validation, const Propose& propose,
                       const learning_options& options, const execution& where) {
        labelled_lists<Normalizer, Features> lists{
            sizeof...(Models), {}, this->combiner().its_normalizer(), this->combiner().features()};
        detail::for_each_learning_list(
            validation, options.most_users,
            [&](const request<>& who, score_table& table) {
                std::vector<item_index> items;
                propose(who, items);
                this->gather(who, items, table);
            },
            [&](const request<>& who, score_table& table, std::span<const float> labels) {
                lists.add(who, table, labels);
            },
            where);
        take(learner_.learn(lists, where));
    }

  private:
    [[nodiscard]] static std::vector<float> equal_weights(std::size_t features) {
        std::vector<float> weights(sizeof...(Models) * (features + 1));
        for (std::size_t part = 0; part < sizeof...(Models); ++part)
            weights[part * (features + 1)] = 1.0F / static_cast<float>(sizeof...(Models));
        return weights;
    }

    void collect(labelled_lists<as_is, Features>& lists, user_items_view train,
                 user_items_view validation, const learning_options& options,
                 const execution& where) const {
        detail::require_out_of_fold(train, validation);
        detail::for_each_learning_list(
            validation, options.most_users,
            [&](const request<>& who, score_table& table) {
                score_table catalogue;
                this->gather_catalogue(who, catalogue);
                normalizing_workspace<Normalizer> memory;
                for (std::size_t part = 0; part < sizeof...(Models); ++part)
                    normalize_column(this->combiner().its_normalizer(), catalogue, part, memory);
                detail::keep_best_rows(catalogue, options.depth, train.row(*who.user).columns(),
                                       table);
            },
            [&](const request<>& who, score_table& table, std::span<const float> labels) {
                lists.add(who, table, labels);
            },
            where);
    }

    template <class Learned>
    void take(const Learned& learned) {
        this->combiner() =
            linear_blend<Normalizer, Features>{{learned.weights().begin(), learned.weights().end()},
                                               learned.intercept(),
                                               this->combiner().its_normalizer(),
                                               this->combiner().features()};
    }

    Learner learner_;
};

template <class Learner, scoring_component... Models>
stacking(Learner, Models...) -> stacking<Learner, z_score, no_features, Models...>;
template <class Learner, normalizer Normalizer, scoring_component... Models>
stacking(Learner, Normalizer, Models...) -> stacking<Learner, Normalizer, no_features, Models...>;
template <class Learner, normalizer Normalizer, blend_features Features,
          scoring_component... Models>
stacking(Learner, Normalizer, Features, Models...)
    -> stacking<Learner, Normalizer, Features, Models...>;

} // namespace hybrec
