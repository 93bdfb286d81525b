// SPDX-License-Identifier: MIT
/// @file
/// Factorizations that learn from pairs: an item that a user chose beside one that the user did not.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/fit_report.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/bpr/detail/pairwise_descent.hpp>
#include <hybrec/factorization/bpr/detail/strata.hpp>
#include <hybrec/factorization/bpr/losses.hpp>
#include <hybrec/factorization/bpr/options.hpp>
#include <hybrec/factorization/detail/draws.hpp>
#include <hybrec/factorization/detail/step_fit.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/sparse/history_row.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// User vectors xᵤ, item vectors yᵢ and item biases bᵢ with scores ⟨xᵤ, yᵢ⟩ + bᵢ, found by
/// stochastic gradient descent: for each positive entry (u, i) the loss chooses an item j that u has
/// not, and a step raises the score of i above that of j.
///
/// An entry of positive weight says that the user chose the item; how large the weight is does not
/// matter. Other entries are treated as if they were not there, so a disliked item may be drawn as
/// negative. The bias is one more factor, for which every user has the value 1; a score stays an
/// inner product. Users and items without a positive entry are not known; such items are never drawn
/// as negatives.
///
/// `fit` throws data_error if there is no positive entry, numeric_error if the factors overflow; an
/// epoch takes O(entries · factors). It draws every positive entry once, in random order within strata of users × items (see
/// `detail::strata`). The same matrix, options and seed give the same bits for any number of
/// threads; up to 64 of them find work. Const calls are thread-safe. If a call throws, the model is
/// what it was before.
///
/// @tparam Loss `bpr_loss` or `warp_loss`; `bpr` and `warp` are names for these models
template <pairwise_loss Loss>
class pairwise_factorization : public factor_model<float>,
                               public detail::step_fit<pairwise_factorization<Loss>> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    explicit pairwise_factorization(pairwise_options options = {}, Loss loss = {})
        : options_{options}, loss_{loss} {
        validate(options, Loss::name());
        loss.check();
    }

    [[nodiscard]] const pairwise_options& options() const noexcept { return options_; }
    [[nodiscard]] const Loss& loss() const noexcept { return loss_; }
    [[nodiscard]] bool fitted() const noexcept { return item_count() > 0; }

    /// The bias of an item; 0 without `item_bias`. @pre `item` is below `item_count()`.
    [[nodiscard]] float bias(item_index item) const noexcept {
        return options_.item_bias ? item_factors_.padded_row(item)[options_.factors] : 0.0F;
    }

    /// The vector of a user that the model has not seen, by the gradient steps of training with the
    /// items held fixed. (A closed form exists for squared errors, not for the loss of pairs;
    /// steps on the same loss give a vector on the scale of those that were trained.)
    /// The same history gives the same vector.
    /// @param history what the user chose; weights only say by their sign whether an item counts
    /// @throws data_error if `history` is empty or has no positive weight, shape_error for an item
    ///         beyond the model, not_fitted_error.
    /// Complexity: O(fold_in_epochs · |history| · factors).
    template <item_history History>
    [[nodiscard]] folded_user<float> fold_in(const History& history) const {
        if (!fitted())
            throw not_fitted_error{Loss::name()};
        const history_row<item_index, float> row{history, item_count()};
        std::vector<item_index> chosen;
        for (const auto [item, weight] : row.view())
            if (is_positive(weight))
                chosen.push_back(item);
        if (chosen.empty())
            fail<data_error>({Loss::name(),
                              ": the history has no positive weight; recommend from a fallback "
                              "instead, for example popularity"});
        folded_user<float> user{item_factors_.factors()};
        start_user(user.data());
        detail::draws draws{counter_random{options_.seed, fold_in_stream}};
        const float rate = static_cast<float>(options_.learning_rate);
        const float keep = 1 - rate * static_cast<float>(options_.user_regularization);
        for (std::size_t step = 0; step < options_.fold_in_epochs * chosen.size(); ++step) {
            const item_index item = chosen[draws.below(chosen.size())];
            const pairwise_draw drawn = detail::draw_pair(
                loss_, known_item_count(), [&] { return item_index(draws.below(item_count())); },
                [&](item_index candidate) {
                    return !knows(candidate) ||
                           std::binary_search(chosen.begin(), chosen.end(), candidate);
                },
                [&](item_index negative) {
                    return simd::dot_difference(user.data(), item_factors_.padded_row(item),
                                                item_factors_.padded_row(negative),
                                                item_factors_.stride());
                });
            const float pull = rate * drawn.pull;
            const float* const y = item_factors_.padded_row(item);
            const float* const z = item_factors_.padded_row(item_index(drawn.negative));
            if (pull != 0)
                for (std::size_t at = 0; at < options_.factors; ++at)
                    user.data()[at] = keep * user.data()[at] + pull * (y[at] - z[at]);
        }
        return user;
    }

    /// The bytes that `fit` will hold at its peak, without the caller's matrix and what a validator
    /// keeps (one more copy of the model).
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t = 1) const {
        const std::size_t columns = options_.factors + (options_.item_bias ? 1 : 0);
        const std::size_t tables =
            (users + items) * (padded_size<float>(columns) + 1) * sizeof(float);
        return tables + detail::strata<>::bytes(items, entries) + entries * sizeof(item_index) +
               users * sizeof(offset) + // if not all are positive
               search_index::estimate_bytes(items, columns);
    }

    [[nodiscard]] static std::string type_name() { return Loss::name(); }
    void save(archive_writer auto& archive) const {
        if (!fitted())
            throw not_fitted_error{Loss::name()};
        save_options(archive, options_);
        loss_.save(archive);
        save_table(archive, "user_factors", user_factors_);
        save_table(archive, "item_factors", item_factors_);
    }
    [[nodiscard]] static pairwise_factorization load(archive_reader auto& archive) {
        auto model = model_with<pairwise_factorization>(
            archive, load_options<pairwise_options>(archive), Loss::load(archive));
        const std::size_t columns = model.columns();
        model.user_factors_ = load_table<user_index, float>(archive, "user_factors", columns);
        model.item_factors_ = load_table<item_index, float>(archive, "item_factors", columns);
        model.update_norms();
        return model;
    }

    friend bool operator==(const pairwise_factorization& left,
                           const pairwise_factorization& right) {
        return left.options_ == right.options_ && left.loss_ == right.loss_ &&
               left.user_factors_ == right.user_factors_ &&
               left.item_factors_ == right.item_factors_;
    }

  private:
    friend class detail::step_fit<pairwise_factorization>;

    [[nodiscard]] pairwise_factorization untrained() const {
        return pairwise_factorization{options_, loss_};
    }

    // Names of the streams of random numbers; those of epochs have an epoch in the upper half.
    static constexpr std::uint64_t user_stream = 1;
    static constexpr std::uint64_t item_stream = 2;
    static constexpr std::uint64_t fold_in_stream = 3;

    static constexpr auto is_positive = [](auto weight) { return weight > 0; };

    [[nodiscard]] std::size_t columns() const noexcept {
        return options_.factors + (options_.item_bias ? 1 : 0);
    }
    /// Sets what a user's vector has besides the factors.
    void start_user(float* user) const noexcept {
        if (options_.item_bias)
            user[options_.factors] = 1;
    }

    template <class Matrix, class Progress, class Validator>
    fit_report train(const Matrix& interactions, Progress& progress, Validator& validator,
                     const execution& where) {
        using positives = detail::positive_entries<>;
        const auto view = interactions.view();
        if (std::ranges::all_of(view.values(), is_positive))
            return descend(positives{view.offsets(), view.columns()}, view.column_count(), progress,
                           validator, where);
        std::vector<offset> offsets{0};
        std::vector<item_index> columns;
        for (std::size_t user = 0; user < view.row_count(); ++user) {
            for (const auto [item, weight] : view.row(user_index(user)))
                if (is_positive(weight))
                    columns.push_back(item);
            offsets.push_back(columns.size());
        }
        if (columns.empty())
            fail<data_error>({Loss::name(), ": no entry is positive; expected at least one"});
        return descend(positives{as_span(offsets), as_span(columns)}, view.column_count(), progress,
                       validator, where);
    }

    template <class Use, class Progress, class Validator>
    fit_report descend(const detail::positive_entries<Use>& positives, std::size_t items,
                       Progress& progress, Validator& validator, const execution& where) {
        detail::strata<Use> strata{positives.offsets, start(positives, items, where), items};
        detail::pairwise_descent<Loss> descent{options_, loss_, user_factors_, item_factors_};
        const std::string name = Loss::name();
        const auto report = detail::train_in_steps(
            *this,
            {.model = name,
             .steps = options_.epochs,
             .patience = options_.patience,
             .has_loss = options_.compute_loss},
            [&](std::size_t epoch) { return descent.run_epoch(positives, strata, epoch, where); },
            [&] { publish(); }, progress, validator);
        publish();
        return report;
    }

    /// Random vectors for the users and items that have positive entries. Gives these items.
    [[nodiscard]] std::vector<item_index> start(const auto& positives, std::size_t items,
                                                const execution& where) {
        const counter_random random{options_.seed};
        const double deviation =
            options_.initial_scale / std::sqrt(static_cast<double>(options_.factors));
        user_factors_ = user_table(positives.offsets.size() - 1, columns());
        item_factors_ = item_table(items, columns());
        detail::randomize_rows(user_factors_, options_.factors, deviation,
                               random.stream(user_stream), where);
        detail::randomize_rows(item_factors_, options_.factors, deviation,
                               random.stream(item_stream), where);
        for (std::size_t user = 0; user < user_count(); ++user)
            if (positives.of(user_index(user)).empty())
                std::fill_n(user_factors_.padded_row(user_index(user)), columns(), 0.0F);
            else
                start_user(user_factors_.padded_row(user_index(user)));
        aligned_vector<std::uint8_t> is_chosen(items);
        for (const item_index item : positives.columns)
            is_chosen[item.value()] = true;
        std::vector<item_index> chosen;
        for (std::size_t item = 0; item < items; ++item)
            if (is_chosen[item])
                chosen.push_back(item_index(item));
            else
                std::fill_n(item_factors_.padded_row(item_index(item)), columns(), 0.0F);
        return chosen;
    }

    template <class = on_use>
    void publish() {
        constexpr const char* advice = "a smaller learning_rate or a larger regularization";
        detail::require_finite(user_factors_, Loss::name(), advice);
        detail::require_finite(item_factors_, Loss::name(), advice);
        update_norms();
    }

    pairwise_options options_;
    Loss loss_;
};

} // namespace hybrec
