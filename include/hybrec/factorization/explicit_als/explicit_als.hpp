// SPDX-License-Identifier: MIT
/// @file
/// Explicit alternating least squares: a factorization that predicts ratings.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/detail/archive_options.hpp>
#include <hybrec/factorization/detail/row_solver.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/factorization/explicit_als/options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
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

/// Predicts the rating μ + bᵤ + bᵢ + ⟨xᵤ, yᵢ⟩ (Koren, Bell, Volinsky 2009, "Matrix factorization
/// techniques for recommender systems", equation 4). The parameters minimise
///
///     Σ (r − μ − bᵤ − bᵢ − ⟨xᵤ, yᵢ⟩)² + Σᵤ nᵤ^ν·(λ|xᵤ|² + λ_b·bᵤ²) + Σᵢ nᵢ^ν·(λ|yᵢ|² + λ_b·bᵢ²)
///
/// over the observed ratings, whose mean is μ: in turn each item's (yᵢ, bᵢ) with the users fixed, then
/// each user's (xᵤ, bᵤ) with the items fixed, so that users fit the final items as a folded-in
/// history does. A row's system is that of implicit ALS without a part
/// of unobserved entries, and the same solver solves it. With ν = 1 the regularization is that of
/// Zhou, Wilkinson, Schreiber, Pan 2008, "Large-scale parallel collaborative filtering for the
/// Netflix prize".
///
/// Users are stored as (xᵤ, μ + bᵤ, 1) and items as (yᵢ, 1, bᵢ), so that a rating is one inner
/// product. Since these are no directions of taste, the model offers no likeness of items or users.
/// A zero rating that is not stored is unknown; any finite value is a rating. Users and items
/// without ratings are not known; `predict` gives what is left without them.
///
/// The same ratings, options and seed give the same bits for any number of threads. Const calls are
/// thread-safe. If a call throws, the model is what it was before.
class explicit_als : public factor_model<float> {
  public:
    static constexpr score_kind kind = score_kind::rating;

    /// @throws option_error naming the field, its value and the valid range.
    explicit explicit_als(explicit_als_options options = {}) : options_{options} {
        validate(options);
    }

    [[nodiscard]] const explicit_als_options& options() const noexcept { return options_; }
    [[nodiscard]] bool fitted() const noexcept { return item_count() > 0; }
    /// μ, the mean of the training ratings.
    [[nodiscard]] double mean() const noexcept { return mean_; }

    /// Trains from random starting user vectors; biases start at 0.
    ///
    /// @param ratings   users × items. An rvalue `csr_matrix` is kept as history without a copy.
    /// @param progress  told of every iteration, with the loss if that is computed
    /// @param validator judges the model after every iteration; the best factors are kept
    /// @throws data_error if there are no ratings, numeric_error, memory_budget_error, cancelled.
    /// Complexity: O(ratings·f² + (users + items)·f³) per iteration.
    template <user_item_source Matrix, progress_observer Progress = no_progress,
              validator_of<explicit_als> Validator = no_validator>
    fit_report fit(Matrix&& ratings, Progress&& progress = {}, Validator&& validator = {},
                   const execution& where = {}) {
        require_trainable(ratings, type_name());
        detail::require_budget(type_name(),
                               estimate_bytes(ratings.row_count(), ratings.column_count(),
                                              ratings.entry_count(), where.threads().size()),
                               options_.memory_budget);
        explicit_als fresh{options_};
        fresh.history_ = keep_matrix<float>(std::forward<Matrix>(ratings));
        const fit_report report = fresh.train(progress, validator, where);
        *this = std::move(fresh);
        return report;
    }
    template <user_item_source Matrix, progress_observer Progress>
    fit_report fit(Matrix&& ratings, Progress&& progress, const execution& where) {
        return fit(std::forward<Matrix>(ratings), progress, no_validator{}, where);
    }
    template <user_item_source Matrix>
    fit_report fit(Matrix&& ratings, const execution& where) {
        return fit(std::forward<Matrix>(ratings), no_progress{}, where);
    }

    /// The predicted rating of any pair within the model's shape, from what is known of it: without
    /// the user's parts, the item's, or both (then μ). @throws shape_error, not_fitted_error.
    [[nodiscard]] float predict(user_index user, item_index item) const {
        require_fitted();
        require_below(user, user_count(), "user");
        require_below(item, item_count(), "item");
        const float* const x = user_factors_.padded_row(user);
        const float* const y = item_factors_.padded_row(item);
        if (!knows(user))
            return static_cast<float>(mean_) + (knows(item) ? y[item_bias()] : 0.0F);
        return knows(item) ? score(user, item) : x[user_bias()];
    }

