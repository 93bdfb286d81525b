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
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neighbors/detail/archive.hpp>
#include <hybrec/neighbors/neighborhood.hpp>
#include <hybrec/neighbors/similarity.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/retrieval/similar_columns.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>
#include <hybrec/sparse/require_trainable.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

struct user_knn_options {
    std::size_t neighbors = 100;   ///< K, how many neighbours a user has at most; at least 1
    std::size_t memory_budget = 0; ///< refuse to fit if the estimate exceeds this; 0: no limit

    friend bool operator==(const user_knn_options&, const user_knn_options&) = default;
};

/// User-based nearest neighbours (Herlocker, Konstan, Borchers, Riedl 1999, for what users did
/// instead of ratings):
///
///     score(u, i) = Σᵥ sim(u, v)·w(v, i)   over the K users v that are most similar to u.
///
/// Neighbours have a similarity above 0; of equal ones the lower index comes first. A history that
/// is folded in may be that of a known user, who is then the first of its neighbours. An item whose
/// score is 0 has nothing to do with the user and is not recommended. The same data and options
/// give the same bits for any number of threads. Const calls are thread-safe. If a call throws, the
/// model is what it was before.
template <similarity_measure Similarity = cosine>
class user_knn {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;

    /// @throws option_error naming the field, its value and the valid range.
    explicit user_knn(user_knn_options options = {}, Similarity similarity = {})
        : options_{options}, similarity_{similarity} {
        require_option(options.neighbors >= 1, "user_knn", "neighbors",
                       static_cast<double>(options.neighbors), "at least 1");
        similarity_.check();
    }

    /// Finds the neighbours of every user.
    /// @param interactions users × items. An rvalue `csr_matrix` is kept without a copy.
    /// @throws data_error if there are no entries or one is not finite, memory_budget_error,
    ///         cancelled. Complexity: half the sum of the squared numbers of users per item.
    template <user_item_source Matrix, progress_observer Progress = no_progress>
    void fit(Matrix&& interactions, Progress&& progress = {}, const execution& where = {}) {
        require_trainable(interactions, type_name());
        require_budget(type_name(), options_.memory_budget,
                       estimate_bytes(options_, interactions.row_count(),
                                      interactions.column_count(), interactions.entry_count(),
                                      where.threads().size()));
        user_knn fresh{options_, similarity_};
        fresh.take(keep_matrix<float>(std::forward<Matrix>(interactions)), where);
        fresh.neighbors_ = similar_columns(fresh.by_item_->view(), similarity_, options_.neighbors,
                                           type_name(), progress, where);
        *this = std::move(fresh);
    }
    template <user_item_source Matrix>
    void fit(Matrix&& interactions, const execution& where) {
        fit(std::forward<Matrix>(interactions), no_progress{}, where);
    }

