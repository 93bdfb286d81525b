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
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/detail/explained_model.hpp>
#include <hybrec/factorization/detail/row_solver.hpp>
#include <hybrec/factorization/detail/step_fit.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/factorization/explicit_als/detail/biased_side.hpp>
#include <hybrec/factorization/explicit_als/options.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
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
/// `fit` starts from random user vectors and biases of 0; an iteration takes O(ratings·f² + (users +
/// items)·f³). `explain` says what each rating adds to μ + bᵢ, which is the remainder: as (xᵤ, bᵤ) =
/// A⁻¹·Σ (rₖ − μ − bₖ)·(yₖ, 1), rating k adds (rₖ − μ − bₖ)·⟨(yᵢ, 1), A⁻¹(yₖ, 1)⟩.
///
/// The same ratings, options and seed give the same bits for any number of threads. Const calls are
/// thread-safe. If a call throws, the model is what it was before.
class explicit_als : public detail::explained_model<explicit_als, float>,
                     public detail::step_fit<explicit_als> {
  public:
    static constexpr score_kind kind = score_kind::rating;

    /// @throws option_error naming the field, its value and the valid range.
    template <class Use = on_use>
    explicit explicit_als(explicit_als_options options = {}) : options_{options} {
        validate<Use>(options);
    }

    [[nodiscard]] const explicit_als_options& options() const noexcept { return options_; }
    [[nodiscard]] bool fitted() const noexcept { return item_count() > 0; }
    /// μ, the mean of the training ratings.
    [[nodiscard]] double mean() const noexcept { return mean_; }

    /// The predicted rating of any pair within the model's shape, from what is known of it: without
    /// the user's parts, the item's, or both (then μ). @throws shape_error, not_fitted_error.
    template <class = on_use>
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
        user_system<History> system{*this, row.view()};
        if (!system.solver.solve(nullptr, user.data()))
            detail::throw_singular_ratings("the folded-in user");
        user.data()[user_bias()] += static_cast<float>(mean_);
        user.data()[item_bias()] = 1;
        return user;
    }

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
        save_options(archive, options_);
        archive.write_real("mean", mean_);
        save_factors(archive);
    }
    [[nodiscard]] static explicit_als load(archive_reader auto& archive) {
        auto model = model_with<explicit_als>(archive, load_options<explicit_als_options>(archive));
        model.mean_ = archive.read_real("mean");
        if (!std::isfinite(model.mean_))
            archive.refuse("mean", "is not finite");
        model.load_factors(archive, model.options_.factors + 2);
        model.update_norms();
        return model;
    }

    friend bool operator==(const explicit_als& left, const explicit_als& right) {
        return left.options_ == right.options_ && left.mean_ == right.mean_ &&
               left.same_factors(right);
    }

  private:
    friend class detail::step_fit<explicit_als>;
    friend class detail::explained_model<explicit_als, float>;

    [[nodiscard]] static std::string algorithm() { return type_name(); }
    [[nodiscard]] explicit_als untrained() const { return explicit_als{options_}; }

    /// Where a vector has its own bias; the other side's vectors have 1 there.
    [[nodiscard]] std::size_t user_bias() const noexcept { return options_.factors; }
    [[nodiscard]] std::size_t item_bias() const noexcept { return options_.factors + 1; }

    template <class Matrix, class Progress, class Validator>
    fit_report train(Matrix&& ratings, Progress& progress, Validator& validator,
                     const execution& where) {
        history_ = keep_matrix<float>(std::forward<Matrix>(ratings));
        const user_items_view by_user = history_->view();
        const auto by_item = transpose(by_user, where);
        const std::size_t factors = options_.factors;
        using detail::biased_side;
        biased_side<user_index> users{by_user, factors};
        biased_side<item_index> items{by_item.view(), factors};
        detail::randomize_rows(users.vectors, factors,
                               options_.initial_scale / std::sqrt(static_cast<double>(factors)),
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
                items.solve(users, mean_, options_, where);
                users.solve(items, mean_, options_, where);
                return options_.compute_loss ? rating_loss(users, items, mean_, options_) : 0.0;
            },
            [&] { compose(users, items); }, progress, validator);
        if (report.validation_scores.empty())
            compose(users, items);
        if (!options_.keep_history)
            history_.reset();
        return report;
    }

    /// Makes the served vectors; those of rows without ratings are zero.
    template <class Users, class Items>
    void compose(const Users& users, const Items& items) {
        const std::size_t factors = options_.factors;
        const auto fill = [&](auto& table, const auto& from, std::size_t own, std::size_t other,
                              float shift) {
            using index = typename std::remove_cvref_t<decltype(table)>::index_type;
            table = std::remove_cvref_t<decltype(table)>(from.biases.size(), factors + 2);
            for (std::size_t row = 0; row < table.rows(); ++row) {
                if (from.ratings.row(index(row)).empty())
                    continue;
                float* const to = table.padded_row(index(row));
                std::copy_n(from.vectors.padded_row(index(row)), factors, to);
                to[own] = from.biases[row] + shift;
                to[other] = 1;
            }
        };
        fill(user_factors_, users, user_bias(), item_bias(), static_cast<float>(mean_));
        fill(item_factors_, items, item_bias(), user_bias(), 0.0F);
        update_norms();
    }

    /// The system of one user against the served items.
    template <class = on_use>
    struct user_system {
        user_system(const explicit_als& model, const sparse_row<item_index, float>& history)
            : vectors(history.size(), model.options_.factors + 1),
              solver{model.options_.factors + 1, history.size()} {
            detail::start_rating_system(solver, history.size(), model.options_);
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

    template <class Use = on_use>
    [[nodiscard]] explanation<float>
    explain_score(float score, item_index item,
                  const sparse_row<item_index, float>& history) const {
        const float* const y = item_factors_.padded_row(item);
        user_system<Use> system{*this, history};
        aligned_vector<float> z(system.vectors.stride());
        std::copy_n(y, options_.factors + 1, z.data());
        if (!system.solver.solve_for(nullptr, z.data()))
            detail::throw_singular_ratings("this history");
        return explain_by_parts(score, history.columns(), [&](std::size_t k) {
            return system.targets[k] *
                   simd::dot(z.data(), system.vectors.padded_row(item_index(k)), z.size());
        });
    }

    explicit_als_options options_;
    double mean_ = 0;
};

} // namespace hybrec
