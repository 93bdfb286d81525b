// SPDX-License-Identifier: MIT
/// @file
/// P3alpha and RP3beta: walks of three steps on the graph of users and items.
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

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Options of `random_walk`. With `beta` = 0 it is P3alpha, with `alpha` = 1 too it is P3.
struct random_walk_options {
    double alpha = 1;              ///< power of the transition probabilities; above 0
    double beta = 0.6;             ///< power of an item's users by which its score is divided
    std::size_t neighbors = 100;   ///< the best items that are kept for each item; 0: all
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("alpha", options.alpha);
        visit("beta", options.beta);
        visit("neighbors", options.neighbors);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const random_walk_options&, const random_walk_options&) = default;
};

/// Scores items by how likely a random walk from the user ends there: to an item of the user, to
/// another of its users, to an item of theirs. P3alpha (Cooper et al. 2014, "Random walks in
/// recommender systems") raises each transition probability to the power α; RP3beta (Paudel et al.
/// 2017, "Updatable, accurate, diverse, and scalable recommendations for interactive applications")
/// divides by the number of users of the item reached, to the power β:
///
///     B_ij = Σᵤ (x_ui / Σ_v x_vi)^α · (x_uj / Σ_k x_uk)^α / n_j^β   for i ≠ j.
///
/// The first step has the weights of the history. Walks follow entries above 0 only: no one walks
/// along a dislike. `fit` multiplies the transition matrices in O(Σ nᵤ²). Const calls are thread-safe. The same bits for any number of threads. If a call
/// throws, the model is what it was before.
class random_walk : public sparse_history_model<random_walk>, public kept_fit<random_walk> {
  public:
    /// @throws option_error naming the field, its value and the valid range.
    template <class Use = on_use>
    explicit random_walk(random_walk_options options = {}) : options_{options} {
        const option_checks<Use> check{"random_walk"};
        check.above_zero("alpha", options.alpha);
        check.from_zero("beta", options.beta);
    }

    [[nodiscard]] const random_walk_options& options() const noexcept { return options_; }

    /// The bytes that `fit` holds at its peak beside the caller's matrix, at most: as if every two
    /// items shared a user. `fit` itself counts the pairs of its matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        return bytes(users, items, entries, items * items, threads);
    }

    [[nodiscard]] static std::string type_name() { return "random_walk"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_options(archive, options_);
        save_weights(archive);
    }
    [[nodiscard]] static random_walk load(archive_reader auto& archive) {
        random_walk model =
            model_with<random_walk>(archive, load_options<random_walk_options>(archive));
        model.load_weights(archive);
        return model;
    }

    friend bool operator==(const random_walk& left, const random_walk& right) {
        return left.options_ == right.options_ && left.same_weights(right);
    }

  private:
    friend class kept_fit<random_walk>;

    [[nodiscard]] random_walk untrained() const { return random_walk{options_}; }

    void learn(progress_observer auto& progress, const execution& where) {
        progress({.phase = "random walks", .step = 0, .steps = 1});
        set_weights(walk(where));
        progress({.phase = "random walks", .step = 1, .steps = 1});
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
        return (3 * entries + 2 * kept) * sizeof(weighted_item) +
               (2 * users + 6 * items) * sizeof(offset) + threads * items * 16;
    }

    /// The transition probabilities from the rows of a matrix, each to the power α.
    template <class Row, class Column>
    void make_transitions(csr_matrix<Row, Column, float>& matrix) const {
        const std::span<float> values = matrix.values();
        for (std::size_t row = 0; row < matrix.row_count(); ++row) {
            double total = 0;
            for (const auto [column, value] : matrix.row(Row(row)))
                total += std::max(0.0F, value);
            for (offset at = matrix.offsets()[row]; at < matrix.offsets()[row + 1]; ++at)
                values[at] = values[at] > 0
                                 ? static_cast<float>(std::pow(
                                       static_cast<double>(values[at]) / total, options_.alpha))
                                 : 0.0F;
        }
    }

    template <class Use = on_use>
    [[nodiscard]] detail::item_weights walk(const execution& where) const {
        user_items to_items = *history_;
        item_users to_users = transpose(*history_, where);
        const std::size_t items = to_users.row_count();
        std::vector<float> popularity(items, 1.0F); // n_j^β
        for (std::size_t item = 0; item < items; ++item) {
            std::size_t users = 0;
            for (const auto [user, weight] : to_users.row(item_index(item)))
                users += weight > 0;
            if (users > 0)
                popularity[item] =
                    static_cast<float>(std::pow(static_cast<double>(users), options_.beta));
        }
        make_transitions(to_items);
        make_transitions(to_users);
        std::vector<detail::row_sum<Use>> sums(where.threads().size(), detail::row_sum<Use>{items});
        return detail::collect_rows(
            items,
            [&](item_index from, std::vector<weighted_item>& row, std::size_t worker) {
                detail::row_sum<Use>& sum = sums[worker];
                for (const auto [user, probability] : to_users.row(from))
                    if (probability > 0)
                        sum.add(to_items.row(user), probability);
                sum.sort();
                for (const item_index to : sum.touched())
                    if (const float value = sum[to] / popularity[to.value()];
                        value > 0 && to != from)
                        row.push_back({to, value});
                sum.clear();
                detail::keep_best(row, options_.neighbors, [](float value) { return value; });
            },
            where);
    }

    random_walk_options options_;
};

} // namespace hybrec
