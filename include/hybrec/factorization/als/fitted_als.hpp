// SPDX-License-Identifier: MIT
/// @file
/// A trained implicit ALS model: takes new users and items, and explains its scores.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/confidence.hpp>
#include <hybrec/factorization/als/detail/half_step.hpp>
#include <hybrec/factorization/als/detail/history.hpp>
#include <hybrec/factorization/als/exact.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/factorization/als/options.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

namespace hybrec {

/// What `implicit_als` can do once it has factors, whichever solver found them. Whatever is solved
/// here, a single row at a time, is solved exactly.
///
/// Const calls are thread-safe. If a call throws, the model is what it was before.
template <confidence_policy Confidence, class Value>
class fitted_als : public factor_model<Value> {
  public:
    [[nodiscard]] const als_options& options() const noexcept { return options_; }
    [[nodiscard]] const Confidence& confidence() const noexcept { return confidence_; }
    [[nodiscard]] bool fitted() const noexcept { return !item_gram_.empty(); }

    /// The vector of a user that the model has not seen, from what the user did: the exact solution
    /// of the user's normal equations. Use it in place of a user index.
    /// @param history items, or items with weights on the scale of the training matrix
    /// @throws data_error if `history` is empty (use a fallback such as `popularity`) or a weight is
    ///         not finite, shape_error for an item beyond the model, not_fitted_error,
    ///         numeric_error.
    /// Complexity: O(|history|·f² + f³/3).
    template <item_history History>
    [[nodiscard]] folded_user<Value> fold_in(const History& history) const {
        require_fitted();
        const history_row<item_index, Value> row{history, this->item_count()};
        folded_user<Value> result{this->item_factors_.factors()};
        detail::als_row_solver<exact, Value> rows{exact{}, this->item_factors_.factors(),
                                                  row.size()};
        if (!rows.solve(item_side(), row.view(), confidence_, result.data()))
            detail::throw_singular(user_index(this->user_count()),
                                   item_side().regularization.of(row.size()));
        return result;
    }

    /// The vector of an item that the model has not seen, from the users who chose it.
    template <user_history History>
    [[nodiscard]] folded_item<Value> fold_in_item(const History& users) const {
        require_fitted();
        const history_row<user_index, Value> row{users, this->user_count()};
        folded_item<Value> result{this->item_factors_.factors()};
        detail::als_row_solver<exact, Value> rows{exact{}, this->item_factors_.factors(),
                                                  row.size()};
        if (!rows.solve(user_side(), row.view(), confidence_, result.data()))
            detail::throw_singular(item_index(this->item_count()),
                                   user_side().regularization.of(row.size()));
        return result;
    }

    /// Adds one user per row of `rows`, solved against the current items, without refitting.
    /// Returns the index of the first one. The vectors of others do not change.
    template <user_item_matrix Matrix>
    user_index append_users(const Matrix& rows, const execution& where = {}) {
        require_fitted();
        const std::size_t before = this->user_count();
        if (rows.column_count() > this->item_count())
            throw shape_error{"append_users: the rows have " + std::to_string(rows.column_count()) +
                              " items, the model has " + std::to_string(this->item_count())};
        auto users = this->user_factors_;
        users.resize(before + rows.row_count());
        detail::als_half_step(rows.view(), item_side(), users, before, exact{}, confidence_, where);
        if (history_)
            history_ =
                std::make_shared<history_matrix>(detail::append_rows(*history_, rows.view()));
        this->user_factors_ = std::move(users);
        finish({.pool = where.pool}); // not to be stopped half-way
        return user_index(before);
    }

    /// Adds one item per row of `rows` (items × users), solved against the current users, without
    /// refitting. Returns the index of the first one.
    template <item_user_matrix Matrix>
    item_index append_items(const Matrix& rows, const execution& where = {}) {
        require_fitted();
        const std::size_t before = this->item_count();
        if (rows.column_count() > this->user_count())
            throw shape_error{"append_items: the rows have " + std::to_string(rows.column_count()) +
                              " users, the model has " + std::to_string(this->user_count())};
        auto items = this->item_factors_;
        items.resize(before + rows.row_count());
        detail::als_half_step(rows.view(), user_side(), items, before, exact{}, confidence_, where);
        if (history_)
            history_ =
                std::make_shared<history_matrix>(detail::append_columns(*history_, rows.view()));
        this->item_factors_ = std::move(items);
        finish({.pool = where.pool}); // not to be stopped half-way
        return item_index(before);
    }

