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
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/confidence.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/factorization/detail/archive_options.hpp>
#include <hybrec/factorization/detail/row_solver.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/factorization/feature_als/detail/feature_map.hpp>
#include <hybrec/factorization/feature_als/options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/require_trainable.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <memory>
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
/// The prior enters a row's system as one more entry, W f, with weight 0 and target λ.
///
/// The same data, options and seed give the same bits for any number of threads. Const calls are
/// thread-safe. If a call throws, the model is what it was before.
template <confidence_policy Confidence = hu_koren_volinsky>
class feature_als : public factor_model<float> {
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
    /// @param interactions users × items
    /// @param of_users     users × features, or without columns
    /// @param of_items     items × features, or without columns
    /// @param progress     told of every iteration
    /// @param validator    judges the model after every iteration; the best factors are kept
    /// @throws shape_error if the features are not of these users and items, data_error,
    ///         numeric_error, memory_budget_error, cancelled.
    /// Complexity: O(entries·f² + (users + items)·f³) per iteration, and O(f) per entry of features
    /// and step.
    template <user_item_matrix Matrix, progress_observer Progress = no_progress,
              validator_of<feature_als> Validator = no_validator>
    fit_report fit(const Matrix& interactions, const user_features& of_users,
                   const item_features& of_items, Progress&& progress = {},
                   Validator&& validator = {}, const execution& where = {}) {
        require_trainable(interactions, type_name());
        require_features(of_users, interactions.row_count(), "user");
        require_features(of_items, interactions.column_count(), "item");
        detail::require_budget(type_name(),
                               estimate_bytes(interactions.row_count(), interactions.column_count(),
                                              interactions.entry_count(), where.threads().size()) +
                                   feature_bytes(of_users) + feature_bytes(of_items),
                               options_.memory_budget);
        feature_als fresh{options_, confidence_};
        const fit_report report =
            fresh.train(interactions.view(), of_users, of_items, progress, validator, where);
        *this = std::move(fresh);
        return report;
    }
    template <user_item_matrix Matrix, progress_observer Progress>
    fit_report fit(const Matrix& interactions, const user_features& of_users,
                   const item_features& of_items, Progress&& progress, const execution& where) {
        return fit(interactions, of_users, of_items, progress, no_validator{}, where);
    }
    template <user_item_matrix Matrix>
    fit_report fit(const Matrix& interactions, const user_features& of_users,
                   const item_features& of_items, const execution& where) {
        return fit(interactions, of_users, of_items, no_progress{}, where);
    }

    /// The vector of a user that the model has not seen, from the user's history and features: the
    /// exact solution of the user's equations.
    /// @throws data_error if `history` is empty or a weight is not finite, shape_error for an item or
    ///         a feature beyond the model, not_fitted_error, numeric_error.
    template <item_history History>
    [[nodiscard]] folded_user<float>
    fold_in(const History& history, const sparse_row<feature_index, float>& features = {}) const {
        require_fitted();
        const history_row<item_index, float> row{history, item_count()};
        folded_user<float> user = from_features(features);
        detail::row_solver<float> solver{options_.factors, row.size() + 1};
        if (!solve(row.view(), item_factors_, item_gram_, solver, user.data()))
            throw_singular("the folded-in user");
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
        const std::size_t transposed = entries * (sizeof(user_index) + sizeof(float)) +
                                       (1 + threads) * (items + 1) * sizeof(offset);
        const std::size_t squares =
            ((gram_parts + 2) * padded + threads * (2 * padded + 132) + 132) * padded;
        return ((users + items) * (padded + 1) + squares + threads * 6 * std::max(users, items)) *
                   sizeof(float) +
               transposed + search_index::estimate_bytes(items, options_.factors);
    }

    [[nodiscard]] static std::string type_name() {
        return "feature_als<" + Confidence::name() + ">";
    }
    void save(archive_writer auto& archive) const {
        require_fitted();
        detail::save_fields(archive, options_);
        confidence_.save(archive);
        save_table(archive, "user_factors", user_factors_);
        save_table(archive, "item_factors", item_factors_);
        save_table(archive, "user_weights", user_weights_);
        save_table(archive, "item_weights", item_weights_);
    }
    [[nodiscard]] static feature_als load(archive_reader auto& archive) {
        const auto options = detail::load_fields<feature_als_options>(archive);
        feature_als model{options, Confidence::load(archive)};
        const auto table = [&]<class Index>(factor_table<Index, float>& into, const char* name) {
            into = load_table<Index, float>(archive, name, options.factors);
        };
        table(model.user_factors_, "user_factors");
        table(model.item_factors_, "item_factors");
        table(model.user_weights_, "user_weights");
        table(model.item_weights_, "item_weights");
        model.publish({});
        return model;
    }

    friend bool operator==(const feature_als& left, const feature_als& right) {
        return left.options_ == right.options_ && left.confidence_ == right.confidence_ &&
               left.user_factors_ == right.user_factors_ &&
               left.item_factors_ == right.item_factors_ &&
               left.user_weights_ == right.user_weights_ &&
               left.item_weights_ == right.item_weights_;
    }

