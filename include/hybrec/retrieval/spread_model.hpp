// SPDX-License-Identifier: MIT
/// @file
/// What all models share whose scores are a weighted sum of rows: of items the user has, of users
/// like the user.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/select_scored.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/archive_csr.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/kept_matrix.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

/// Scores an item by score(u, i) = Σₖ w(u, k)·B(k, i) over a sparse row that stands for the user:
/// the history, or the users who are alike. Base class of the models of neighbours, linear models and
/// walks. It keeps the interactions, which are half of the model, and trains nothing itself.
///
/// `Model` derives from it and has these members, which read the same B and do not allocate:
///
///     sparse_row<Index, float> basis(user_index user) const noexcept;     // w(u, ·)
///     sparse_row<Index, float> basis(const Folded& user) const noexcept;  // of a new user
///     void spread(sparse_row<Index, float> basis, std::span<float> scores) const noexcept;
///     float coefficient(Index from, item_index to) const noexcept;        // B(from, to)
///
/// `spread` adds Σₖ w(k)·B(k, i) to `scores[i]` for all i, in the order of the row, with
/// `simd::multiply_add` or `simd::axpy`; `scores` starts at a multiple of 64 bytes and is padded to
/// one. A model that computes the sum in another way has a further member, with the same bits:
///
///     void score_history(sparse_row<Index, float> basis, std::span<const item_index> items,
///                        std::span<float> out) const noexcept;
///
/// and one that is faster for many users at once another, again with the bits of `spread`, which
/// adds what row k leads to from `scores + k · stride` on:
///
///     void spread_all(std::span<const sparse_row<Index, float>> rows, float* scores,
///                     std::size_t stride) const noexcept;
///
/// `static constexpr bool looks_up_coefficients = true` says that `coefficient` has to search.
///
/// An item whose score is 0 has nothing to do with the user and is not recommended. Users whose row
/// is empty are not known. Const calls are thread-safe; every thread that recommends keeps one array
/// of scores for each type of model.
template <class Model, class Index, class Folded>
class spread_model {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;
    static constexpr bool zero_is_no_score = true;