    /// Why `item` has its score for `user`: what each item of the user's training history adds to
    /// it (Hu, Koren, Volinsky 2008, section 5). Parts and remainder sum to the score.
    /// @throws not_fitted_error if the model keeps no history; see `als_options::keep_history`.
    /// Complexity: O(n·f² + f³/3) for a history of n items.
    [[nodiscard]] explanation<Value> explain(user_index user, item_index item) const {
        require_fitted();
        if (!history_)
            throw not_fitted_error{"implicit_als: explain(user, item) needs the training history, "
                                   "which this model does not keep (keep_history); use "
                                   "explain(user, item, history). The model"};
        this->require_below(user, this->user_count(), "user");
        return explain_vector(this->user_factors_.padded_row(user), item, history_->row(user));
    }
    /// The same for a history that the caller holds.
    template <item_history History>
    [[nodiscard]] explanation<Value> explain(user_index user, item_index item,
                                             const History& history) const {
        require_fitted();
        this->require_below(user, this->user_count(), "user");
        const history_row<item_index, Value> row{history, this->item_count()};
        return explain_vector(this->user_factors_.padded_row(user), item, row.view());
    }
    /// The same for a folded-in user and the history it was made from.
    template <item_history History>
    [[nodiscard]] explanation<Value> explain(const folded_user<Value>& user, item_index item,
                                             const History& history) const {
        require_fitted();
        this->require_fits(user);
        const history_row<item_index, Value> row{history, this->item_count()};
        return explain_vector(user.data(), item, row.view());
    }

    /// The training interactions; null if they are not kept. Copies of a model share them.
    [[nodiscard]] const csr_matrix<user_index, item_index, Value>* history() const noexcept {
        return history_.get();
    }

  protected:
    using history_matrix = csr_matrix<user_index, item_index, Value>;

    fitted_als(const als_options& options, const Confidence& confidence)
        : options_{options}, confidence_{confidence} {}
    ~fitted_als() = default;
    fitted_als(const fitted_als&) = default;
    fitted_als(fitted_als&&) noexcept = default;
    fitted_als& operator=(const fitted_als&) = default;
    fitted_als& operator=(fitted_als&&) noexcept = default;

    /// What serving needs besides the factors.
    void finish(const execution& where) {
        item_gram_ = gram_matrix(this->item_factors_, unobserved(), where);
        user_gram_ = gram_matrix(this->user_factors_, unobserved(), where);
        this->update_norms();
    }

    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{"implicit_als"};
    }
    [[nodiscard]] Value unobserved() const noexcept {
        return static_cast<Value>(confidence_.unobserved());
    }
    /// What single users are solved against.
    [[nodiscard]] auto item_side() const noexcept {
        return detail::als_fixed_side<item_index, Value>{
            this->item_factors_, item_gram_.data(), nullptr, regularization(this->item_count())};
    }
    [[nodiscard]] auto user_side() const noexcept {
        return detail::als_fixed_side<user_index, Value>{
            this->user_factors_, user_gram_.data(), nullptr, regularization(this->user_count())};
    }
    [[nodiscard]] detail::als_regularization regularization(std::size_t others) const noexcept {
        return {options_.regularization, options_.regularization_exponent,
                confidence_.unobserved() * static_cast<double>(others)};
    }

    als_options options_;
    Confidence confidence_;
    kept_interactions<Value> history_; // never changed, so that copies can share it

  private:
    explanation<Value> explain_vector(const Value* user, item_index item,
                                      const sparse_row<item_index, Value>& history) const {
        this->require_below(item, this->item_count(), "item");
        const Value* y = this->item_factors_.padded_row(item);
        const std::size_t size = this->item_factors_.stride();
        explanation<Value> result;
        result.score = result.remainder = simd::dot(user, y, size);
        if (history.empty())
            return result;
        // score = yᵀA⁻¹·Σ bₖyₖ = Σ bₖ·⟨z, yₖ⟩ with A z = y.
        detail::als_row_solver<exact, Value> rows{exact{}, this->item_factors_.factors(),
                                                  history.size()};
        const auto system = rows.system(item_side(), history, confidence_);
        aligned_vector<Value> z(size); // first b, which is not needed here
        if (!exact::factorize(system, z.data(), rows.scratch()))
            throw numeric_error{"implicit_als: the system of this history is singular"};
        std::copy_n(y, size, z.data());
        simd::cholesky_solve(rows.scratch().matrix.data(), size, this->item_factors_.factors(),
                             z.data());
        for (std::size_t k = 0; k < system.entries; ++k) {
            const Value part = system.targets[k] * simd::dot(z.data(), system.rows[k], size);
            result.parts.push_back({history.columns()[k], part});
            result.remainder -= part;
        }
        std::sort(result.parts.begin(), result.parts.end(), ranks_before<item_index, Value>);
        return result;
    }

    aligned_vector<Value> item_gram_; // α₀·YᵀY, for folding in users
    aligned_vector<Value> user_gram_; // α₀·XᵀX, for folding in items
};

} // namespace hybrec