  private:
    template <class Progress, class Validator>
    fit_report train(const auto& by_user, const user_features& of_users,
                     const item_features& of_items, Progress& progress, Validator& validator,
                     const execution& where) {
        const auto by_item = transpose(by_user, where);
        const std::size_t factors = options_.factors;
        user_factors_ = user_table(by_user.row_count(), factors);
        item_factors_ = item_table(by_user.column_count(), factors);
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
        const auto solve_users = [&] {
            solve_side(by_user, item_factors_, of_users, user_weights_, user_factors_, where);
        };
        const auto report = detail::train_in_steps(
            *this,
            {.model = "feature ALS",
             .steps = options_.iterations,
             .patience = options_.patience,
             .has_loss = false},
            [&](std::size_t) {
                solve_side(by_item.view(), user_factors_, of_items, item_weights_, item_factors_,
                           where);
                regress(items, item_factors_, item_weights_);
                solve_users();
                regress(users, user_factors_, user_weights_);
                return 0.0;
            },
            [&] { publish(where); }, progress, validator);
        solve_users(); // with the final W, as folded-in users are
        solve_cold(by_item.view(), of_items, item_weights_, item_factors_);
        publish(where);
        return report;
    }

    /// Solves all rows of one side; rows are independent of each other.
    template <class Row, class Column, class Entry>
    void solve_side(const csr_view<Row, Column, Entry>& interactions,
                    const factor_table<Column, float>& fixed,
                    const csr_matrix<Row, feature_index, float>& features,
                    const weight_table& weights, factor_table<Row, float>& solved,
                    const execution& where) const {
        const auto gram = gram_matrix(fixed, static_cast<float>(confidence_.unobserved()), where);
        std::size_t longest = 0;
        for (std::size_t row = 0; row < interactions.row_count(); ++row)
            longest = std::max(longest, interactions.row(Row(row)).size());
        std::vector<std::unique_ptr<detail::row_solver<float>>> solvers(where.threads().size());
        where.threads().for_chunks(
            interactions.row_count(), 32,
            [&](std::size_t begin, std::size_t end, std::size_t worker) {
                auto& solver = solvers[worker];
                if (!solver)
                    solver =
                        std::make_unique<detail::row_solver<float>>(options_.factors, longest + 1);
                for (std::size_t row = begin; row < end; ++row) {
                    float* const x = solved.padded_row(Row(row));
                    map(weights, features, Row(row), x);
                    const auto entries = interactions.row(Row(row));
                    if (!entries.empty() && !solve(entries, fixed, gram, *solver, x))
                        throw_singular("row " + std::to_string(row));
                }
            },
            where.stop);
    }

    /// Replaces the prior in `x` by the solution.
    template <class Column, class Entry>
    [[nodiscard]] bool
    solve(const sparse_row<Column, Entry>& entries, const factor_table<Column, float>& fixed,
          const aligned_vector<float>& gram, detail::row_solver<float>& solver, float* x) const {
        solver.start([&](std::size_t) { return options_.regularization; });
        for (const auto [column, entry] : entries) {
            const auto value = static_cast<double>(entry);
            solver.add(fixed.padded_row(column), static_cast<float>(confidence_.weight(value)),
                       static_cast<float>(confidence_.target(value)));
        }
        aligned_vector<float> prior(x, x + fixed.stride());
        solver.add(prior.data(), 0, static_cast<float>(options_.regularization));
        return solver.solve(gram.data(), x);
    }

    /// Rows without interactions follow the final W.
    template <class Row, class Column, class Entry>
    static void solve_cold(const csr_view<Row, Column, Entry>& interactions,
                           const csr_matrix<Row, feature_index, float>& features,
                           const weight_table& weights, factor_table<Row, float>& solved) {
        for (std::size_t row = 0; row < solved.rows(); ++row)
            if (interactions.row(Row(row)).empty())
                map(weights, features, Row(row), solved.padded_row(Row(row)));
    }

    template <class Row>
    static void map(const weight_table& weights,
                    const csr_matrix<Row, feature_index, float>& features, Row row,
                    float* out) noexcept {
        if (features.column_count() == 0)
            std::fill_n(out, weights.stride(), 0.0F);
        else
            detail::map_features(weights, features.row(row), out);
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
            throw shape_error{"feature_als: there are features of " +
                              std::to_string(features.row_count()) + " " + what +
                              "s; the interactions have " + std::to_string(rows)};
    }
    /// What the regression holds: the features twice, and five tables.
    template <class Features>
    [[nodiscard]] std::size_t feature_bytes(const Features& features) const noexcept {
        return 16 * features.entry_count() + (5 * features.column_count() + features.row_count()) *
                                                 padded_size<float>(options_.factors) *
                                                 sizeof(float);
    }
    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{type_name()};
    }
    [[noreturn]] static void throw_singular(const std::string& what) {
        throw numeric_error{"feature_als: the least-squares system of " + what +
                            " is singular or not finite; expected a larger regularization or "
                            "smaller confidence values"};
    }

    feature_als_options options_;
    Confidence confidence_;
    weight_table user_weights_;
    weight_table item_weights_;
    aligned_vector<float> item_gram_; // α₀·YᵀY, for folding in
};

static_assert(scorer<feature_als<>> && recommender<feature_als<>> && knows_users<feature_als<>>);
static_assert(foldable<feature_als<>> && archivable<feature_als<>> &&
              embedding_model<feature_als<>>);
static_assert(item_similarity_model<feature_als<>> && user_similarity_model<feature_als<>>);

} // namespace hybrec