    [[nodiscard]] std::size_t user_count() const noexcept {
        return history_ ? history_->row_count() : 0;
    }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return history_ ? history_->column_count() : 0;
    }
    [[nodiscard]] bool fitted() const noexcept { return history_ != nullptr; }

    /// The training interactions; null before `fit`. Copies of a model share them.
    [[nodiscard]] const user_items* history() const noexcept { return history_.get(); }

    /// Whether there is a basis to recommend to the user; false for an index beyond the model's users.
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < user_count() && !model().basis(user).empty();
    }

    /// Scores `items` for `user`; writes one value per item, higher is better.
    /// @pre  `user` is below `user_count()`, every item below `item_count()`;
    ///       `items.size() == out.size()`.
    /// Complexity: O(|items| · |basis|) coefficients, or what `spread` costs if there are many items.
    /// Allocates at a thread's first call only.
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score_row(model().basis(user), items, out);
    }
    void score(const Folded& user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        score_row(model().basis(user), items, out);
    }
    [[nodiscard]] float score(user_index user, item_index item) const noexcept {
        float out = 0;
        score(user, span_of_one(item), span_of_one(out));
        return out;
    }

    /// Scores all items: see `catalogue_scorer`.
    void score_all(user_index user, std::span<float> out) const noexcept {
        spread_over(model().basis(user), out);
    }
    void score_all(const Folded& user, std::span<float> out) const noexcept {
        spread_over(model().basis(user), out);
    }

    /// At most `n` items that `filter` admits, best first. Empty for a user that is not known.
    /// @throws shape_error if `user` is not below `user_count()`.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }

    /// As `recommend`, into the caller's memory, at most `out.size()` items; returns how many there
    /// are. Allocates at a thread's first call only.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return select(model().basis(user), out, user_admission<Filter>{filter, user});
    }

    /// Recommends to a user that the model was not trained on. A filter that needs to know the user
    /// (`unseen_by_user`) does not fit here; `excluding(history)` does.
    /// @throws shape_error if the user was folded in by a model of another shape.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(const Folded& user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }
    template <index_filter Filter = unfiltered>
    std::size_t recommend_into(const Folded& user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        require_fits(user);
        return select(model().basis(user), out, index_admission<Filter, item_index>{filter});
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

  protected:
    spread_model() = default;
    ~spread_model() = default;
    spread_model(const spread_model&) = default;
    spread_model(spread_model&&) noexcept = default;
    spread_model& operator=(const spread_model&) = default;
    spread_model& operator=(spread_model&&) noexcept = default;

    void require_fitted() const {
        if (!fitted())
            throw not_fitted_error{Model::type_name()};
    }
    void require_fits(const Folded& user) const {
        std::size_t users = user_count();
        if constexpr (requires { user.user_count(); })
            users = user.user_count();
        if (user.item_count() != item_count() || users != user_count())
            fail<shape_error>({"the folded-in user belongs to a model of ", users, " users and ",
                               user.item_count(), " items, this one has ", user_count(), " and ",
                               item_count()});
    }

    void save_history(archive_writer auto& archive) const {
        save_count(archive, "users", user_count());
        save_count(archive, "items", item_count());
        save_csr(archive, "history", *history_);
    }
    void load_history(archive_reader auto& archive) {
        const std::size_t users = load_count(archive, "users");
        history_ = std::make_shared<const user_items>(load_csr<user_index, item_index, float>(
            archive, "history", users, load_count(archive, "items")));
    }

    void score_row(sparse_row<Index, float> basis, std::span<const item_index> items,
                   std::span<float> out) const noexcept {
        assert(items.size() == out.size());
        if (items.size() > worth_spreading()) {
            with_scores(padded_size<float>(item_count()), [&](std::span<float> scores) {
                model().spread(basis, scores);
                for (std::size_t at = 0; at < items.size(); ++at)
                    out[at] = scores[items[at].value()];
            });
        } else if constexpr (requires { model().score_history(basis, items, out); }) {
            model().score_history(basis, items, out);
        } else {
            for (std::size_t at = 0; at < items.size(); ++at) {
                float sum = 0; // in the order of `spread`, with its roundings
                for (const auto [from, weight] : basis)
                    sum = simd::multiply_add(weight, model().coefficient(from, items[at]), sum);
                out[at] = sum;
            }
        }
    }

    template <class Admission>
    std::size_t select(sparse_row<Index, float> basis, std::span<scored_item> out,
                       const Admission& admission) const {
        std::size_t size = 0;
        with_scores(padded_size<float>(item_count()), [&](std::span<float> scores) {
            model().spread(basis, scores);
            size = select_scored(scores.first(item_count()), out, admission);
        });
        return size;
    }

    kept_interactions<float> history_; // never changed, so that copies can share it

  private:
    [[nodiscard]] const Model& model() const noexcept { return static_cast<const Model&>(*this); }

    void spread_over(sparse_row<Index, float> basis, std::span<float> out) const noexcept {
        assert(out.size() == item_count());
        std::fill_n(out.data(), padded_size<float>(out.size()), 0.0F);
        model().spread(basis, out);
    }

    /// For more items than this, computing the scores of all is faster than asking for one by one.
    [[nodiscard]] std::size_t worth_spreading() const noexcept {
        if constexpr (requires { requires Model::looks_up_coefficients; })
            return 32;
        else
            return item_count() / 8;
    }

    static constexpr std::size_t together = 32; // users whose scores are computed at a time

    /// The rankings of `users`, which are those from `first` on of `result`.
    template <class Filter>
    void recommend_some(std::span<const user_index> users, std::size_t first,
                        rankings<item_index>& result, const Filter& filter) const {
        using row = sparse_row<Index, float>;
        if constexpr (requires(std::span<const row> rows, float* scores) {
                          model().spread_all(rows, scores, std::size_t{});
                      }) {
            const std::size_t stride = padded_size<float>(item_count());
            std::array<row, together> bases;
            for (std::size_t at = 0; at < users.size(); ++at)
                bases[at] = model().basis(users[at]);
            with_scores(users.size() * stride, [&](std::span<float> scores) {
                model().spread_all(as_span(bases).first(users.size()), scores.data(), stride);
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
        use(as_writable_span(scores));
        spare = std::move(scores);
    }
};

} // namespace hybrec
