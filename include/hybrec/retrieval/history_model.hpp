// SPDX-License-Identifier: MIT
/// @file
/// What all models share whose scores are linear in the user's history.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/folded_history.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Scores an item by what the user has: score(u, i) = Σₕ w(u, h)·B(h, i) over the history of u. Base
/// class of the models that learn the item-to-item weights B: neighbours, linear models, walks. It
/// keeps the interactions, which are half of the model, and trains nothing itself.
///
/// `Model` derives from it and has two members, which read the same B and do not allocate:
///
///     void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept;
///     float coefficient(item_index from, item_index to) const noexcept;
///
/// `spread` adds Σₕ w(h)·B(h, i) to `scores[i]` for all i, in the order of the history, with
/// `simd::multiply_add` or `simd::axpy`; `scores` starts at a multiple of 64 bytes and is padded to
/// one. A model that computes the sum in another way has a third member, which gives the same bits:
///
///     void score_history(sparse_row<item_index, float> history, std::span<const item_index> items,
///                        std::span<float> out) const noexcept;
///
/// and one that is faster for many users at once has a fourth, again with the bits of `spread`, which
/// adds what history k leads to from `scores + k · stride` on:
///
///     void spread_all(std::span<const sparse_row<item_index, float>> histories, float* scores,
///                     std::size_t stride) const noexcept;
///
/// An item whose score is 0 has nothing to do with the history and is not recommended. Users without
/// history are not known. The weights of a history count as they are: what was fitted on BM25
/// weights expects BM25 weights when it folds in. Const calls are thread-safe; every thread that
/// recommends keeps one array of scores for all models.
template <class Model>
class history_model {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;

