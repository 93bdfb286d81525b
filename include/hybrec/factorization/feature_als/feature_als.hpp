// SPDX-License-Identifier: MIT
/// @file
/// Implicit ALS whose vectors are drawn to what features of users and items say.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/confidence.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/factorization/detail/explained_model.hpp>
#include <hybrec/factorization/detail/row_solver.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/factorization/feature_als/detail/feature_map.hpp>
#include <hybrec/factorization/feature_als/detail/prior_system.hpp>
#include <hybrec/factorization/feature_als/options.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/require_trainable.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Implicit ALS in which a user's vector is drawn to W·f for the user's features f instead of to
/// zero, and an item's likewise (the prior of Agarwal and Chen 2009, "Regression-based latent factor
/// models", in the normal equations of Hu, Koren, Volinsky 2008):
///
///     xᵤ = (α₀YᵀY + YᵀAᵤY + λI)⁻¹ (Yᵀbᵤ + λ·W f_u)
///
/// After every half-step W is the ridge regression of the solved vectors on their features. Users and
/// items without interactions get W f: with features they are known, without they are not.
/// Features of one side may be missing (a matrix without columns); without any this is implicit ALS.
///
/// The prior enters a row's system as one more entry, W f, with weight 0 and target λ. `explain` says
/// what each item of the history adds: as xᵤ = A⁻¹·(Σ bₖ·yₖ + λ·W f), item k adds bₖ·⟨yᵢ, A⁻¹yₖ⟩. The
/// remainder is the part of the prior, λ·⟨yᵢ, A⁻¹·W f⟩: all there is for a user without history.
///
/// The same data, options and seed give the same bits for any number of threads. Const calls are
/// thread-safe. If a call throws, the model is what it was before.
template <confidence_policy Confidence = hu_koren_volinsky>
class feature_als : public detail::explained_model<feature_als<Confidence>, float> {
    using base = detail::explained_model<feature_als, float>;

  public:
    using weight_table = factor_table<feature_index, float>;

    /// @throws option_error naming the field, its value and the valid range.
    explicit feature_als(feature_als_options options = {}, Confidence confidence = {})
        : options_{options}, confidence_{confidence} {
        validate(options);
        confidence.check();
    }

    [[nodiscard]] const feature_als_options& options() const noexcept { return options_; }
    [[nodiscard]] const Confidence& confidence() const noexcept { return confidence_; }
    [[nodiscard]] bool fitted() const noexcept { return !item_gram_.empty(); }
    /// W of the users, transposed: a vector per feature.
    [[nodiscard]] const weight_table& user_weights() const noexcept { return user_weights_; }
    [[nodiscard]] const weight_table& item_weights() const noexcept { return item_weights_; }

    /// Trains from random starting user vectors.
    ///
    /// @param interactions users × items. An rvalue `csr_matrix` is kept as history without a copy.
    /// @param of_users     users × features, or without columns
    /// @param of_items     items × features, or without columns
    /// @param progress     told of every iteration
    /// @param validator    judges the model after every iteration; the best factors are kept
    /// @throws shape_error if the features are not of these users and items, data_error,
    ///         numeric_error, memory_budget_error, cancelled.
    /// Complexity: O(entries·f² + (users + items)·f³) per iteration, and O(f) per entry of features
    /// and step.
    template <user_item_source Matrix, progress_observer Progress = no_progress,
              validator_of<feature_als> Validator = no_validator>
    fit_report fit(Matrix&& interactions, const user_features& of_users,
                   const item_features& of_items, Progress&& progress = {},
                   Validator&& validator = {}, const execution& where = {}) {
        require_trainable(interactions, type_name());
        require_features(of_users, interactions.row_count(), "user");
        require_features(of_items, interactions.column_count(), "item");
        require_budget(type_name(), options_.memory_budget,
                       estimate_bytes(interactions.row_count(), interactions.column_count(),
                                      interactions.entry_count(), where.threads().size()) +
                           feature_bytes(of_users) + feature_bytes(of_items));
        feature_als fresh{options_, confidence_};
        const auto train = [&](const auto& by_user) {
            return fresh.train(by_user, of_users, of_items, progress, validator, where);
        };
        if (options_.keep_history)
            fresh.history_ = keep_matrix<float>(std::forward<Matrix>(interactions));
        // An rvalue may have moved into the history.
        const fit_report report =
            fresh.history_ ? train(fresh.history_->view()) : train(interactions.view());
        *this = std::move(fresh);
        return report;
    }
    template <user_item_source Matrix, progress_observer Progress>
    fit_report fit(Matrix&& interactions, const user_features& of_users,
                   const item_features& of_items, Progress&& progress, const execution& where) {
        return fit(std::forward<Matrix>(interactions), of_users, of_items, progress, no_validator{},
                   where);
    }
    template <user_item_source Matrix>
    fit_report fit(Matrix&& interactions, const user_features& of_users,
                   const item_features& of_items, const execution& where) {
        return fit(std::forward<Matrix>(interactions), of_users, of_items, no_progress{}, where);
    }

