// SPDX-License-Identifier: MIT
/// @file
/// What all models with user and item vectors share: scoring, recommending, likeness.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/exact_search.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/folded.hpp>
#include <hybrec/retrieval/nearest.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_many.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

namespace detail {

/// Another admission, but only of rows whose vectors are not zero: a score of 0, which says nothing,
/// must not beat one below 0.
template <class Admission, class Value>
struct known_admission {
    Admission rest;
    const Value* inverse_norms; ///< 0 for a zero vector; null if there is none

    [[nodiscard]] bool knows(item_index item) const noexcept {
        return !inverse_norms || inverse_norms[item.value()] > Value{0};
    }
    [[nodiscard]] bool admits(item_index item) const noexcept {
        return knows(item) && rest.admits(item);
    }
    [[nodiscard]] bool asks() const noexcept { return inverse_norms || rest.asks(); }
    template <class Sink>
    void visit_denied(Sink&& sink) const noexcept {
        rest.visit_denied(sink);
    }
    [[nodiscard]] bool admits_unlisted(item_index item) const noexcept {
        return knows(item) && rest.admits_unlisted(item);
    }
};

} // namespace detail

/// A model whose score is the inner product of a user's and an item's vector. Base class of the
/// models that fill such tables (factorization/, neural/); it trains nothing itself.
///
/// A user or item whose vector is zero (one without interactions) is not known: it is recommended
/// nothing rather than an arbitrary list, and resembles nothing. Const calls are thread-safe.
template <class Value>
class factor_model {
  public:
    using score_type = Value;
    using user_table = factor_table<user_index, Value>;
    using item_table = factor_table<item_index, Value>;
    static constexpr score_kind kind = score_kind::preference;

    [[nodiscard]] std::size_t user_count() const noexcept { return user_factors_.rows(); }
    [[nodiscard]] std::size_t item_count() const noexcept { return item_factors_.rows(); }
    [[nodiscard]] const user_table& user_factors() const noexcept { return user_factors_; }
    [[nodiscard]] const item_table& item_factors() const noexcept { return item_factors_; }

