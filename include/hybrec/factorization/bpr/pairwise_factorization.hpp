// SPDX-License-Identifier: MIT
/// @file
/// Factorizations that learn from pairs: an item that a user chose beside one that the user did not.
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
#include <hybrec/factorization/bpr/detail/strata.hpp>
#include <hybrec/factorization/bpr/losses.hpp>
#include <hybrec/factorization/bpr/options.hpp>
#include <hybrec/factorization/detail/archive_options.hpp>
#include <hybrec/factorization/detail/training.hpp>
#include <hybrec/retrieval/archive_table.hpp>
#include <hybrec/retrieval/factor_model.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/simd/pairwise.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
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
/// An epoch draws every positive entry once, in random order within strata of users × items (see
/// `detail::strata`). The same matrix, options and seed give the same bits for any number of
/// threads; up to 64 of them find work. Const calls are thread-safe. If a call throws, the model is
/// what it was before.
///
/// @tparam Loss `bpr_loss` or `warp_loss`; `bpr` and `warp` are names for these models
template <pairwise_loss Loss>
class pairwise_factorization : public factor_model<float> {
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

    /// Trains from random starting factors.
    ///
    /// @param interactions users × items; only which entries are positive counts
    /// @param progress     told of every epoch, with the loss if that is computed
    /// @param validator    judges the model after every epoch; the best factors are kept
    /// @throws data_error if there are no positive entries, numeric_error if the factors overflow,
    ///         memory_budget_error, cancelled.
    /// Complexity: O(entries · factors) per epoch.
    template <user_item_source Matrix, progress_observer Progress = no_progress,
              validator_of<pairwise_factorization> Validator = no_validator>
    fit_report fit(Matrix&& interactions, Progress&& progress = {}, Validator&& validator = {},
                   const execution& where = {}) {
        require_trainable(interactions, Loss::name());
        detail::require_budget(Loss::name(),
                               estimate_bytes(interactions.row_count(), interactions.column_count(),
                                              interactions.entry_count()),
                               options_.memory_budget);
        const auto view = interactions.view();
        pairwise_factorization fresh{options_, loss_};
        fit_report report;
        if (std::ranges::all_of(view.values(), is_positive)) {
            report = fresh.train({view.offsets(), view.columns()}, view.column_count(), progress,
                                 validator, where);
        } else {
            std::vector<offset> offsets{0};
            std::vector<item_index> columns;
            for (std::size_t user = 0; user < view.row_count(); ++user) {
                for (const auto [item, weight] : view.row(user_index(user)))
                    if (is_positive(weight))
                        columns.push_back(item);
                offsets.push_back(columns.size());
            }
            if (columns.empty())
                throw data_error{Loss::name() + ": no entry is positive; expected at least one"};
            report =
                fresh.train({offsets, columns}, view.column_count(), progress, validator, where);
        }
        *this = std::move(fresh);
        return report;
    }
    template <user_item_source Matrix, progress_observer Progress>
    fit_report fit(Matrix&& interactions, Progress&& progress, const execution& where) {
        return fit(std::forward<Matrix>(interactions), progress, no_validator{}, where);
    }
    template <user_item_source Matrix>
    fit_report fit(Matrix&& interactions, const execution& where) {
        return fit(std::forward<Matrix>(interactions), no_progress{}, where);
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
            throw data_error{Loss::name() +
                             ": the history has no positive weight; recommend from a fallback "
                             "instead, for example popularity"};
        folded_user<float> user{item_factors_.factors()};
        start_user(user.data());
        detail::draws draws{counter_random{options_.seed, fold_in_stream}};
        const float rate = static_cast<float>(options_.learning_rate);
        const float keep = 1 - rate * static_cast<float>(options_.user_regularization);
        for (std::size_t step = 0; step < options_.fold_in_epochs * chosen.size(); ++step) {
            const item_index item = chosen[draws.below(chosen.size())];
            const pairwise_draw drawn = draw_pair(
                user.data(), item, known_item_count(),
                [&] { return item_index(draws.below(item_count())); },
                [&](item_index candidate) {
                    return !knows(candidate) || std::ranges::binary_search(chosen, candidate);
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
        return tables + detail::strata::bytes(items, entries) + entries * sizeof(item_index) +
               users * sizeof(offset) + // if not all are positive
               search_index::estimate_bytes(items, columns);
    }

    [[nodiscard]] static std::string type_name() { return Loss::name(); }
    void save(archive_writer auto& archive) const {
        if (!fitted())
            throw not_fitted_error{Loss::name()};
        detail::save_fields(archive, options_);
        loss_.save(archive);
        save_table(archive, "user_factors", user_factors_);
        save_table(archive, "item_factors", item_factors_);
    }
    [[nodiscard]] static pairwise_factorization load(archive_reader auto& archive) {
        const auto options = detail::load_fields<pairwise_options>(archive);
        pairwise_factorization model{options, Loss::load(archive)};
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
    // Names of the streams of random numbers; those of epochs have an epoch in the upper half.
    static constexpr std::uint64_t user_stream = 1;
    static constexpr std::uint64_t item_stream = 2;
    static constexpr std::uint64_t fold_in_stream = 3;
    static constexpr std::uint64_t block_stream = 4;
    static constexpr std::uint64_t first_stratum_stream = 5;

    static constexpr auto is_positive = [](auto weight) { return weight > 0; };

    [[nodiscard]] std::size_t columns() const noexcept {
        return options_.factors + (options_.item_bias ? 1 : 0);
    }
    /// Sets what a user's vector has besides the factors.
    void start_user(float* user) const noexcept {
        if (options_.item_bias)
            user[options_.factors] = 1;
    }

    template <class Progress, class Validator>
    fit_report train(const detail::positive_entries& positives, std::size_t items,
                     Progress& progress, Validator& validator, const execution& where) {
        detail::strata strata{positives.offsets, start(positives, items, where), items};
        const std::string name = Loss::name();
        const auto report = detail::train_in_steps(
            *this,
            {.model = name,
             .steps = options_.epochs,
             .patience = options_.patience,
             .has_loss = options_.compute_loss},
            [&](std::size_t epoch) { return run_epoch(positives, strata, epoch, where); },
            [&] { publish(); }, progress, validator);
        publish();
        return report;
    }

    /// Random vectors for the users and items that have positive entries. Gives these items.
    [[nodiscard]] std::vector<item_index> start(const detail::positive_entries& positives,
                                                std::size_t items, const execution& where) {
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
                std::ranges::fill(user_factors_.row(user_index(user)), 0.0F);
            else
                start_user(user_factors_.padded_row(user_index(user)));
        std::vector<bool> is_chosen(items);
        for (const item_index item : positives.columns)
            is_chosen[item.value()] = true;
        std::vector<item_index> chosen;
        for (std::size_t item = 0; item < items; ++item)
            if (is_chosen[item])
                chosen.push_back(item_index(item));
            else
                std::ranges::fill(item_factors_.row(item_index(item)), 0.0F);
        return chosen;
    }

    void publish() {
        constexpr const char* advice = "a smaller learning_rate or a larger regularization";
        detail::require_finite(user_factors_, Loss::name(), advice);
        detail::require_finite(item_factors_, Loss::name(), advice);
        update_norms();
    }

    /// One epoch: diagonal by diagonal, the strata of one at the same time. Gives the mean loss.
    double run_epoch(const detail::positive_entries& positives, detail::strata& strata,
                     std::size_t epoch, const execution& where) {
        const std::size_t count = strata.count();
        const counter_random random{options_.seed};
        const std::uint64_t stream = std::uint64_t{epoch} << 32;
        strata.draw(positives, random.stream(stream + block_stream), where);
        std::vector<double> losses(count * count);
        std::vector<detail::pair_filter> filters(where.threads().size());
        for (std::size_t diagonal = 0; diagonal < count; ++diagonal)
            where.threads().for_chunks(
                count, 1,
                [&](std::size_t users, std::size_t, std::size_t worker) {
                    const std::size_t items = (users + diagonal) % count;
                    const std::size_t stratum = users * count + items;
                    losses[stratum] = descend(
                        positives, strata.entries(users, items), strata.items(items),
                        strata.item_count(), filters[worker],
                        detail::draws{random.stream(stream + first_stratum_stream + stratum)});
                },
                where.stop);
        double total = 0;
        for (const double loss : losses)
            total += loss;
        return total / static_cast<double>(positives.columns.size());
    }

    /// A step for each of `entries`, in random order, with negatives of `block`, which stands for
    /// all `items` that were chosen. Gives the loss.
    double descend(const detail::positive_entries& positives,
                   std::span<detail::strata::entry> entries, std::span<const item_index> block,
                   std::size_t items, detail::pair_filter& filter, detail::draws draws) {
        filter.assign(entries);
        double total = 0;
        for (std::size_t at = 0; at < entries.size(); ++at) {
            std::swap(entries[at], entries[at + draws.below(entries.size() - at)]);
            const user_index user = entries[at].user; // clang 14 captures no structured bindings
            const item_index item = entries[at].item;
            const pairwise_draw drawn = draw_pair(
                user_factors_.padded_row(user), item, items,
                [&] { return block[draws.below(block.size())]; },
                [&](item_index candidate) {
                    return filter.may_hold(user, candidate) &&
                           std::ranges::binary_search(positives.of(user), candidate);
                });
            if (drawn.pull != 0)
                step(user, item, item_index(drawn.negative), drawn.pull);
            if (options_.compute_loss)
                total += loss_.value(drawn);
        }
        return total;
    }

    /// Lets the loss choose among the `items` that `draw` draws from, without those that are ruled out.
    template <class Draw, class RuledOut>
    [[nodiscard]] pairwise_draw draw_pair(const float* user, item_index item, std::size_t items,
                                          Draw&& draw, RuledOut&& ruled_out) const noexcept {
        const auto next = [&](std::size_t& negative) {
            constexpr int most_attempts = 64; // a user who has all items has no negative
            for (int attempt = 0; attempt < most_attempts; ++attempt) {
                const item_index candidate = draw();
                negative = candidate.value();
                if (!ruled_out(candidate))
                    return true;
            }
            return false;
        };
        const auto margin = [&](std::size_t negative) {
            return simd::dot_difference(user, item_factors_.padded_row(item),
                                        item_factors_.padded_row(item_index(negative)),
                                        item_factors_.stride());
        };
        return loss_.draw(next, margin, items);
    }

    /// xᵤ += η(pull·(yᵢ − yⱼ) − λ·xᵤ), yᵢ += η(pull·xᵤ − λ·yᵢ), yⱼ += η(−pull·xᵤ − λ·yⱼ)
    /// (Rendle et al. 2009, section 4.3.1), and the same for the biases.
    void step(user_index user, item_index item, item_index other, float pull) noexcept {
        const auto rate = static_cast<float>(options_.learning_rate);
        const auto keep = [&](double regularization) {
            return 1 - rate * static_cast<float>(regularization);
        };
        float* const x = user_factors_.padded_row(user);
        float* const y = item_factors_.padded_row(item);
        float* const z = item_factors_.padded_row(other);
        const std::size_t bias = options_.factors;
        const bool has_bias = options_.item_bias;
        const float up = has_bias ? y[bias] : 0;
        const float down = has_bias ? z[bias] : 0;
        simd::pairwise_step(x, y, z, rate * pull, keep(options_.user_regularization),
                            keep(options_.item_regularization), item_factors_.stride());
        if (has_bias) {
            x[bias] = 1;
            y[bias] = keep(options_.bias_regularization) * up + rate * pull;
            z[bias] = keep(options_.bias_regularization) * down - rate * pull;
        }
    }

    pairwise_options options_;
    Loss loss_;
};

} // namespace hybrec
