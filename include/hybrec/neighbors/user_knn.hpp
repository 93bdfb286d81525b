// SPDX-License-Identifier: MIT
/// @file
/// Recommends what users have who resemble the user.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/option_checks.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neighbors/detail/archive.hpp>
#include <hybrec/neighbors/neighborhood.hpp>
#include <hybrec/neighbors/similarity.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/kept_fit.hpp>
#include <hybrec/retrieval/similar_columns.hpp>
#include <hybrec/retrieval/spread_model.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

struct user_knn_options {
    std::size_t neighbors = 100;   ///< K, how many neighbours a user has at most; at least 1
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    /// Calls `visit(name, field)` for every field, as archives store them.
    template <class Options, class Visit>
    static void for_each(Options& options, Visit&& visit) {
        visit("neighbors", options.neighbors);
        visit("memory_budget", options.memory_budget);
    }

    friend bool operator==(const user_knn_options&, const user_knn_options&) = default;
};

/// User-based nearest neighbours (Herlocker, Konstan, Borchers, Riedl 1999, for what users did
/// instead of ratings):
///
///     score(u, i) = Σᵥ sim(u, v)·w(v, i)   over the K users v that are most similar to u.
///
/// Neighbours have a similarity above 0; of equal ones the lower index comes first. A history that
/// is folded in may be that of a known user, who is then the first of its neighbours. An item whose
/// score is 0 has nothing to do with the user and is not recommended. `fit` takes half the sum of the
/// squared numbers of users per item. The same data and options
/// give the same bits for any number of threads. Const calls are thread-safe. If a call throws, the
/// model is what it was before.
template <similarity_measure Similarity = cosine>
class user_knn : public spread_model<user_knn<Similarity>, user_index, neighborhood>,
                 public kept_fit<user_knn<Similarity>> {
  public:
    static constexpr bool looks_up_coefficients = true;

    /// @throws option_error naming the field, its value and the valid range.
    explicit user_knn(user_knn_options options = {}, Similarity similarity = {})
        : options_{options}, similarity_{similarity} {
        option_checks{"user_knn"}.at_least_one("neighbors", options.neighbors);
        similarity_.check();
    }

    [[nodiscard]] const user_knn_options& options() const noexcept { return options_; }
    [[nodiscard]] const Similarity& similarity() const noexcept { return similarity_; }
    /// Row u: the neighbours of u with their similarities.
    [[nodiscard]] const csr_matrix<user_index, user_index, float>& neighbors() const noexcept {
        return neighbors_;
    }

    /// What `fit` holds at its peak beside the caller's matrix.
    [[nodiscard]] std::size_t estimate_bytes(std::size_t users, std::size_t items,
                                             std::size_t entries, std::size_t threads = 1) const {
        const std::size_t both_sides = 2 * entries * (sizeof(item_index) + sizeof(float)) +
                                       (users + items + 2) * sizeof(offset);
        return both_sides +
               similar_columns_bytes(items, users, entries, options_.neighbors, threads);
    }

    /// What stands for a user: the neighbours.
    [[nodiscard]] sparse_row<user_index, float> basis(user_index user) const noexcept {
        return neighbors_.row(user);
    }
    [[nodiscard]] sparse_row<user_index, float> basis(const neighborhood& user) const noexcept {
        return user.neighbors();
    }
    void spread(sparse_row<user_index, float> neighbors, std::span<float> scores) const noexcept {
        for (const auto [user, similarity] : neighbors)
            for (const auto [item, value] : this->history_->row(user))
                scores[item.value()] = simd::multiply_add(similarity, value, scores[item.value()]);
    }
    /// w(user, item). Complexity: O(log of the user's items).
    [[nodiscard]] float coefficient(user_index user, item_index item) const noexcept {
        return this->history_->row(user).value_at(item);
    }

    /// The `n` users that are most similar to `user`, best first, without itself. Not limited to
    /// its K neighbours: compares with all. @throws shape_error.
    template <index_filter<user_index> Filter = unfiltered>
    [[nodiscard]] ranking<user_index> similar_users(user_index user, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(user, this->user_count(), "user");
        return nearest(this->history_->row(user), n,
                       [&](user_index other) { return other != user && filter.admits(other); });
    }

    /// A user that the model has not seen, from what the user did. With the history of a known
    /// user similarities are those in `neighbors()`, up to rounding.
    /// @param history items, or items with weights on the scale of the training matrix
    /// @throws data_error if `history` is empty or a weight is not finite, shape_error for an item
    ///         beyond the model, not_fitted_error.
    template <item_history History>
    [[nodiscard]] neighborhood fold_in(const History& history) const {
        this->require_fitted();
        history_row<item_index, float> row{history, this->item_count()};
        auto found = nearest(row.view(), options_.neighbors, [](user_index) { return true; });
        return {std::move(row), std::move(found), this->user_count(), this->item_count()};
    }

    /// Why `item` has its score for `user`: what each item of the history adds to it, as far as it
    /// makes the user like the neighbours who have the item. The product u·v is a sum over common
    /// items, and a similarity is shared out among them in proportion:
    ///
    ///     part(h) = Σᵥ sim(u, v)·w(v, i)·[w(u, h)·w(v, h) / u·v].
    ///
    /// The parts sum to the score, up to rounding. @throws shape_error.
    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        require_below(user, this->user_count(), "user");
        return explain_row(this->history_->row(user), neighbors_.row(user), item);
    }
    [[nodiscard]] explanation<float> explain(const neighborhood& user, item_index item) const {
        this->require_fits(user);
        return explain_row(user.history(), user.neighbors(), item);
    }

    [[nodiscard]] static std::string type_name() { return "user_knn<" + Similarity::name() + ">"; }

    void save(archive_writer auto& archive) const {
        this->require_fitted();
        save_options(archive, options_);
        detail::save_similarity(archive, similarity_);
        this->save_history(archive);
        save_csr(archive, "similar", neighbors_);
    }
    [[nodiscard]] static user_knn load(archive_reader auto& archive) {
        auto model = model_with<user_knn>(archive, load_options<user_knn_options>(archive),
                                          detail::load_similarity<Similarity>(archive));
        model.load_history(archive);
        model.prepare({});
        model.neighbors_ = load_csr<user_index, user_index, float>(
            archive, "similar", model.user_count(), model.user_count());
        detail::require_neighbors(archive, "similar_values", model.neighbors_);
        return model;
    }

    friend bool operator==(const user_knn& left, const user_knn& right) {
        return left.options_ == right.options_ && left.similarity_ == right.similarity_ &&
               left.neighbors_ == right.neighbors_ && same_matrix(left.history(), right.history());
    }

  private:
    static float counted(float weight) noexcept { return Similarity::binary ? 1.0F : weight; }
    static double squares(sparse_row<item_index, float> row) noexcept {
        double sum = 0;
        for (const float value : row.values())
            sum += static_cast<double>(counted(value)) * static_cast<double>(counted(value));
        return sum;
    }

    friend class kept_fit<user_knn>;

    [[nodiscard]] user_knn untrained() const { return user_knn{options_, similarity_}; }

    void learn(progress_observer auto& progress, const execution& where) {
        prepare(where);
        neighbors_ = similar_columns(by_item_->view(), similarity_, options_.neighbors, type_name(),
                                     progress, where);
    }

    /// What follows from the interactions.
    void prepare(const execution& where) {
        by_item_ = std::make_shared<const item_users>(transpose(*this->history_, where));
        right_.resize(this->user_count());
        for (std::size_t user = 0; user < this->user_count(); ++user)
            right_[user] = similarity_.right(squares(this->history_->row(user_index(user))));
    }

    /// The users that are most similar to a history.
    template <class Admits>
    [[nodiscard]] ranking<user_index> nearest(sparse_row<item_index, float> history, std::size_t n,
                                              const Admits& admits) const {
        std::vector<float> products(this->user_count());
        for (const auto [item, weight] : history)
            for (const auto [user, value] : by_item_->row(item))
                products[user.value()] =
                    simd::multiply_add(counted(weight), counted(value), products[user.value()]);
        const float left = similarity_.left(squares(history));
        ranking<user_index> result(std::min(n, this->user_count()));
        top_k<user_index, float> best{result};
        for (std::size_t user = 0; user < products.size(); ++user) {
            const scored_user candidate{user_index(user),
                                        similarity_(products[user], left, right_[user])};
            if (candidate.score >= std::numeric_limits<float>::min() &&
                best.would_enter(candidate) && admits(candidate.index))
                best.enter(candidate);
        }
        result.resize(best.finish());
        return result;
    }

    explanation<float> explain_row(sparse_row<item_index, float> history,
                                   sparse_row<user_index, float> neighbors, item_index item) const {
        require_below(item, this->item_count(), "item");
        float score = 0;
        this->score_row(neighbors, span_of_one(item), span_of_one(score));
        std::vector<double> parts(history.size());
        std::vector<double> terms(history.size());
        for (const auto [user, similarity] : neighbors) {
            const double lent =
                static_cast<double>(similarity) * static_cast<double>(coefficient(user, item));
            if (lent == 0)
                continue;
            double product = 0;
            for (std::size_t at = 0; at < history.size(); ++at) {
                const bool common = this->history_->row(user).contains(history.columns()[at]);
                terms[at] =
                    common
                        ? static_cast<double>(counted(history.values()[at])) *
                              static_cast<double>(counted(coefficient(user, history.columns()[at])))
                        : 0.0;
                product += terms[at];
            }
            for (std::size_t at = 0; at < history.size(); ++at)
                parts[at] += lent * terms[at] / product;
        }
        return explain_by_parts(score, history.columns(),
                                [&](std::size_t at) { return static_cast<float>(parts[at]); });
    }

    user_knn_options options_;
    Similarity similarity_;
    kept_matrix<item_index, user_index, float> by_item_; // never changed: copies can share it
    csr_matrix<user_index, user_index, float> neighbors_;
    std::vector<float> right_; // of the users, for the measure
};

} // namespace hybrec
