// SPDX-License-Identifier: MIT
/// @file
/// Logistic matrix factorization: the probability that a user chooses an item.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/detail/draws.hpp>
#include <hybrec/factorization/detail/step_fit.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/factorization/logistic_mf/detail/ada_grad_step.hpp>
#include <hybrec/factorization/logistic_mf/options.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace hybrec {

/// A user chooses an item with probability σ(s), s = ⟨xᵤ, yᵢ⟩ + βᵤ + βᵢ (Johnson 2014, "Logistic
/// matrix factorization for implicit feedback data", equation 2). Scores are s. Maximised is
///
///     Σ_observed (α·r·s − (1 + α·r)·ln(1 + eˢ)) − Σ_unobserved ln(1 + eˢ) − λ/2·Σ|parameters|²
///
/// by alternating AdaGrad steps (section 3): all users along the gradient with the items fixed, then
/// all items. Unobserved entries are drawn anew for every step; one that is observed is drawn again.
/// A user's are `negatives` times as many as the observed ones, of any items. An item's are as many
/// for every item, `negatives` times the mean of the observed ones, of users in proportion to their
/// entries. So the entry (u, i) is as likely in both steps, and a popular item, which has more
/// observed entries but not more of the others, gets the higher bias. (With negatives in proportion
/// to the item's own entries, popular and rare items would have the same bias.)
///
/// Entries of weight 0 or less say neither: they are not observed and never drawn. Vectors are stored as (xᵤ, βᵤ, 1) and
/// (yᵢ, 1, βᵢ), so that s is one inner product; with a constant in them they are no directions of
/// taste, and the model offers no likeness of items or users. Users and items that have no positive
/// entry are not known.
///
/// `fit` starts from random vectors; items' biases start at 0, those of users where they are best while
/// the other parameters say nothing. (From 0 the first steps all lower them, and what AdaGrad sums up
/// then slows what matters later.) An iteration takes O(negatives · entries · factors). Without a
/// positive entry `fit` throws data_error.
///
/// A row's step depends on the other side, the seed, the iteration and the row: the result does not
/// depend on the number of threads. Const calls are thread-safe. If a call throws, the model is what
/// it was before.
class logistic_mf : public factor_model<float>, public detail::step_fit<logistic_mf> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    template <class Use = on_use>
    explicit logistic_mf(logistic_mf_options options = {}) : options_{options} {
        validate<Use>(options);
    }

    [[nodiscard]] const logistic_mf_options& options() const noexcept { return options_; }
    [[nodiscard]] bool fitted() const noexcept { return item_count() > 0; }

    /// σ(s). @pre as `score`.
    template <class = on_use>
    [[nodiscard]] float probability(user_index user, item_index item) const noexcept {
        return 1 / (1 + std::exp(-score(user, item)));
    }

    /// The vector of a user that the model has not seen, by the AdaGrad steps of training from zero
    /// with the items fixed: the logistic loss has no closed solution. The same history gives the
    /// same vector.
    /// @throws data_error if `history` is empty or has no positive weight, shape_error for an item
    ///         beyond the model, not_fitted_error.
    template <item_history History>
    [[nodiscard]] folded_user<float> fold_in(const History& history) const {
        if (!fitted())
            throw not_fitted_error{type_name()};
        const history_row<item_index, float> row{history, item_count()};
        if (!has_positive(row.view()))
            fail<data_error>({"logistic_mf: the history has no positive weight; recommend from a "
                              "fallback instead, for example popularity"});
        folded_user<float> user{item_factors_.factors()};
        start_user(row.view(), user.data());
        aligned_vector<float> squares(item_factors_.stride());
        aligned_vector<float> gradient(item_factors_.stride());
        for (std::size_t at = 0; at < options_.fold_in_steps; ++at)
            detail::ada_grad_step(options_, row.view(), item_factors_, options_.factors + 1,
                                  unobserved_items(row.view(), detail::draws{counter_random{
                                                                   options_.seed, at << 2 | 3}}),
                                  user.data(), squares.data(), gradient);
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
        const std::size_t columns = options_.factors + 2;
        return ((users + items) * (2 * padded_size<float>(columns) + 1) +
                threads * padded_size<float>(columns)) *
                   sizeof(float) +
               entries * (sizeof(user_index) + sizeof(float)) +
               (1 + threads) * (items + 1) * sizeof(offset) +
               search_index::estimate_bytes(items, columns);
    }

    [[nodiscard]] static std::string type_name() { return "logistic_mf"; }
    void save(archive_writer auto& archive) const {
        if (!fitted())
            throw not_fitted_error{type_name()};
        save_options(archive, options_);
        save_table(archive, "user_factors", user_factors_);
        save_table(archive, "item_factors", item_factors_);
    }
    [[nodiscard]] static logistic_mf load(archive_reader auto& archive) {
        auto model = model_with<logistic_mf>(archive, load_options<logistic_mf_options>(archive));
        const std::size_t columns = model.options_.factors + 2;
        model.user_factors_ = load_table<user_index, float>(archive, "user_factors", columns);
        model.item_factors_ = load_table<item_index, float>(archive, "item_factors", columns);
        model.update_norms();
        return model;
    }

    friend bool operator==(const logistic_mf& left, const logistic_mf& right) {
        return left.options_ == right.options_ && left.user_factors_ == right.user_factors_ &&
               left.item_factors_ == right.item_factors_;
    }

  private:
    friend class detail::step_fit<logistic_mf>;

    [[nodiscard]] logistic_mf untrained() const { return logistic_mf{options_}; }

    [[nodiscard]] static bool has_positive(const auto& row) noexcept {
        return std::ranges::any_of(row.values(), [](auto value) { return value > 0; });
    }

    template <class Matrix, class Progress, class Validator>
    fit_report train(const Matrix& interactions, Progress& progress, Validator& validator,
                     const execution& where) {
        const auto by_user = interactions.view();
        const auto by_item = transpose(by_user, where);
        const std::size_t columns = options_.factors + 2;
        user_factors_ = user_table(by_user.row_count(), columns);
        item_factors_ = item_table(by_user.column_count(), columns);
        start(
            by_user, user_factors_, 1, [&](const auto& row, float* user) { start_user(row, user); },
            where);
        start(
            by_item.view(), item_factors_, 2,
            [&](const auto&, float* item) { item[options_.factors] = 1; }, where);
        if (!std::ranges::any_of(by_user.values(), [](auto value) { return value > 0; }))
            fail<data_error>({"logistic_mf: no entry is positive; expected at least one"});
        user_table user_squares(user_factors_.rows(), columns);
        item_table item_squares(item_factors_.rows(), columns);
        const auto report = detail::train_in_steps(
            *this,
            {.model = "logistic_mf",
             .steps = options_.iterations,
             .patience = options_.patience,
             .has_loss = false},
            [&](std::size_t iteration) {
                step_side(
                    by_user, item_factors_, options_.factors + 1, iteration << 2 | 1,
                    [&](const auto& row, const detail::draws& draws) {
                        return unobserved_items(row, draws);
                    },
                    user_factors_, user_squares, where);
                step_side(
                    by_item.view(), user_factors_, options_.factors, iteration << 2 | 2,
                    [&](const auto&, const detail::draws& draws) {
                        return unobserved_users(by_item.view(), draws);
                    },
                    item_factors_, item_squares, where);
                return 0.0;
            },
            [&] { publish(); }, progress, validator);
        publish();
        return report;
    }

    template <class = on_use>
    void publish() {
        constexpr const char* advice = "a smaller learning_rate or alpha";
        detail::require_finite(user_factors_, type_name(), advice);
        detail::require_finite(item_factors_, type_name(), advice);
        update_norms();
    }

    /// βᵤ = ln(α·r̄ / (1 + negatives)), where the derivative by βᵤ is 0 if all s are βᵤ; and the 1.
    void start_user(const auto& row, float* user) const noexcept {
        double total = 0;
        double count = 0;
        for (const auto value : row.values())
            if (value > 0) {
                total += static_cast<double>(value);
                count += 1;
            }
        user[options_.factors] = static_cast<float>(std::log(
            options_.alpha * total / count / (1 + static_cast<double>(options_.negatives))));
        user[options_.factors + 1] = 1;
    }

    /// Random vectors for the rows that have positive entries; `rest` sets what else is in one.
    template <class Row, class Rest>
    void start(const auto& matrix, factor_table<Row, float>& table, std::uint64_t stream,
               Rest&& rest, const execution& where) const {
        detail::randomize_rows(table, options_.factors,
                               options_.initial_scale /
                                   std::sqrt(static_cast<double>(options_.factors)),
                               counter_random{options_.seed, stream}, where);
        for (std::size_t row = 0; row < table.rows(); ++row)
            if (has_positive(matrix.row(Row(row))))
                rest(matrix.row(Row(row)), table.padded_row(Row(row)));
            else
                std::ranges::fill(table.row(Row(row)), 0.0F);
    }

    /// The items to draw for a user's step.
    [[nodiscard]] detail::unobserved_items unobserved_items(const auto& row,
                                                            detail::draws draws) const noexcept {
        const auto positive = static_cast<std::size_t>(
            std::ranges::count_if(row.values(), [](auto value) { return value > 0; }));
        return {options_.negatives * positive, item_factors_.rows(), draws};
    }
    /// The users to draw for an item's step.
    [[nodiscard]] detail::unobserved_users unobserved_users(const auto& by_item,
                                                            detail::draws draws) const noexcept {
        const std::size_t wanted = options_.negatives * by_item.entry_count();
        return {(wanted + by_item.row_count() - 1) / by_item.row_count(), by_item.columns(), draws};
    }

    /// A step for every row of one side; rows are independent of each other.
    template <class Row, class Column, class Entry, class UnobservedOf>
    void step_side(const csr_view<Row, Column, Entry>& interactions,
                   const factor_table<Column, float>& fixed, std::size_t constant,
                   std::uint64_t stream, const UnobservedOf& unobserved_of,
                   factor_table<Row, float>& moved, factor_table<Row, float>& squares,
                   const execution& where) const {
        fixed_array<aligned_vector<float>> gradients(where.threads().size(), fixed.stride());
        where.threads().for_chunks(
            moved.rows(), 32,
            [&](std::size_t begin, std::size_t end, std::size_t worker) {
                for (std::size_t row = begin; row < end; ++row)
                    if (has_positive(interactions.row(Row(row))))
                        detail::ada_grad_step(
                            options_, interactions.row(Row(row)), fixed, constant,
                            unobserved_of(interactions.row(Row(row)),
                                          detail::draws{counter_random{
                                              options_.seed, stream << 32 | std::uint64_t{row}}}),
                            moved.padded_row(Row(row)), squares.padded_row(Row(row)),
                            gradients[worker]);
            },
            where.stop);
    }

    logistic_mf_options options_;
};

} // namespace hybrec