    [[nodiscard]] std::size_t user_count() const noexcept {
        return history_ ? history_->row_count() : 0;
    }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return history_ ? history_->column_count() : 0;
    }
    [[nodiscard]] bool fitted() const noexcept { return history_ != nullptr; }

    /// The training interactions; null before `fit`. Copies of a model share them.
    [[nodiscard]] const user_items* history() const noexcept { return history_.get(); }

    /// Whether the user has a history; false for an index beyond the model's users.
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < user_count() && !history_->row(user).empty();
    }

    /// Scores `items` for `user`; writes one value per item, higher is better.
    /// @pre  `user` is below `user_count()`, every item below `item_count()`;
    ///       `items.size() == out.size()`.
    /// Complexity: O(|items| · |history|) coefficients. Does not allocate.
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score_row(history_->row(user), items, out);
    }
    void score(const folded_history& user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score_row(user.row(), items, out);
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

    /// As `recommend`, into the caller's memory, at most `out.size()` items; returns how many there
    /// are. Allocates at a thread's first call only.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return select(history_->row(user), out, user_admission<Filter>{filter, user});
    }

    /// Recommends to a user that the model was not trained on. A filter that needs to know the user
    /// (`unseen_by_user`) does not fit here; `excluding(history)` does.
    /// @throws shape_error if the history was folded in by a model with other items.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(const folded_history& user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, result, filter));
        return result;
    }
    template <index_filter Filter = unfiltered>
    std::size_t recommend_into(const folded_history& user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        require_fits(user);
        return select(user.row(), out, index_admission<Filter, item_index>{filter});
    }

    /// The rankings of `users`, in the order given; each has the bits of `recommend`.
    /// @throws shape_error as `recommend`, cancelled.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index> recommend_all(std::span<const user_index> users,
                                                     std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        for (const user_index user : users)
            require_below(user, user_count(), "user");
        rankings<item_index> result{users.size(), std::min(n, item_count())};
        where.threads().for_chunks(
            users.size(), together,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                recommend_some(users.subspan(begin, end - begin), begin, result, filter);
            },
            where.stop);
        return result;
    }
    /// The rankings of all users, in their order.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index> recommend_all(std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        std::vector<user_index> users(user_count());
        for (std::size_t user = 0; user < users.size(); ++user)
            users[user] = user_index(user);
        return recommend_all(users, n, filter, where);
    }

    /// The `n` items that a history of `item` alone leads to, best first, without itself.
    /// @throws shape_error if `item` is not below `item_count()`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] ranking<item_index> similar_items(item_index item, std::size_t n,
                                                    const Filter& filter = {}) const {
        require_below(item, item_count(), "item");
        ranking<item_index> result(std::min(n, item_count()));
        const float weight = 1;
        result.resize(select(
            sparse_row<item_index, float>{{&item, 1}, {&weight, 1}}, result,
            others_admission<index_admission<Filter, item_index>, item_index>{{filter}, item}));
        return result;
    }

    /// A user that the model has not seen, from what the user did.
    /// @param history items, or items with weights on the scale of the training matrix
    /// @throws data_error if `history` is empty (use a fallback such as `popularity`) or a weight is
    ///         not finite, shape_error for an item beyond the model, not_fitted_error.
    template <item_history History>
    [[nodiscard]] folded_history fold_in(const History& history) const {
        require_fitted();
        return {history_row<item_index, float>{history, item_count()}, item_count()};
    }

    /// Why `item` has its score for `user`: what each item of the history adds to it. The parts sum
    /// to the score, up to rounding.
    /// @throws shape_error for a user or item beyond the model.
    [[nodiscard]] explanation<float> explain(user_index user, item_index item) const {
        require_below(user, user_count(), "user");
        return explain_row(history_->row(user), item);
    }
    [[nodiscard]] explanation<float> explain(const folded_history& user, item_index item) const {
        require_fits(user);
        return explain_row(user.row(), item);
    }

  protected:
    history_model() = default;
    ~history_model() = default;
    history_model(const history_model&) = default;
    history_model(history_model&&) noexcept = default;
    history_model& operator=(const history_model&) = default;
    history_model& operator=(history_model&&) noexcept = default;

    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{Model::type_name()};
    }
    template <class Index>
    static void require_below(Index index, std::size_t count, const char* what) {
        if (index.value() >= count)
            throw shape_error{std::string{what} + " " + std::to_string(index.value()) +
                              " is out of range; the model has " + std::to_string(count)};
    }

    void save_history(archive_writer auto& archive) const {
        archive.write_integer("users", static_cast<std::int64_t>(user_count()));
        archive.write_integer("items", static_cast<std::int64_t>(item_count()));
        save_csr(archive, "history", *history_);
    }
    void load_history(archive_reader auto& archive) {
        const auto count = [&](const char* name) {
            const std::int64_t value = archive.read_integer(name);
            if (value < 0 || static_cast<std::uint64_t>(value) > max_index_count)
                archive.refuse(name, "expected a number of rows, found " + std::to_string(value));
            return static_cast<std::size_t>(value);
        };
        const std::size_t users = count("users");
        history_ = std::make_shared<const user_items>(
            load_csr<user_index, item_index, float>(archive, "history", users, count("items")));
    }

    kept_interactions<float> history_; // never changed, so that copies can share it

  private:
    [[nodiscard]] const Model& model() const noexcept { return static_cast<const Model&>(*this); }

    void require_fits(const folded_history& user) const {
        if (user.item_count() != item_count())
            throw shape_error{"the folded-in user has a history of " +
                              std::to_string(user.item_count()) + " items, the model has " +
                              std::to_string(item_count())};
    }

    void score_row(sparse_row<item_index, float> history, std::span<const item_index> items,
                   std::span<float> out) const noexcept {
        assert(items.size() == out.size());
        if constexpr (requires { model().score_history(history, items, out); }) {
            model().score_history(history, items, out);
        } else {
            for (std::size_t at = 0; at < items.size(); ++at) {
                float sum = 0; // in the order of `spread`, with its roundings
                for (const auto [from, weight] : history)
                    sum = simd::multiply_add(weight, model().coefficient(from, items[at]), sum);
                out[at] = sum;
            }
        }
    }

    static constexpr std::size_t together = 32; // users whose scores are computed at a time

    /// The rankings of `users`, which are those from `first` on of `result`.
    template <class Filter>
    void recommend_some(std::span<const user_index> users, std::size_t first,
                        rankings<item_index>& result, const Filter& filter) const {
        using history_row_view = sparse_row<item_index, float>;
        if constexpr (requires(std::span<const history_row_view> rows, float* scores) {
                          model().spread_all(rows, scores, std::size_t{});
                      }) {
            const std::size_t stride = padded_size<float>(item_count());
            std::array<history_row_view, together> histories;
            for (std::size_t at = 0; at < users.size(); ++at)
                histories[at] = history_->row(users[at]);
            with_scores(users.size() * stride, [&](std::span<float> scores) {
                model().spread_all(std::span{histories}.first(users.size()), scores.data(), stride);
                for (std::size_t at = 0; at < users.size(); ++at)
                    result.set_size(first + at,
                                    select_scored(scores.subspan(at * stride, item_count()),
                                                  result.buffer(first + at),
                                                  user_admission<Filter>{filter, users[at]}));
            });
        } else {
            for (std::size_t at = 0; at < users.size(); ++at)
                result.set_size(first + at,
                                recommend_into(users[at], result.buffer(first + at), filter));
        }
    }

    /// Calls `use` with that many zeros.
    template <class Use>
    static void with_scores(std::size_t size, const Use& use) {
        // Taken while in use: a filter may ask another model of this type.
        thread_local aligned_vector<float> spare;
        aligned_vector<float> scores = std::exchange(spare, {});
        scores.assign(size, 0.0F);
        use(std::span<float>{scores});
        spare = std::move(scores);
    }

    template <class Admission>
    std::size_t select(sparse_row<item_index, float> history, std::span<scored_item> out,
                       const Admission& admission) const {
        std::size_t size = 0;
        with_scores(padded_size<float>(item_count()), [&](std::span<float> scores) {
            model().spread(history, scores);
            size = select_scored(scores.first(item_count()), out, admission);
        });
        return size;
    }

    explanation<float> explain_row(sparse_row<item_index, float> history, item_index item) const {
        require_below(item, item_count(), "item");
        float score = 0;
        score_row(history, {&item, 1}, {&score, 1});
        return explain_by_parts(score, history.columns(), [&](std::size_t k) {
            return history.values()[k] * model().coefficient(history.columns()[k], item);
        });
    }
};

} // namespace hybrec