    /// The vector of a user that the model has not seen, from the user's history and features: the
    /// exact solution of the user's equations.
    /// @throws data_error if `history` is empty or a weight is not finite, shape_error for an item or
    ///         a feature beyond the model, not_fitted_error, numeric_error.
    template <item_history History>
    [[nodiscard]] folded_user<float>
    fold_in(const History& history, const sparse_row<feature_index, float>& features = {}) const {
        require_fitted();
        const history_row<item_index, float> row{history, this->item_count()};
        folded_user<float> user = from_features(features);
        detail::row_solver<float> solver{options_.factors, row.size() + 1};
        if (!system().solve(row.view(), item_factors_, item_gram_, solver, user.data()))
            detail::throw_singular_prior("the folded-in user");
        return user;
    }
    /// The vector W f of a user of whom only features are known.
    [[nodiscard]] folded_user<float>
    fold_in_features(const sparse_row<feature_index, float>& features) const {
        require_fitted();
        return from_features(features);
    }

    /// The bytes that `fit` will hold at its peak besides the features, without the caller's matrices
    /// and what a validator keeps (one more copy of the model).
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        const std::size_t padded = padded_size<float>(options_.factors);
        const std::size_t by_side = entries * (sizeof(user_index) + sizeof(float));
        const std::size_t matrices =
            by_side + (1 + threads) * (items + 1) * sizeof(offset) +
            (options_.keep_history ? by_side + (users + 1) * sizeof(offset) : 0);
        const std::size_t squares =
            ((gram_parts + 2) * padded + threads * (2 * padded + 132) + 132) * padded;
        return ((users + items) * (padded + 1) + squares + threads * 6 * std::max(users, items)) *
                   sizeof(float) +
               matrices + search_index::estimate_bytes(items, options_.factors);
    }

    [[nodiscard]] static std::string type_name() {
        return "feature_als<" + Confidence::name() + ">";
    }
    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        confidence_.save(archive);
        this->save_factors(archive);
        save_table(archive, "user_weights", user_weights_);
        save_table(archive, "item_weights", item_weights_);
    }
    [[nodiscard]] static feature_als load(archive_reader auto& archive) {
        auto model = model_with<feature_als>(archive, load_options<feature_als_options>(archive),
                                             Confidence::load(archive));
        const std::size_t factors = model.options_.factors;
        model.load_factors(archive, factors);
        model.user_weights_ = load_table<feature_index, float>(archive, "user_weights", factors);
        model.item_weights_ = load_table<feature_index, float>(archive, "item_weights", factors);
        model.publish({});
        return model;
    }

    friend bool operator==(const feature_als& left, const feature_als& right) {
        return left.options_ == right.options_ && left.confidence_ == right.confidence_ &&
               left.same_factors(right) && left.user_weights_ == right.user_weights_ &&
               left.item_weights_ == right.item_weights_;
    }

  private:
    friend base;
    using base::history_;
    using base::item_factors_;
    using base::require_fitted;
    using base::update_norms;
    using base::user_factors_;

    [[nodiscard]] static std::string algorithm() { return "feature_als"; }

    template <class Progress, class Validator>
    fit_report train(const auto& by_user, const user_features& of_users,
                     const item_features& of_items, Progress& progress, Validator& validator,
                     const execution& where) {
        const auto by_item = transpose(by_user, where);
        const std::size_t factors = options_.factors;
        user_factors_ = factor_table<user_index, float>(by_user.row_count(), factors);
        item_factors_ = factor_table<item_index, float>(by_user.column_count(), factors);
        user_weights_ = weight_table(of_users.column_count(), factors);
        item_weights_ = weight_table(of_items.column_count(), factors);
        detail::randomize_rows(user_factors_, factors,
                               options_.initial_scale / std::sqrt(static_cast<double>(factors)),
                               counter_random{options_.seed, 1}, where);
        const auto acts = [](const auto& matrix) {
            return [&matrix](auto row) { return !matrix.row(row).empty(); };
        };
        const detail::feature_regression<user_index> users{of_users.view(), acts(by_user), where};
        const detail::feature_regression<item_index> items{of_items.view(), acts(by_item), where};
        const auto regress = [&](const auto& side, const auto& vectors, weight_table& weights) {
            side.improve(vectors, options_.feature_regularization, options_.feature_steps, weights,
                         where);
        };
        const auto equations = system();
        const auto solve_users = [&] {
            equations.solve_all(by_user, item_factors_, of_users, user_weights_, user_factors_,
                                where);
        };
        const auto report = detail::train_in_steps(
            *this,
            {.model = "feature ALS",
             .steps = options_.iterations,
             .patience = options_.patience,
             .has_loss = false},
            [&](std::size_t) {
                equations.solve_all(by_item.view(), user_factors_, of_items, item_weights_,
                                    item_factors_, where);
                regress(items, item_factors_, item_weights_);
                solve_users();
                regress(users, user_factors_, user_weights_);
                return 0.0;
            },
            [&] { publish(where); }, progress, validator);
        // Items without interactions follow the final W; then users, against the final items with the
        // final W, as folded-in users are.
        for (std::size_t item = 0; item < item_factors_.rows(); ++item)
            if (by_item.row(item_index(item)).empty())
                detail::map_features(item_weights_, of_items, item_index(item),
                                     item_factors_.padded_row(item_index(item)));
        solve_users();
        publish(where);
        return report;
    }

    [[nodiscard]] explanation<float>
    explain_score(float score, item_index item,
                  const sparse_row<item_index, float>& history) const {
        const float* const y = item_factors_.padded_row(item);
        const std::size_t size = item_factors_.stride();
        detail::row_solver<float> solver{options_.factors, history.size()};
        system().start(history, item_factors_, solver);
        aligned_vector<float> z(y, y + size);
        if (!solver.solve_for(item_gram_.data(), z.data()))
            detail::throw_singular_prior("this history");
        return explain_by_parts(score, history.columns(), [&](std::size_t k) {
            return static_cast<float>(
                       confidence_.target(static_cast<double>(history.values()[k]))) *
                   simd::dot(z.data(), item_factors_.padded_row(history.columns()[k]), size);
        });
    }

    [[nodiscard]] folded_user<float>
    from_features(const sparse_row<feature_index, float>& features) const {
        for (const feature_index feature : features.columns())
            require_below(feature, user_weights_.rows(), "feature");
        folded_user<float> user{options_.factors};
        detail::map_features(user_weights_, features, user.data());
        return user;
    }

    void publish(const execution& where) {
        item_gram_ =
            gram_matrix(item_factors_, static_cast<float>(confidence_.unobserved()), where);
        update_norms();
    }

    template <class Features>
    static void require_features(const Features& features, std::size_t rows, const char* what) {
        if (features.column_count() != 0 && features.row_count() != rows)
            fail<shape_error>({"feature_als: there are features of ", features.row_count(), " ",
                               what, "s; the interactions have ", rows});
    }
    /// What the regression holds: the features twice, and five tables.
    template <class Features>
    [[nodiscard]] std::size_t feature_bytes(const Features& features) const noexcept {
        return 16 * features.entry_count() + (5 * features.column_count() + features.row_count()) *
                                                 padded_size<float>(options_.factors) *
                                                 sizeof(float);
    }
    [[nodiscard]] detail::prior_system<Confidence> system() const noexcept {
        return {confidence_, options_.factors, options_.regularization};
    }

    feature_als_options options_;
    Confidence confidence_;
    weight_table user_weights_;
    weight_table item_weights_;
    aligned_vector<float> item_gram_; // α₀·YᵀY, for folding in
};

} // namespace hybrec
