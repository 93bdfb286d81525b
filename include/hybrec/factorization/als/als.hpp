// SPDX-License-Identifier: MIT
/// @file
/// Implicit alternating least squares: a factorization of what users did and did not do.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/joined.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/confidence.hpp>
#include <hybrec/factorization/als/conjugate_gradient.hpp>
#include <hybrec/factorization/als/detail/eigenbasis.hpp>
#include <hybrec/factorization/als/detail/half_step.hpp>
#include <hybrec/factorization/als/detail/history.hpp>
#include <hybrec/factorization/als/detail/memory.hpp>
#include <hybrec/factorization/als/detail/rounded_vectors.hpp>
#include <hybrec/factorization/als/exact.hpp>
#include <hybrec/factorization/als/fitted_als.hpp>
#include <hybrec/factorization/als/loss.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/factorization/als/options.hpp>
#include <hybrec/factorization/als/subspace.hpp>
#include <hybrec/factorization/detail/step_fit.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/simd/multiply_rows.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace hybrec {

/// Implicit ALS (Hu, Koren, Volinsky 2008): user vectors xᵤ and item vectors yᵢ that minimise
/// `als_loss`, found by solving all users with the items fixed, then all items with the users
/// fixed, and so on.
///
/// @tparam Solver     how a row's system is solved: `exact`, `conjugate_gradient`, `subspace`
/// @tparam Confidence what an observed value means: `hu_koren_volinsky`, `observed_weight`,
///                    `python_implicit`
/// @tparam Value      `float` or `double`
///
/// `fit` throws numeric_error naming a row whose system is singular; an iteration costs what the
/// solver takes for every row. An rvalue `csr_matrix` is kept as history without a copy. The same
/// matrix, options and seed give the same bits for any number of threads. Const calls are
/// thread-safe. If a call throws, the model is what it was before.
template <class Solver = exact, confidence_policy Confidence = hu_koren_volinsky,
          class Value = float>