    [[nodiscard]] const user_knn_options& options() const noexcept { return options_; }
    [[nodiscard]] const Similarity& similarity() const noexcept { return similarity_; }
    [[nodiscard]] std::size_t user_count() const noexcept {
        return history_ ? history_->row_count() : 0;
    }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return history_ ? history_->column_count() : 0;
    }
    [[nodiscard]] bool fitted() const noexcept { return history_ != nullptr; }
    /// The training interactions; null before `fit`. Copies of a model share them.
    [[nodiscard]] const user_items* history() const noexcept { return history_.get(); }
    /// Row u: the neighbours of u with their similarities.
    [[nodiscard]] const csr_matrix<user_index, user_index, float>& neighbors() const noexcept {
        return neighbors_;
    }

    /// What `fit` holds at its peak beside the caller's matrix.
    [[nodiscard]] static std::size_t estimate_bytes(const user_knn_options& options,
                                                    std::size_t users, std::size_t items,
                                                    std::size_t entries, std::size_t threads) {
        const std::size_t both_sides = 2 * entries * (sizeof(item_index) + sizeof(float)) +
                                       (users + items + 2) * sizeof(offset);
        return both_sides +
               similar_columns_bytes(items, users, entries, options.neighbors, threads);
    }

    /// Whether the user has a neighbour; false for an index beyond the model's users.
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < user_count() && !neighbors_.row(user).empty();
    }

    /// @pre  `user` is below `user_count()`, every item below `item_count()`;
    ///       `items.size() == out.size()`.
    /// Complexity: O(|items| · K · log(items of a user)). Does not allocate.
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score_row(neighbors_.row(user), items, out);
    }
    void score(const neighborhood& user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score_row(user.neighbors(), items, out);
    }
    [[nodiscard]] float score(user_index user, item_index item) const noexcept {
        float out = 0;
        score(user, {&item, 1}, {&out, 1});
        return out;
    }

    /// At most `n` items that `filter` admits, best first. Empty for a user that is not known.
    /// @throws shape_error if `user` is not below `user_count()`.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, result, filter));
        return result;
    }
    /// As `recommend`, into the caller's memory; returns how many items there are. Allocates at a
    /// thread's first call only.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return select(neighbors_.row(user), out, user_admission<Filter>{filter, user});
    }
    /// Recommends to a user that the model was not trained on.
    /// @throws shape_error if the history was folded in by a model of another shape.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(const neighborhood& user, std::size_t n,
                                                const Filter& filter = {}) const {
        require_fits(user);
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(
            select(user.neighbors(), result, index_admission<Filter, item_index>{filter}));
        return result;
    }

    /// The `n` users that are most similar to `user`, best first, without itself. Not limited to
    /// its K neighbours: compares with all. @throws shape_error.
    template <index_filter<user_index> Filter = unfiltered>
    [[nodiscard]] ranking<user_index> similar_users(user_index user, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return nearest(history_->row(user), n,
                       [&](user_index other) { return other != user && filter.admits(other); });
    }

    /// A user that the model has not seen, from what the user did. With the history of a known
    /// user similarities are those in `neighbors()`, up to rounding.
    /// @param history items, or items with weights on the scale of the training matrix
    /// @throws data_error if `history` is empty or a weight is not finite, shape_error for an item
    ///         beyond the model, not_fitted_error.
    template <item_history History>
    [[nodiscard]] neighborhood fold_in(const History& history) const {
        require_fitted();
        history_row<item_index, float> row{history, item_count()};
        auto found = nearest(row.view(), options_.neighbors, [](user_index) { return true; });
        return {std::move(row), std::move(found), user_count(), item_count()};
    }

    /// Why `item` has its score for `user`: what each item of the history adds to it, as far as it
    /// makes the user like the neighbours who have the item. The product u·v is a sum over common
    /// items, and a similarity is shared out among them in proportion:
    ///
    ///     part(h) = Σᵥ sim(u, v)·w(v, i)·[w(u, h)·w(v, h) / u·v].
    ///
    /// The parts sum to the score, up to rounding. @throws shape_error.
    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        require_below(user, user_count(), "user");
        return explain_row(history_->row(user), neighbors_.row(user), item);
    }
    [[nodiscard]] explanation<float> explain(const neighborhood& user, item_index item) const {
        require_fits(user);
        return explain_row(user.history(), user.neighbors(), item);
    }

    [[nodiscard]] static std::string type_name() { return "user_knn<" + Similarity::name() + ">"; }

    void save(archive_writer auto& archive) const {
        require_fitted();
        save_size(archive, "neighbors", options_.neighbors);
        save_size(archive, "memory_budget", options_.memory_budget);
        detail::save_similarity(archive, similarity_);
        save_size(archive, "users", user_count());
        save_size(archive, "items", item_count());
        save_csr(archive, "history", *history_);
        save_csr(archive, "similar", neighbors_);
    }
    [[nodiscard]] static user_knn load(archive_reader auto& archive) {
        user_knn_options options;
        options.neighbors = load_size(archive, "neighbors");
        options.memory_budget = load_size(archive, "memory_budget");
        const auto similarity = detail::load_similarity<Similarity>(archive);
        const std::size_t users = load_size(archive, "users");
        const std::size_t items = load_size(archive, "items");
        if (users > max_index_count || items > max_index_count)
            archive.refuse("users", "there are too many users or items");
        try {
            user_knn model{options, similarity};
            model.take(std::make_shared<const user_items>(load_csr<user_index, item_index, float>(
                           archive, "history", users, items)),
                       {});
            model.neighbors_ =
                load_csr<user_index, user_index, float>(archive, "similar", users, users);
            detail::require_neighbors(archive, "similar_values", model.neighbors_);
            return model;
        } catch (const option_error& problem) {
            archive.refuse("options", problem.what());
        }
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

    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{type_name()};
    }
    template <class Index>
    static void require_below(Index index, std::size_t count, const char* what) {
        if (index.value() >= count)
            throw shape_error{std::string{what} + " " + std::to_string(index.value()) +
                              " is out of range; the model has " + std::to_string(count)};
    }
    void require_fits(const neighborhood& user) const {
        if (user.item_count() != item_count() || user.user_count() != user_count())
            throw shape_error{
                "the folded-in user belongs to a model of " + std::to_string(user.user_count()) +
                " users and " + std::to_string(user.item_count()) + " items, this one has " +
                std::to_string(user_count()) + " and " + std::to_string(item_count())};
    }

    /// Keeps the interactions and what follows from them.
    void take(kept_interactions<float> interactions, const execution& where) {
        history_ = std::move(interactions);
        by_item_ = std::make_shared<const item_users>(transpose(*history_, where));
        right_.resize(user_count());
        for (std::size_t user = 0; user < user_count(); ++user)
            right_[user] = similarity_.right(squares(history_->row(user_index(user))));
    }

    /// The users that are most similar to a history.
    template <class Admits>
    [[nodiscard]] ranking<user_index> nearest(sparse_row<item_index, float> history, std::size_t n,
                                              const Admits& admits) const {
        std::vector<float> products(user_count());
        for (const auto [item, weight] : history)
            for (const auto [user, value] : by_item_->row(item))
                products[user.value()] =
                    simd::multiply_add(counted(weight), counted(value), products[user.value()]);
        const float left = similarity_.left(squares(history));
        ranking<user_index> result(std::min(n, user_count()));
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

    [[nodiscard]] float weight(user_index user, item_index item) const noexcept {
        const auto row = history_->row(user);
        const auto found = std::lower_bound(row.columns().begin(), row.columns().end(), item);
        return found == row.columns().end() || *found != item
                   ? 0.0F
                   : row.values()[static_cast<std::size_t>(found - row.columns().begin())];
    }

    void score_row(sparse_row<user_index, float> neighbors, std::span<const item_index> items,
                   std::span<float> out) const noexcept {
        assert(items.size() == out.size());
        for (std::size_t at = 0; at < items.size(); ++at) {
            float sum = 0; // in the order of `select`, with its roundings
            for (const auto [user, similarity] : neighbors)
                sum = simd::multiply_add(similarity, weight(user, items[at]), sum);
            out[at] = sum;
        }
    }

    template <class Admission>
    std::size_t select(sparse_row<user_index, float> neighbors, std::span<scored_item> out,
                       const Admission& admission) const {
        // Taken while in use: a filter may ask another model of this type.
        thread_local aligned_vector<float> spare;
        aligned_vector<float> scores = std::exchange(spare, {});
        scores.assign(padded_size<float>(item_count()), 0.0F);
        for (const auto [user, similarity] : neighbors)
            for (const auto [item, value] : history_->row(user))
                scores[item.value()] = simd::multiply_add(similarity, value, scores[item.value()]);
        const std::size_t size =
            select_scored(std::span{scores}.first(item_count()), out, admission);
        spare = std::move(scores);
        return size;
    }

    explanation<float> explain_row(sparse_row<item_index, float> history,
                                   sparse_row<user_index, float> neighbors, item_index item) const {
        require_below(item, item_count(), "item");
        float score = 0;
        score_row(neighbors, {&item, 1}, {&score, 1});
        std::vector<double> parts(history.size());
        std::vector<double> terms(history.size());
        for (const auto [user, similarity] : neighbors) {
            const double lent =
                static_cast<double>(similarity) * static_cast<double>(weight(user, item));
            if (lent == 0)
                continue;
            double product = 0;
            for (std::size_t at = 0; at < history.size(); ++at) {
                const bool common = history_->row(user).contains(history.columns()[at]);
                terms[at] =
                    common ? static_cast<double>(counted(history.values()[at])) *
                                 static_cast<double>(counted(weight(user, history.columns()[at])))
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
    kept_interactions<float> history_; // never changed, so that copies can share them
    kept_matrix<item_index, user_index, float> by_item_;
    csr_matrix<user_index, user_index, float> neighbors_;
    std::vector<float> right_; // of the users, for the measure
};

static_assert(scorer<user_knn<>> && recommender<user_knn<>> && knows_users<user_knn<>> &&
              archivable<user_knn<>>);
static_assert(foldable<user_knn<>> && explainable<user_knn<>> && user_similarity_model<user_knn<>>);

} // namespace hybrec
