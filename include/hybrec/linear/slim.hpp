// SPDX-License-Identifier: MIT
/// @file
/// SLIM: sparse linear models between items.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/linear/detail/product_rows.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/kept_fit.hpp>
#include <hybrec/retrieval/sparse_history_model.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
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

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("l1", options.l1);
        visit("l2", options.l2);
        visit("non_negative", options.non_negative);
        visit("neighbors", options.neighbors);
        visit("iterations", options.iterations);
        visit("tolerance", options.tolerance);
        visit("memory_budget", options.memory_budget);
    }

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
/// `fit` takes O(Σ nᵤ²) for G, then for every coefficient that moves the number of items that share a
/// user with its item. Items are independent of each other: the same bits for any number of threads. Const calls are thread-safe. If a call throws, the model is what it was.
class slim : public sparse_history_model<slim>, public kept_fit<slim> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    template <class Use = on_use>
    explicit slim(slim_options options = {}) : options_{options} {
        const option_checks<Use> check{"slim"};
        check.from_zero("l1", options.l1);
        check.above_zero("l2", options.l2);
        check.at_least_one("iterations", options.iterations);
        check.fraction("tolerance", options.tolerance);
    }

    [[nodiscard]] const slim_options& options() const noexcept { return options_; }

    /// The bytes that `fit` holds at its peak beside the caller's matrix, at most: as if every two
    /// items shared a user. `fit` itself counts the pairs of its matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        return bytes(users, items, entries, items * items, threads);
    }

    [[nodiscard]] static std::string type_name() { return "slim"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        save_weights(archive);
    }
    [[nodiscard]] static slim load(archive_reader auto& archive) {
        slim model = model_with<slim>(archive, load_options<slim_options>(archive));
        model.load_weights(archive);
        return model;
    }

    friend bool operator==(const slim& left, const slim& right) {
        return left.options_ == right.options_ && left.same_weights(right);
    }

  private:
    friend class kept_fit<slim>;

    [[nodiscard]] slim untrained() const { return slim{options_}; }

    void learn(progress_observer auto& progress, const execution& where) {
        progress({.phase = "SLIM", .step = 0, .steps = 2});
        const auto gram = detail::sparse_gram(*history_, transpose(*history_, where), where);
        progress({.phase = "SLIM", .step = 1, .steps = 2});
        set_weights(solve_items(gram, where));
        progress({.phase = "SLIM", .step = 2, .steps = 2});
    }

    [[nodiscard]] std::size_t pair_bytes(const user_item_matrix auto& matrix,
                                         std::size_t threads) const {
        return bytes(matrix.row_count(), matrix.column_count(), matrix.entry_count(),
                     detail::most_pairs(matrix), threads);
    }
    [[nodiscard]] std::size_t bytes(std::size_t users, std::size_t items, std::size_t entries,
                                    std::size_t pairs, std::size_t threads) const noexcept {
        const std::size_t kept =
            options_.neighbors == 0 ? pairs : std::min(pairs, options_.neighbors * items);
        return (2 * entries + 2 * pairs + 2 * kept) * sizeof(weighted_item) +
               (users + 6 * items) * sizeof(offset) + threads * items * 16;
    }

    /// B, whose column j is the model of item j.
    template <class Use = on_use>
    [[nodiscard]] detail::item_weights solve_items(const detail::item_weights& gram,
                                                   const execution& where) const {
        const std::size_t items = gram.row_count();
        problem<Use> all{gram, std::vector<float>(items)};
        for (std::size_t item = 0; item < items; ++item)
            for (const auto [other, value] : gram.row(item_index(item))) {
                if (other.value() == item)
                    all.diagonal[item] = value;
                all.positive = all.positive && value > 0;
            }
        std::vector<state<Use>> states(
            where.threads().size(),
            state<Use>{std::vector<float>(items), std::vector<float>(items), {}});
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

    template <class>
    struct problem {
        const detail::item_weights& gram;
        std::vector<float> diagonal;
        bool positive = true; // no entry of the Gram matrix is below zero
    };
    template <class>
    struct state {
        std::vector<float> r;           // G_:j − G·w
        std::vector<float> w;           // the coefficients
        std::vector<item_index> active; // those that have left zero, ascending at the end
    };

    /// Coordinate descent for one item: passes over the active coefficients until they settle, then
    /// one over all, until that changes nothing either.
    template <class Use>
    void solve_item(item_index target, const problem<Use>& all, state<Use>& s) const {
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

} // namespace hybrec