    /// Whether the model has a basis to recommend to `user`; false for an index beyond its users.
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < inverse_user_norms_.size() &&
               inverse_user_norms_[user.value()] > Value{0};
    }
    [[nodiscard]] bool knows(item_index item) const noexcept {
        return item.value() < inverse_item_norms_.size() &&
               inverse_item_norms_[item.value()] > Value{0};
    }

    /// Scores `items` for `user`; writes one value per item, higher is better.
    /// @pre  `user` is below `user_count()`, every item below `item_count()`;
    ///       `items.size() == out.size()`.
    /// Complexity: O(|items| · factors). Does not allocate.
    void score(user_index user, std::span<const item_index> items,
               std::span<Value> out) const noexcept {
        score_vector(user_factors_.padded_row(user), items, out);
    }
    void score(const folded_user<Value>& user, std::span<const item_index> items,
               std::span<Value> out) const noexcept {
        score_vector(user.data(), items, out);
    }
    /// Scores all items: see `catalogue_scorer`.
    void score_all(user_index user, std::span<Value> out) const noexcept {
        score_table_rows(user_factors_.padded_row(user), out);
    }
    void score_all(const folded_user<Value>& user, std::span<Value> out) const noexcept {
        score_table_rows(user.data(), out);
    }
    [[nodiscard]] Value score(user_index user, item_index item) const noexcept {
        Value out;
        score(user, span_of_one(item), span_of_one(out));
        return out;
    }

    /// At most `n` items that are known and that `filter` admits, best first. Empty for a user that is not known.
    /// @throws shape_error if `user` is not below `user_count()`.
    /// Complexity: O(items · factors).
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index, Value> recommend(user_index user, std::size_t n,
                                                       const Filter& filter = {}) const {
        ranking<item_index, Value> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }

    /// As `recommend`, into the caller's memory, at most `out.size()` items; returns how many there
    /// are. Does not allocate.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored<item_index, Value>> out,
                               const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        if (!knows(user))
            return 0;
        return search(item_factors_, item_search_, query_of(user), out, admit(filter, user));
    }

    /// Recommends to a user that the model was not trained on. A filter that needs to know the user
    /// (`unseen_by_user`) does not fit here; `excluding(history)` does.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index, Value>
    recommend(const folded_user<Value>& user, std::size_t n, const Filter& filter = {}) const {
        ranking<item_index, Value> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }

    template <index_filter Filter = unfiltered>
    std::size_t recommend_into(const folded_user<Value>& user,
                               std::span<scored<item_index, Value>> out,
                               const Filter& filter = {}) const {
        require_fits(user);
        return search(item_factors_, item_search_, search_query<Value>{user.data()}, out,
                      admit(filter));
    }

    /// The rankings of all users, in their order; each has the bits of `recommend`.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index, Value>
    recommend_all(std::size_t n, const Filter& filter = {}, const execution& where = {}) const {
        return search_many(
            item_factors_, item_search_, user_count(), n,
            [&](std::size_t at) { return query_of(user_index(at)); },
            [&](std::size_t at) { return admit(filter, user_index(at)); },
            static_cast<const Value*>(nullptr), where);
    }

    /// The rankings of `users`, in the order given. @throws shape_error as `recommend`.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] rankings<item_index, Value>
    recommend_all(std::span<const user_index> users, std::size_t n, const Filter& filter = {},
                  const execution& where = {}) const {
        for (const user_index user : users)
            require_below(user, user_count(), "user");
        return search_many(
            item_factors_, item_search_, users.size(), n,
            [&](std::size_t at) { return query_of(users[at]); },
            [&](std::size_t at) { return admit(filter, users[at]); },
            static_cast<const Value*>(nullptr), where);
    }

    /// The `n` items most like `item` by cosine, without itself. Empty if it is not known.
    /// @throws shape_error if `item` is not below `item_count()`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] ranking<item_index, Value> similar_items(item_index item, std::size_t n,
                                                           const Filter& filter = {}) const {
        require_below(item, item_count(), "item");
        return nearest(item_factors_, &item_search_, lengths(inverse_item_norms_), item, n, filter);
    }

    /// The `n` users most like `user` by cosine, without the user. Empty if not known.
    /// @throws shape_error if `user` is not below `user_count()`.
    /// Complexity: O(users · factors); every user is compared.
    template <index_filter<user_index> Filter = unfiltered>
    [[nodiscard]] ranking<user_index, Value> similar_users(user_index user, std::size_t n,
                                                           const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return nearest(user_factors_, nullptr, lengths(inverse_user_norms_), user, n, filter);
    }

    /// The rankings of all items, in their order; each has the bits of `similar_items`.
    template <index_filter<item_index> Filter = unfiltered>
    [[nodiscard]] rankings<item_index, Value>
    similar_items_all(std::size_t n, const Filter& filter = {}, const execution& where = {}) const {
        return nearest_all(item_factors_, item_search_, lengths(inverse_item_norms_), n, filter,
                           where);
    }

    /// The rankings of all users, in their order; each has the bits of `similar_users`.
    /// Holds a `search_index` of the users while it runs.
    template <index_filter<user_index> Filter = unfiltered>
    [[nodiscard]] rankings<user_index, Value>
    similar_users_all(std::size_t n, const Filter& filter = {}, const execution& where = {}) const {
        return nearest_all(user_factors_, search_index{user_factors_}, lengths(inverse_user_norms_),
                           n, filter, where);
    }

  protected:
    /// How many items have a vector that is not zero.
    [[nodiscard]] std::size_t known_item_count() const noexcept { return known_items_; }

    factor_model() = default;
    ~factor_model() = default;
    factor_model(const factor_model&) = default;
    factor_model(factor_model&&) noexcept = default;
    factor_model& operator=(const factor_model&) = default;
    factor_model& operator=(factor_model&&) noexcept = default;

    /// To be called after the tables changed: lengths and search index follow them. The index adds
    /// half of the item table's size (see `search_index`).
    void update_norms() {
        inverse_user_norms_ = inverse_lengths(user_factors_);
        inverse_item_norms_ = inverse_lengths(item_factors_);
        known_items_ = static_cast<std::size_t>(
            std::count_if(inverse_item_norms_.begin(), inverse_item_norms_.end(),
                          [](Value inverse) { return inverse > Value{0}; }));
        item_search_ = search_index{item_factors_};
    }

    void require_fits(const folded_user<Value>& user) const {
        if (user.values().size() != item_factors_.factors())
            fail<shape_error>({"the folded-in user has ", user.values().size(),
                               " factors, the model has ", item_factors_.factors()});
    }

    user_table user_factors_;
    item_table item_factors_;

  private:
    void score_vector(const Value* user, std::span<const item_index> items,
                      std::span<Value> out) const noexcept {
        assert(items.size() == out.size());
        const std::size_t size = item_factors_.stride();
        std::size_t at = 0;
        for (; at + 4 <= items.size(); at += 4)
            simd::dot_four(user, item_factors_.padded_row(items[at]),
                           item_factors_.padded_row(items[at + 1]),
                           item_factors_.padded_row(items[at + 2]),
                           item_factors_.padded_row(items[at + 3]), size, out.data() + at);
        for (; at < items.size(); ++at)
            out[at] = simd::dot(user, item_factors_.padded_row(items[at]), size);
    }

    void score_table_rows(const Value* user, std::span<Value> out) const noexcept {
        assert(out.size() == item_count());
        simd::dot_rows(user, item_factors_.data(), item_factors_.stride(), item_count(),
                       item_factors_.stride(), out.data());
    }

    /// A user that is not known is no query.
    [[nodiscard]] search_query<Value> query_of(user_index user) const noexcept {
        return {knows(user) ? user_factors_.padded_row(user) : nullptr};
    }
    template <class Filter>
    [[nodiscard]] auto admit(const Filter& filter, user_index user) const noexcept {
        return known(user_admission<Filter>{filter, user});
    }
    template <class Filter>
    [[nodiscard]] auto admit(const Filter& filter) const noexcept {
        return known(index_admission<Filter, item_index>{filter});
    }
    template <class Admission>
    [[nodiscard]] auto known(const Admission& rest) const noexcept {
        return detail::known_admission<Admission, Value>{
            rest, known_items_ < item_count() ? inverse_item_norms_.data() : nullptr};
    }
    [[nodiscard]] static std::span<const Value>
    lengths(const aligned_vector<Value>& inverse_norms) noexcept {
        return inverse_norms;
    }

    aligned_vector<Value> inverse_user_norms_; // 1 / length; 0 for a zero vector
    aligned_vector<Value> inverse_item_norms_;
    std::size_t known_items_ = 0;
    search_index item_search_;
};

} // namespace hybrec