    /// The vector of a user that the model has not seen, from the user's ratings: the exact solution
    /// of the user's system against the fixed items. An item without a weight counts as rated 1.
    /// @throws data_error if `history` is empty or a rating is not finite, shape_error for an item
    ///         beyond the model, not_fitted_error, numeric_error.
    /// Complexity: O(|history|·f² + f³/3).
    template <item_history History>
    [[nodiscard]] folded_user<float> fold_in(const History& history) const {
        require_fitted();
        const history_row<item_index, float> row{history, item_count()};
        folded_user<float> user{item_factors_.factors()};
        user_system system{*this, row.view()};
        if (!system.solver.solve(nullptr, user.data()))
            throw_singular("the folded-in user");
        user.data()[user_bias()] += static_cast<float>(mean_);
        user.data()[item_bias()] = 1;
        return user;
    }

    /// Why `item` has its rating for `user`: what each training rating of the user adds to μ + bᵢ,
    /// which is the remainder. As (xᵤ, bᵤ) = A⁻¹·Σ (rₖ − μ − bₖ)·(yₖ, 1), rating k adds
    /// (rₖ − μ − bₖ)·⟨(yᵢ, 1), A⁻¹(yₖ, 1)⟩.
    /// @throws not_fitted_error if the model keeps no history, shape_error.
    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        require_fitted();
        if (!history_)
            throw not_fitted_error{"explicit_als: explain(user, item) needs the training ratings, "
                                   "which this model does not keep (keep_history). The model"};
        require_below(user, user_count(), "user");
        return explain_vector(user_factors_.padded_row(user), item, history_->row(user));
    }
    /// The same for a folded-in user and the history it was made from.
    template <item_history History>
    [[nodiscard]] explanation<float> explain(const folded_user<float>& user, item_index item,
                                             const History& history) const {
        require_fitted();
        require_fits(user);
        const history_row<item_index, float> row{history, item_count()};
        return explain_vector(user.data(), item, row.view());
    }

    /// The training ratings; null if they are not kept. Copies of a model share them.
    [[nodiscard]] const user_items* history() const noexcept { return history_.get(); }

    /// What has no basis here; see above.
    void similar_items(item_index, std::size_t) const = delete;
    void similar_users(user_index, std::size_t) const = delete;
    void similar_items_all(std::size_t) const = delete;
    void similar_users_all(std::size_t) const = delete;

    /// The bytes that `fit` will hold at its peak, without the caller's matrix and what a validator
    /// keeps (one more copy of the model).
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        const std::size_t padded = padded_size<float>(options_.factors + 2);
        const std::size_t ratings = 2 * entries * (sizeof(item_index) + sizeof(float)) +
                                    (users + items + threads * items) * sizeof(offset);
        const std::size_t scratch =
            threads * ((2 * padded + 2 * 66) * padded + 6 * std::max(users, items)) * sizeof(float);
        return 2 * (users + items) * padded * sizeof(float) + ratings + scratch +
               search_index::estimate_bytes(items, options_.factors + 2);
    }

    [[nodiscard]] static std::string type_name() { return "explicit_als"; }
    void save(archive_writer auto& archive) const {
        require_fitted();
        detail::save_fields(archive, options_);
        archive.write_real("mean", mean_);
        save_table(archive, "user_factors", user_factors_);
        save_table(archive, "item_factors", item_factors_);
        if (history_)
            save_csr(archive, "history", *history_);
    }
    [[nodiscard]] static explicit_als load(archive_reader auto& archive) {
        explicit_als model{detail::load_fields<explicit_als_options>(archive)};
        const std::size_t columns = model.options_.factors + 2;
        model.mean_ = archive.read_real("mean");
        if (!std::isfinite(model.mean_))
            archive.refuse("mean", "is not finite");
        model.user_factors_ = load_table<user_index, float>(archive, "user_factors", columns);
        model.item_factors_ = load_table<item_index, float>(archive, "item_factors", columns);
        if (has_csr(archive, "history"))
            model.history_ =
                std::make_shared<const user_items>(load_csr<user_index, item_index, float>(
                    archive, "history", model.user_count(), model.item_count()));
        model.update_norms();
        return model;
    }

    friend bool operator==(const explicit_als& left, const explicit_als& right) {
        return left.options_ == right.options_ && left.mean_ == right.mean_ &&
               left.user_factors_ == right.user_factors_ &&
               left.item_factors_ == right.item_factors_ &&
               same_matrix(left.history(), right.history());
    }

  private:
    /// Where a vector has its own bias; the other side's vectors have 1 there.
    [[nodiscard]] std::size_t user_bias() const noexcept { return options_.factors; }
    [[nodiscard]] std::size_t item_bias() const noexcept { return options_.factors + 1; }

    /// While training: one side's (factors, 1), which the other side is regressed on, and biases.
    template <class Index>
    struct side {
        factor_table<Index, float> vectors;
        std::vector<float> biases;

        side(std::size_t rows, std::size_t factors) : vectors(rows, factors + 1), biases(rows) {}
    };

    template <class Progress, class Validator>
    fit_report train(Progress& progress, Validator& validator, const execution& where) {
        const user_items_view by_user = history_->view();
        const auto by_item = transpose(by_user, where);
        side<user_index> users{by_user.row_count(), options_.factors};
        side<item_index> items{by_user.column_count(), options_.factors};
        detail::randomize_rows(users.vectors, options_.factors,
                               options_.initial_scale /
                                   std::sqrt(static_cast<double>(options_.factors)),
                               counter_random{options_.seed, 1}, where);
        for (std::size_t user = 0; user < users.vectors.rows(); ++user)
            users.vectors.row(user_index(user)).back() = 1;
        double total = 0;
        for (const float rating : by_user.values())
            total += static_cast<double>(rating);
        mean_ = total / static_cast<double>(by_user.entry_count());

        const auto report = detail::train_in_steps(
            *this,
            {.model = "explicit ALS",
             .steps = options_.iterations,
             .patience = options_.patience,
             .has_loss = options_.compute_loss},
            [&](std::size_t) {
                solve_side(by_item.view(), users, items, where);
                solve_side(by_user, items, users, where);
                return options_.compute_loss ? loss(by_user, by_item.view(), users, items) : 0.0;
            },
            [&] { compose(by_user, by_item.view(), users, items); }, progress, validator);
        if (report.validation_scores.empty())
            compose(by_user, by_item.view(), users, items);
        if (!options_.keep_history)
            history_.reset();
        return report;
    }

    /// Solves all rows of one side against the other; rows are independent.
    template <class Row, class Column>
    void solve_side(const csr_view<Row, Column, float>& ratings, const side<Column>& fixed,
                    side<Row>& solved, const execution& where) const {
        std::size_t longest = 0;
        for (std::size_t row = 0; row < ratings.row_count(); ++row)
            longest = std::max(longest, ratings.row(Row(row)).size());
        std::vector<std::unique_ptr<detail::row_solver<float>>> solvers(where.threads().size());
        where.threads().for_chunks(
            ratings.row_count(), 32,
            [&](std::size_t begin, std::size_t end, std::size_t worker) {
                auto& solver = solvers[worker];
                if (!solver)
                    solver =
                        std::make_unique<detail::row_solver<float>>(options_.factors + 1, longest);
                for (std::size_t row = begin; row < end; ++row) {
                    const auto entries = ratings.row(Row(row));
                    if (entries.empty())
                        continue;
                    start(*solver, entries.size());
                    for (const auto [column, rating] : entries)
                        solver->add(fixed.vectors.padded_row(column), 1,
                                    rating - static_cast<float>(mean_) -
                                        fixed.biases[column.value()]);
                    float* const x = solved.vectors.padded_row(Row(row));
                    if (!solver->solve(nullptr, x))
                        throw_singular("row " + std::to_string(row));
                    solved.biases[row] = std::exchange(x[options_.factors], 1.0F);
                }
            },
            where.stop);
    }
    void start(detail::row_solver<float>& solver, std::size_t entries) const noexcept {
        const double scale = weight_of(entries);
        solver.start([&](std::size_t factor) {
            return scale * (factor == options_.factors ? options_.bias_regularization
                                                       : options_.regularization);
        });
    }
    /// nᵤ^ν
    [[nodiscard]] double weight_of(std::size_t entries) const noexcept {
        return std::pow(static_cast<double>(entries), options_.regularization_exponent);
    }

    /// Makes the served vectors; those of rows without ratings are zero.
    void compose(const user_items_view& by_user,
                 const csr_view<item_index, user_index, float>& by_item,
                 const side<user_index>& users, const side<item_index>& items) {
        const std::size_t factors = options_.factors;
        const auto fill = [&](auto& table, const auto& matrix, const auto& from, std::size_t own,
                              std::size_t other, float shift) {
            using index = typename std::remove_cvref_t<decltype(table)>::index_type;
            table = std::remove_cvref_t<decltype(table)>(matrix.row_count(), factors + 2);
            for (std::size_t row = 0; row < table.rows(); ++row) {
                if (matrix.row(index(row)).empty())
                    continue;
                float* const to = table.padded_row(index(row));
                std::copy_n(from.vectors.padded_row(index(row)), factors, to);
                to[own] = from.biases[row] + shift;
                to[other] = 1;
            }
        };
        fill(user_factors_, by_user, users, user_bias(), item_bias(), static_cast<float>(mean_));
        fill(item_factors_, by_item, items, item_bias(), user_bias(), 0.0F);
        update_norms();
    }

    /// What training minimises.
    [[nodiscard]] double loss(const user_items_view& by_user,
                              const csr_view<item_index, user_index, float>& by_item,
                              const side<user_index>& users, const side<item_index>& items) const {
        double total = 0;
        const auto lengths = [&]<class Index>(const auto& matrix, const side<Index>& from) {
            for (std::size_t row = 0; row < from.biases.size(); ++row) {
                const std::size_t entries = matrix.row(Index(row)).size();
                if (entries == 0)
                    continue;
                double squares = 0;
                for (std::size_t k = 0; k < options_.factors; ++k) {
                    const auto value = static_cast<double>(from.vectors.row(Index(row))[k]);
                    squares += value * value;
                }
                const auto bias = static_cast<double>(from.biases[row]);
                total += weight_of(entries) * (options_.regularization * squares +
                                               options_.bias_regularization * bias * bias);
            }
        };
        lengths(by_user, users);
        lengths(by_item, items);
        for (std::size_t user = 0; user < users.biases.size(); ++user)
            for (const auto [item, rating] : by_user.row(user_index(user))) {
                const float product = simd::dot(users.vectors.padded_row(user_index(user)),
                                                items.vectors.padded_row(item),
                                                items.vectors.stride()) -
                                      1; // of the two ones
                const double error =
                    static_cast<double>(rating) - mean_ - static_cast<double>(users.biases[user]) -
                    static_cast<double>(items.biases[item.value()]) - static_cast<double>(product);
                total += error * error;
            }
        return total;
    }

    /// The system of one user against the served items.
    struct user_system {
        user_system(const explicit_als& model, const sparse_row<item_index, float>& history)
            : vectors(history.size(), model.options_.factors + 1),
              solver{model.options_.factors + 1, history.size()} {
            model.start(solver, history.size());
            std::size_t k = 0;
            for (const auto [item, rating] : history) {
                const float* const y = model.item_factors_.padded_row(item);
                std::copy_n(y, model.options_.factors + 1, vectors.padded_row(item_index(k)));
                targets.push_back(rating - static_cast<float>(model.mean_) - y[model.item_bias()]);
                solver.add(vectors.padded_row(item_index(k++)), 1, targets.back());
            }
        }
        factor_table<item_index, float> vectors; // (yₖ, 1)
        std::vector<float> targets;
        detail::row_solver<float> solver;
    };

    [[nodiscard]] explanation<float>
    explain_vector(const float* user, item_index item,
                   const sparse_row<item_index, float>& history) const {
        require_below(item, item_count(), "item");
        const float* const y = item_factors_.padded_row(item);
        explanation<float> result;
        result.score = result.remainder = simd::dot(user, y, item_factors_.stride());
        if (history.empty())
            return result;
        user_system system{*this, history};
        aligned_vector<float> z(system.vectors.stride());
        std::copy_n(y, options_.factors + 1, z.data());
        if (!system.solver.solve_for(nullptr, z.data()))
            throw_singular("this history");
        for (std::size_t k = 0; k < history.size(); ++k) {
            const float part =
                system.targets[k] *
                simd::dot(z.data(), system.vectors.padded_row(item_index(k)), z.size());
            result.parts.push_back({history.columns()[k], part});
            result.remainder -= part;
        }
        std::sort(result.parts.begin(), result.parts.end(), ranks_before<item_index, float>);
        return result;
    }

    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{type_name()};
    }
    [[noreturn]] static void throw_singular(const std::string& what) {
        throw numeric_error{"explicit_als: the least-squares system of " + what +
                            " is singular or not finite; expected a larger regularization or "
                            "smaller ratings"};
    }

    explicit_als_options options_;
    double mean_ = 0;
    kept_interactions<> history_;
};

static_assert(scorer<explicit_als> && recommender<explicit_als> && knows_users<explicit_als>);
static_assert(foldable<explicit_als> && explainable<explicit_als> && archivable<explicit_als>);
static_assert(embedding_model<explicit_als>);

} // namespace hybrec
