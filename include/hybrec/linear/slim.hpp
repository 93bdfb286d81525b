// SPDX-License-Identifier: MIT
/// @file
/// SLIM: sparse linear models between items.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/linear/detail/product_rows.hpp>
#include <hybrec/linear/detail/sparse_weights.hpp>
#include <hybrec/retrieval/archive_options.hpp>
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

/// Options of `slim`.
struct slim_options {
    double l1 = 1;                 ///< λ, the weight of the absolute coefficients; at least 0
    double l2 = 10;                ///< β, the weight of the squared coefficients; above 0
    bool non_negative = true;      ///< no coefficient is below 0, as in the paper
    std::size_t neighbors = 0;     ///< keep this many coefficients of an item's model; 0: all
    std::size_t iterations = 50;   ///< most passes over an item's coefficients
    double tolerance = 1e-4;       ///< an item is done when no coefficient moves by more than this
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    friend bool operator==(const slim_options&, const slim_options&) = default;
};

/// SLIM (Ning, Karypis 2011, "SLIM: sparse linear methods for top-n recommender systems", equation
/// 5): for every item j the w with w_j = 0 that minimises
///
///     ½‖x_j − X·w‖² + β/2·‖w‖² + λ‖w‖₁,   and w ≥ 0 if `non_negative`.
///
/// Cyclic coordinate descent (Friedman, Hastie, Tibshirani 2010) on the sparse Gram matrix G = XᵀX:
/// with r = G_:j − G·w kept up to date, the best value of one coefficient is
///
///     w_i = S(r_i + G_ii·w_i, λ) / (G_ii + β).
///
/// Items are independent of each other: the same bits
/// for any number of threads. Const calls are thread-safe. If a call throws, the model is what it was.
class slim : public detail::sparse_weights<slim> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    explicit slim(slim_options options = {}) : options_{options} {
        require_option(std::isfinite(options.l1) && options.l1 >= 0, "slim", "l1", options.l1,
                       "a finite number of at least 0");
        require_option(std::isfinite(options.l2) && options.l2 > 0, "slim", "l2", options.l2,
                       "a finite number above 0");
        require_option(options.iterations >= 1, "slim", "iterations",
                       static_cast<double>(options.iterations), "at least 1");
        require_option(options.tolerance >= 0 && options.tolerance < 1, "slim", "tolerance",
                       options.tolerance, "at least 0 and below 1");
    }

    [[nodiscard]] const slim_options& options() const noexcept { return options_; }

    /// Solves for every item. An rvalue `csr_matrix` is kept as history without a copy.
    /// @throws data_error if there are no entries, memory_budget_error, cancelled.
    /// Complexity: O(Σ nᵤ²) for the Gram matrix; then for every coefficient that moves the number of
    /// items that share a user with its item.
    template <user_item_source Matrix, progress_observer Progress = no_progress>
    void fit(Matrix&& interactions, Progress&& progress = {}, const execution& where = {}) {
        require_trainable(interactions, type_name());
        require_budget(type_name(), options_.memory_budget,
                       bytes(interactions.row_count(), interactions.column_count(),
                             interactions.entry_count(), detail::most_pairs(interactions),
                             where.threads().size()));
        slim fresh{options_};
        fresh.history_ = keep_matrix<float>(std::forward<Matrix>(interactions));
        progress({.phase = "SLIM", .step = 0, .steps = 2});
        const auto gram =
            detail::sparse_gram(*fresh.history_, transpose(*fresh.history_, where), where);
        progress({.phase = "SLIM", .step = 1, .steps = 2});
        fresh.weights_ =
            std::make_shared<const detail::item_weights>(fresh.solve_items(gram, where));
        progress({.phase = "SLIM", .step = 2, .steps = 2});
        *this = std::move(fresh);
    }
    template <user_item_source Matrix>
    void fit(Matrix&& interactions, const execution& where) {
        fit(std::forward<Matrix>(interactions), no_progress{}, where);
    }

    /// The bytes that `fit` holds at its peak beside the caller's matrix, at most: as if every two
    /// items shared a user. `fit` itself counts the pairs of its matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        return bytes(users, items, entries, items * items, threads);
    }

    [[nodiscard]] static std::string type_name() { return "slim"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        archive.write_real("l1", options_.l1);
        archive.write_real("l2", options_.l2);
        archive.write_integer("non_negative", options_.non_negative);
        save_size(archive, "neighbors", options_.neighbors);
        save_size(archive, "iterations", options_.iterations);
        archive.write_real("tolerance", options_.tolerance);
        save_size(archive, "memory_budget", options_.memory_budget);
        save_weights(archive);
    }
    [[nodiscard]] static slim load(archive_reader auto& archive) {
        slim model = model_with<slim>(
            archive, slim_options{.l1 = archive.read_real("l1"),
                                  .l2 = archive.read_real("l2"),
                                  .non_negative = archive.read_integer("non_negative") != 0,
                                  .neighbors = load_size(archive, "neighbors"),
                                  .iterations = load_size(archive, "iterations"),
                                  .tolerance = archive.read_real("tolerance"),
                                  .memory_budget = load_size(archive, "memory_budget")});
        model.load_weights(archive);
        return model;
    }

    friend bool operator==(const slim& left, const slim& right) {
        return left.options_ == right.options_ && left.same_weights(right);
    }

  private:
    [[nodiscard]] std::size_t bytes(std::size_t users, std::size_t items, std::size_t entries,
                                    std::size_t pairs, std::size_t threads) const noexcept {
        const std::size_t kept =
            options_.neighbors == 0 ? pairs : std::min(pairs, options_.neighbors * items);
        return (2 * entries + 2 * pairs + 2 * kept) * sizeof(weighted_item) +
               (users + 6 * items) * sizeof(offset) + threads * items * 16;
    }

    /// B, whose column j is the model of item j.
    template <class = on_use>
    [[nodiscard]] detail::item_weights solve_items(const detail::item_weights& gram,
                                                   const execution& where) const {
        const std::size_t items = gram.row_count();
        problem all{gram, std::vector<float>(items)};
        for (std::size_t item = 0; item < items; ++item)
            for (const auto [other, value] : gram.row(item_index(item))) {
                if (other.value() == item)
                    all.diagonal[item] = value;
                all.positive = all.positive && value > 0;
            }
        std::vector<state> states(where.threads().size(),
                                  state{std::vector<float>(items), std::vector<float>(items), {}});
        const auto columns = detail::collect_rows(
            items,
            [&](item_index item, std::vector<weighted_item>& result, std::size_t worker) {
                solve_item(item, all, states[worker]);
                for (const item_index other : states[worker].active)
                    if (const float value = states[worker].w[other.value()]; value != 0)
                        result.push_back({other, value});
                detail::keep_best(result, options_.neighbors,
                                  [](float value) { return std::abs(value); });
            },
            where);
        return transpose(columns, where);
    }

    struct problem {
        const detail::item_weights& gram;
        std::vector<float> diagonal;
        bool positive = true; // no entry of the Gram matrix is below zero
    };
    struct state {
        std::vector<float> r;           // G_:j − G·w
        std::vector<float> w;           // the coefficients
        std::vector<item_index> active; // those that have left zero, ascending at the end
    };

    /// Coordinate descent for one item: passes over the active coefficients until they settle, then
    /// one over all, until that changes nothing either.
    void solve_item(item_index target, const problem& all, state& s) const {
        const auto l1 = static_cast<float>(options_.l1);
        const auto l2 = static_cast<float>(options_.l2);
        for (const item_index item : s.active)
            s.w[item.value()] = 0;
        s.active.clear();
        std::fill(s.r.begin(), s.r.end(), 0.0F);
        const auto targets = all.gram.row(target);
        for (const auto [item, value] : targets)
            s.r[item.value()] = value;

        bool everywhere = true;
        float largest_move = 0;
        const auto improve = [&](item_index item) {
            const std::size_t i = item.value();
            const float slope = s.r[i] + all.diagonal[i] * s.w[i];
            float best = 0;
            if (slope > l1)
                best = (slope - l1) / (all.diagonal[i] + l2);
            else if (slope < -l1 && !options_.non_negative)
                best = (slope + l1) / (all.diagonal[i] + l2);
            const float move = best - s.w[i];
            if (move == 0 || item == target)
                return;
            if (everywhere && s.w[i] == 0)
                s.active.push_back(item);
            s.w[i] = best;
            for (const auto [other, value] : all.gram.row(item))
                s.r[other.value()] -= move * value;
            largest_move = std::max(largest_move, std::abs(move));
        };
        for (std::size_t pass = 0; pass < options_.iterations; ++pass) {
            largest_move = 0;
            if (!everywhere)
                for (const item_index item : s.active)
                    improve(item);
            else if (all.positive && options_.non_negative) // r only falls: nobody else can start
                for (const item_index item : targets.columns())
                    improve(item);
            else
                for (std::size_t item = 0; item < s.r.size(); ++item)
                    improve(item_index(item));
            // One that was back at zero may have started again: it is there twice.
            std::sort(s.active.begin(), s.active.end());
            s.active.erase(std::unique(s.active.begin(), s.active.end()), s.active.end());
            const bool settled = largest_move <= static_cast<float>(options_.tolerance);
            if (settled && everywhere)
                break;
            everywhere = settled;
        }
    }

    slim_options options_;
};

static_assert(scorer<slim> && recommender<slim> && knows_users<slim> && archivable<slim>);
static_assert(foldable<slim> && explainable<slim> && item_similarity_model<slim>);

} // namespace hybrec
