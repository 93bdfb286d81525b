// SPDX-License-Identifier: MIT
/// @file
/// A user that a neighbourhood model has not seen, with the known users that resemble it.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace hybrec {

/// What `fold_in` of a `user_knn` makes: the history, sorted and checked, and its neighbours. It
/// takes the place of a user index where the model is asked for recommendations.
template <class = on_use>
class basic_neighborhood {
  public:
    /// @param neighbors in any order, each once
    /// @param item_count of the model
    basic_neighborhood(history_row<item_index, float> history, ranking<user_index> neighbors,
                       std::size_t user_count, std::size_t item_count)
        : history_{std::move(history)}, user_count_{user_count}, item_count_{item_count} {
        std::sort(neighbors.begin(), neighbors.end(),
                  [](const auto& left, const auto& right) { return left.index < right.index; });
        for (const auto [user, similarity] : neighbors) {
            users_.push_back(user);
            similarities_.push_back(similarity);
        }
    }

    [[nodiscard]] sparse_row<item_index, float> history() const noexcept { return history_.view(); }
    /// The neighbours, ascending, with their similarities. May be empty.
    [[nodiscard]] sparse_row<user_index, float> neighbors() const noexcept {
        return {as_span(users_), as_span(similarities_)};
    }
    [[nodiscard]] std::size_t user_count() const noexcept { return user_count_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return item_count_; }

    friend bool operator==(const basic_neighborhood&, const basic_neighborhood&) = default;

  private:
    history_row<item_index, float> history_;
    std::vector<user_index> users_;
    std::vector<float> similarities_;
    std::size_t user_count_;
    std::size_t item_count_;
};

using neighborhood = basic_neighborhood<>;

} // namespace hybrec