requires least_squares_solver<Solver, Value>
class implicit_als : public fitted_als<Confidence, Value>,
                     public detail::step_fit<implicit_als<Solver, Confidence, Value>> {
    using base = fitted_als<Confidence, Value>;

  public:
    using solver_type = Solver;
    using confidence_type = Confidence;
    using typename base::item_table;
    using typename base::user_table;

    /// @throws option_error naming the field, its value and the valid range.
    explicit implicit_als(als_options options = {}, Solver solver = {}, Confidence confidence = {})
        : base{options, confidence}, solver_{solver} {
        validate(options);
        solver_.check();
        confidence.check();
    }

    [[nodiscard]] const Solver& solver() const noexcept { return solver_; }

    /// Trains on from the current factors (a warm start): after `set_factors`, on newer data, or
    /// for more iterations. New rows of a larger matrix start at random.
    /// @throws as `fit`; shape_error if the matrix is smaller than the model.
    template <user_item_source Matrix, progress_observer Progress = no_progress,
              validator_of<implicit_als> Validator = no_validator>
    fit_report refit(Matrix&& interactions, Progress&& progress = {}, Validator&& validator = {},
                     const execution& where = {}) {
        implicit_als next = *this;
        next.require_not_smaller(interactions.row_count(), interactions.column_count());
        this->require_fits_budget(interactions, where);
        const fit_report report =
            next.train(std::forward<Matrix>(interactions), progress, validator, where);
        *this = std::move(next);
        return report;
    }
    template <user_item_source Matrix, progress_observer Progress>
    fit_report refit(Matrix&& interactions, Progress&& progress, const execution& where) {
        return refit(std::forward<Matrix>(interactions), progress, no_validator{}, where);
    }
    template <user_item_source Matrix>
    fit_report refit(Matrix&& interactions, const execution& where) {
        return refit(std::forward<Matrix>(interactions), no_progress{}, where);
    }

    /// Puts given factors in place, for a warm start or for serving vectors that were trained
    /// elsewhere. @throws shape_error if their lengths differ from `options().factors`.
    void set_factors(user_table users, item_table items, const execution& where = {}) {
        if (users.factors() != options_.factors || items.factors() != options_.factors)
            fail<shape_error>({"implicit_als: the given vectors have ", users.factors(),
                               " (users) and ", items.factors(), " (items) factors; expected ",
                               options_.factors});
        this->user_factors_ = std::move(users);
        this->item_factors_ = std::move(items);
        history_.reset();
        finish({.pool = where.pool}); // not to be stopped half-way
    }

    /// One half-iteration: solves all users against the current items. `fit` is made of these.
    /// @throws shape_error if the matrix and the model differ in shape, numeric_error.
    template <user_item_matrix Matrix>
    void update_users(const Matrix& interactions, const execution& where = {}) {
        require_shape(interactions.row_count(), interactions.column_count());
        implicit_als next = *this;
        const auto basis = next.solve_users(interactions.view(), where);
        multiply_rows(next.user_factors_, basis.vectors, where);
        next.item_factors_ = this->item_factors_; // to the bit
        next.finish(where);
        *this = std::move(next);
    }
    /// One half-iteration: solves all items against the current users.
    template <user_item_matrix Matrix>
    void update_items(const Matrix& interactions, const execution& where = {}) {
        require_shape(interactions.row_count(), interactions.column_count());
        implicit_als next = *this;
        const auto basis = next.solve_items(transpose(interactions.view(), where).view(), where);
        multiply_rows(next.item_factors_, basis.vectors, where);
        next.user_factors_ = this->user_factors_;
        next.finish(where);
        *this = std::move(next);
    }

    /// The loss of the current factors on `interactions`; see `als_loss`.
    template <user_item_matrix Matrix>
    [[nodiscard]] double loss(const Matrix& interactions, const execution& where = {}) const {
        require_shape(interactions.row_count(), interactions.column_count());
        aligned_vector<std::size_t> entries(this->item_count());
        for (const item_index item : interactions.view().columns())
            ++entries[item.value()];
        return als_loss(
            interactions.view(), this->user_factors_, this->item_factors_, confidence_,
            options_.regularization, options_.regularization_exponent,
            [&](item_index item) { return entries[item.value()]; }, where);
    }

    /// The bytes that `fit` will hold at its peak, without the caller's matrix, an earlier state of
    /// the model and what a validator keeps (one more copy of the factors). A matrix that is moved
    /// in, with `keep_history` off, is freed on the way, so the whole takes less.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        return detail::als_bytes<Value>(options_, users, items, entries, threads);
    }

    [[nodiscard]] static std::string type_name() {
        return joined({"implicit_als<", Solver::name(), ",", Confidence::name(), ",",
                       std::same_as<Value, float> ? "float" : "double", ">"});
    }
    void save(archive_writer auto& archive) const {
        this->require_fitted();
        save_options(archive, options_);
        solver_.save(archive);
        confidence_.save(archive);
        this->save_factors(archive);
    }
    [[nodiscard]] static implicit_als load(archive_reader auto& archive) {
        auto model = model_with<implicit_als>(archive, load_options<als_options>(archive),
                                              Solver::load(archive), Confidence::load(archive));
        model.load_factors(archive, model.options().factors);
        model.finish({});
        return model;
    }

    friend bool operator==(const implicit_als& left, const implicit_als& right) {
        return left.options_ == right.options_ && left.solver_ == right.solver_ &&
               left.confidence_ == right.confidence_ && left.same_factors(right);
    }

  private:
    friend class detail::step_fit<implicit_als>;
    using base::confidence_;
    using base::finish;
    using base::history_;
    using base::options_;
    using base::regularization;
    using base::unobserved;

    [[nodiscard]] implicit_als untrained() const {
        return implicit_als{options_, solver_, confidence_};
    }

    /// The iterations, from the current factors or, where there are none, random ones.
    template <class Matrix, class Progress, class Validator>
    fit_report train(Matrix&& interactions, Progress& progress, Validator& validator,
                     const execution& where) {
        history_ = nullptr;
        if (options_.keep_history)
            history_ = keep_matrix<Value>(std::forward<Matrix>(interactions));
        // An rvalue may have moved into the history; one that is not kept is used up.
        if (history_)
            return iterate(history_->view(), progress, validator, where);
        if constexpr (requires { std::forward<Matrix>(interactions).release(); })
            return iterate(detail::make_narrow(std::move(interactions), where), progress, validator,
                           where);
        else
            return iterate(interactions.view(), progress, validator, where);
    }

    /// @param by_user a `csr_view` or `narrow_rows`
    template <class Matrix, class Progress, class Validator>
    fit_report iterate(const Matrix& by_user, Progress& progress, Validator& validator,
                       const execution& where) {
        const auto by_item = detail::transpose_narrow(by_user, where);
        // Not earlier: a matrix that was moved in takes more memory until here.
        grow(by_user.row_count(), by_user.column_count(), where);
        const bool needs_loss = options_.compute_loss || options_.tolerance > 0;
        const auto item_entries = [&](item_index item) {
            return static_cast<std::size_t>(by_item.offsets()[item.value() + 1] -
                                            by_item.offsets()[item.value()]);
        };
        const auto report = detail::train_in_steps(
            *this,
            {.model = "implicit ALS",
             .steps = options_.iterations,
             .patience = options_.patience,
             .has_loss = needs_loss,
             .tolerance = options_.tolerance},
            [&](std::size_t) {
                solve_users(by_user, where);
                solve_items(by_item, where);
                return needs_loss ? als_loss(by_user, this->user_factors_, this->item_factors_,
                                             confidence_, options_.regularization,
                                             options_.regularization_exponent, item_entries, where)
                                  : 0.0;
            },
            [&] { finish(where); }, progress, validator);
        if (options_.align_users)
            solve_users(by_user, where);
        finish(where);
        return report;
    }

    template <class Matrix>
    auto solve_users(const Matrix& rows, const execution& where) {
        return half_step(rows, this->item_factors_, this->user_factors_, where);
    }
    template <class Matrix>
    auto solve_items(const Matrix& rows, const execution& where) {
        return half_step(rows, this->user_factors_, this->item_factors_, where);
    }
    /// Solves all rows of one side in the eigenbasis of the other side's Gram matrix; both tables
    /// stay in that basis, which is returned.
    template <class Row, class Column, class Matrix>
    detail::eigenbasis<Value> half_step(const Matrix& rows, factor_table<Column, Value>& fixed,
                                        factor_table<Row, Value>& solved, const execution& where) {
        auto basis = detail::eigenbasis_of(fixed, unobserved(), where);
        if constexpr (Solver::uses_start) { // and is approximate
            multiply_rows_fast({fixed.all_rows(), solved.all_rows()}, basis.transpose, where);
        } else {
            multiply_rows(fixed, basis.transpose, where);
        }
        detail::als_fixed_side<Column, Value> side{fixed, nullptr, basis.values.data(),
                                                   regularization(fixed.rows())};
        std::optional<detail::rounded_vectors> rounded;
        if constexpr (std::same_as<Value, float> && requires { solver_.rounds_vectors(1U); })
            if (solver_.rounds_vectors(fixed.bytes()))
                side.rounded = &rounded.emplace(fixed, where);
        detail::als_half_step(rows, side, solved, 0, solver_, confidence_, where);
        return basis;
    }

    /// Random vectors for users and items that have none yet.
    void grow(std::size_t users, std::size_t items, const execution& where) {
        const std::size_t old_users = this->user_count();
        const std::size_t old_items = this->item_count();
        if (old_users == 0 && old_items == 0) {
            this->user_factors_ = user_table(users, options_.factors);
            this->item_factors_ = item_table(items, options_.factors);
        } else {
            this->user_factors_.resize(users);
            this->item_factors_.resize(items);
        }
        const double scale =
            options_.initial_scale / std::sqrt(static_cast<double>(options_.factors));
        for (const bool of_users : {true, false}) // a loop, and one copy of what it calls
            detail::randomize_rows(
                of_users ? this->user_factors_.all_rows() : this->item_factors_.all_rows(),
                of_users ? old_users : old_items, options_.factors, scale,
                counter_random{options_.seed, of_users ? 1U : 2U}, {.pool = where.pool});
    }
    void require_not_smaller(std::size_t users, std::size_t items) const {
        if (users < this->user_count() || items < this->item_count())
            fail<shape_error>({"refit: the matrix is ", users, " × ", items, ", the model ",
                               this->user_count(), " × ", this->item_count(),
                               "; it may not be smaller"});
    }

    void require_shape(std::size_t users, std::size_t items) const {
        if (users != this->user_count() || items != this->item_count())
            fail<shape_error>({"the matrix is ", users, " × ", items, ", the model ",
                               this->user_count(), " × ", this->item_count()});
    }
    Solver solver_;
};

} // namespace hybrec
