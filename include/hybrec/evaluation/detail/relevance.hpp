// SPDX-License-Identifier: MIT
/// @file
/// Which items are relevant for whom.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// The relevant items of the users that have any: items with a positive weight in the test data
/// that are not in the training data. The latter are masked, so that no ranking could hold them.
class relevance {
  public:
    /// @pre `train`, if it has rows at all, has as many as `test`.
    template <class = on_use>
    relevance(user_items_view test, user_items_view train) {
        for (std::size_t at = 0; at < test.row_count(); ++at) {
            const user_index user(at);
            const std::size_t before = items_.size();
            for (const auto [item, weight] : test.row(user))
                if (weight > 0 && !(train.row_count() != 0 && train.row(user).contains(item)))
                    items_.push_back(item);
            if (items_.size() != before) {
                users_.push_back(user);
                ends_.push_back(items_.size());
            } else {
                ++skipped_;
            }
        }
    }

    /// Users with relevant items, ascending.
    template <class = on_use>
    [[nodiscard]] std::span<const user_index> users() const noexcept {
        return as_span(users_);
    }
    /// The relevant items of `users()[position]`, ascending.
    template <class = on_use>
    [[nodiscard]] std::span<const item_index> operator[](std::size_t position) const noexcept {
        const std::size_t begin = position == 0 ? 0 : ends_[position - 1];
        return as_span(items_).subspan(begin, ends_[position] - begin);
    }
    /// How many users have no relevant item.
    [[nodiscard]] std::size_t skipped() const noexcept { return skipped_; }
    /// Hands the users over; the object is of no use afterwards.
    [[nodiscard]] std::vector<user_index> take_users() noexcept { return std::move(users_); }

  private:
    std::vector<user_index> users_;
    std::vector<std::size_t> ends_;
    std::vector<item_index> items_;
    std::size_t skipped_ = 0;
};

} // namespace hybrec::detail
