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
#include <hybrec/factorization/detail/explained_model.hpp>
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
class fitted_als : public detail::explained_model<fitted_als<Confidence, Value>, Value> {
  public:
    using typename factor_model<Value>::item_table;
    using typename factor_model<Value>::user_table;

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
        this->require_fitted();
        const history_row<item_index, Value> row{history, this->item_count()};
        folded_user<Value> result{this->item_factors_.factors()};
        detail::als_row_solver<exact, Value> rows{exact{}, this->item_factors_.factors(),
                                                  row.size()};
        if (!rows.solve(item_side(), row.view(), confidence_, result.data()))
            detail::throw_singular(detail::side_name<user_index>(), this->user_count(),
                                   item_side().regularization.of(row.size()));
        return result;
    }

    /// The vector of an item that the model has not seen, from the users who chose it.
    template <user_history History>
    [[nodiscard]] folded_item<Value> fold_in_item(const History& users) const {
        this->require_fitted();
        const history_row<user_index, Value> row{users, this->user_count()};
        folded_item<Value> result{this->item_factors_.factors()};
        detail::als_row_solver<exact, Value> rows{exact{}, this->item_factors_.factors(),
                                                  row.size()};
        if (!rows.solve(user_side(), row.view(), confidence_, result.data()))
            detail::throw_singular(detail::side_name<item_index>(), this->item_count(),
                                   user_side().regularization.of(row.size()));
        return result;
    }

    /// Adds one user per row of `rows`, solved against the current items, without refitting.
    /// Returns the index of the first one. The vectors of others do not change.
    template <user_item_matrix Matrix>
    user_index append_users(const Matrix& rows, const execution& where = {}) {
        this->require_fitted();
        const std::size_t before = this->user_count();
        if (rows.column_count() > this->item_count())
            fail<shape_error>({"append_users: the rows have ", rows.column_count(),
                               " items, the model has ", this->item_count()});
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
        this->require_fitted();
        const std::size_t before = this->item_count();
        if (rows.column_count() > this->user_count())
            fail<shape_error>({"append_items: the rows have ", rows.column_count(),
                               " users, the model has ", this->user_count()});
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

  protected:
    using detail::explained_model<fitted_als, Value>::history_;
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

  private:
    friend class detail::explained_model<fitted_als, Value>;

    [[nodiscard]] static std::string algorithm() { return "implicit_als"; }

    /// What each item of the history adds (Hu, Koren, Volinsky 2008, section 5).
    [[nodiscard]] explanation<Value>
    explain_score(Value score, item_index item,
                  const sparse_row<item_index, Value>& history) const {
        const Value* y = this->item_factors_.padded_row(item);
        const std::size_t size = this->item_factors_.stride();
        // score = yᵀA⁻¹·Σ bₖyₖ = Σ bₖ·⟨z, yₖ⟩ with A z = y.
        detail::als_row_solver<exact, Value> rows{exact{}, this->item_factors_.factors(),
                                                  history.size()};
        const auto system = rows.system(item_side(), history, confidence_);
        aligned_vector<Value> z(size); // first b, which is not needed here
        if (!exact::factorize(system, z.data(), rows.scratch()))
            fail<numeric_error>({"implicit_als: the system of this history is singular"});
        std::copy_n(y, size, z.data());
        simd::cholesky_solve(rows.scratch().matrix.data(), size, this->item_factors_.factors(),
                             z.data());
        return explain_by_parts(score, history.columns(), [&](std::size_t k) {
            return system.targets[k] * simd::dot(z.data(), system.rows[k], size);
        });
    }

    aligned_vector<Value> item_gram_; // α₀·YᵀY, for folding in users
    aligned_vector<Value> user_gram_; // α₀·XᵀX, for folding in items
};

} // namespace hybrec
