// SPDX-License-Identifier: MIT
/// @file
/// Filters of recommendations: seen, denied and allowed items, and any predicate; `&` joins them.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/history.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <initializer_list>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// Admits everything.
struct unfiltered {
    template <class Index>
    [[nodiscard]] constexpr bool admits(Index) const noexcept {
        return true;
    }
};

/// Admits what the user has no entry for in a matrix, typically the training data. Users beyond the
/// matrix have seen nothing. Holds a view: the matrix must outlive the filter.
template <class Value>
class unseen_by_user {
  public:
    explicit unseen_by_user(csr_view<user_index, item_index, Value> seen) noexcept : seen_{seen} {}
    explicit unseen_by_user(const csr_matrix<user_index, item_index, Value>& seen) noexcept
        : seen_{seen.view()} {}
    explicit unseen_by_user(csr_matrix<user_index, item_index, Value>&&) = delete;

    /// Complexity: O(log of the user's entries).
    [[nodiscard]] bool admits(user_index user, item_index item) const noexcept {
        return user.value() >= seen_.row_count() || !seen_.row(user).contains(item);
    }
    [[nodiscard]] std::span<const item_index> denied(user_index user) const noexcept {
        if (user.value() >= seen_.row_count())
            return {};
        return seen_.row(user).columns();
    }

  private:
    csr_view<user_index, item_index, Value> seen_;
};

template <class Value>
unseen_by_user(const csr_matrix<user_index, item_index, Value>&) -> unseen_by_user<Value>;

namespace detail {

template <class Index>
class index_set {
  public:
    template <history_of<Index> Range>
    explicit index_set(const Range& range) {
        for (const auto& entry : range)
            if constexpr (std::same_as<std::remove_cvref_t<decltype(entry)>, Index>)
                members_.push_back(entry);
            else
                members_.push_back(entry.index);
        std::sort(members_.begin(), members_.end());
    }

    [[nodiscard]] bool contains(Index index) const noexcept {
        return std::binary_search(members_.begin(), members_.end(), index);
    }
    [[nodiscard]] std::span<const Index> members() const noexcept { return as_span(members_); }

  private:
    std::vector<Index> members_;
};

template <class Entry>
struct entry_index {
    using type = Entry;
};
template <class Entry>
requires requires(const Entry& entry) { entry.index; }
struct entry_index<Entry> {
    using type = std::remove_cvref_t<decltype(std::declval<const Entry&>().index)>;
};

/// The index type of a range of indices, or of indices with weights.
template <class Range>
using history_index =
    typename entry_index<std::remove_cvref_t<std::ranges::range_reference_t<const Range>>>::type;

} // namespace detail

/// Admits what is not in a list. Owns a sorted copy; a lookup costs O(log size).
template <dense_index Index = item_index>
class excluding {
  public:
    template <history_of<Index> Range>
    explicit excluding(const Range& denied) : denied_{denied} {}
    excluding(std::initializer_list<Index> denied) : denied_{denied} {}

    [[nodiscard]] bool admits(Index index) const noexcept { return !denied_.contains(index); }
    [[nodiscard]] std::span<const Index> denied() const noexcept { return denied_.members(); }

  private:
    detail::index_set<Index> denied_;
};

template <class Range>
explicit excluding(const Range&) -> excluding<detail::history_index<Range>>;
template <dense_index Index>
excluding(std::initializer_list<Index>) -> excluding<Index>;

/// Admits only what is in a list. Owns a sorted copy; a lookup costs O(log size).
template <dense_index Index = item_index>
class allowing {
  public:
    template <history_of<Index> Range>
    explicit allowing(const Range& allowed) : allowed_{allowed} {}
    allowing(std::initializer_list<Index> allowed) : allowed_{allowed} {}

    [[nodiscard]] bool admits(Index index) const noexcept { return allowed_.contains(index); }

  private:
    detail::index_set<Index> allowed_;
};

template <class Range>
explicit allowing(const Range&) -> allowing<detail::history_index<Range>>;
template <dense_index Index>
allowing(std::initializer_list<Index>) -> allowing<Index>;

/// Admits what a predicate accepts: `where([](item_index item) { … })`, or with the user as the
/// first parameter. The predicate must not throw and must be safe for concurrent calls.
template <class Predicate>
class where {
  public:
    explicit where(Predicate predicate) : predicate_{std::move(predicate)} {}

    template <class Index>
    requires std::predicate<const Predicate&, Index>
    [[nodiscard]] bool admits(Index index) const noexcept { return predicate_(index); }

    [[nodiscard]] bool admits(user_index user, item_index item)
        const noexcept requires std::predicate<const Predicate&, user_index, item_index> {
        return predicate_(user, item);
    }

  private:
    Predicate predicate_;
};

/// Asks a filter in the form it understands: about the item alone, or for the user.
template <known_user_filter Filter>
[[nodiscard]] bool admits(const Filter& filter, user_index user, item_index item) noexcept {
    if constexpr (user_item_filter<Filter>)
        return filter.admits(user, item);
    else
        return filter.admits(item);
}

/// Admits what both filters admit; made by `left & right`.
template <known_user_filter Left, known_user_filter Right>
class both {
  public:
    both(Left left, Right right) : left_{std::move(left)}, right_{std::move(right)} {}

    [[nodiscard]] bool
    admits(item_index item) const noexcept requires index_filter<Left> && index_filter<Right> {
        return left_.admits(item) && right_.admits(item);
    }

    [[nodiscard]] bool admits(user_index user, item_index item) const noexcept requires
        user_item_filter<Left> || user_item_filter<Right> {
        return hybrec::admits(left_, user, item) && hybrec::admits(right_, user, item);
    }

    [[nodiscard]] const Left& left() const noexcept { return left_; }
    [[nodiscard]] const Right& right() const noexcept { return right_; }

  private:
    Left left_;
    Right right_;
};

template <known_user_filter Left, known_user_filter Right>
[[nodiscard]] both<Left, Right> operator&(Left left, Right right) {
    return {std::move(left), std::move(right)};
}

} // namespace hybrec
