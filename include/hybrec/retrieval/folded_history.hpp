// SPDX-License-Identifier: MIT
/// @file
/// A user that a model has not seen, as models hold it that score by histories.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/history_row.hpp>

#include <cstddef>
#include <utility>

namespace hybrec {

/// What `fold_in` of a `history_model` makes: the history itself, sorted and checked. It takes the
/// place of a user index where the model is asked for recommendations.
template <class = on_use>
class basic_folded_history {
  public:
    /// @param item_count of the model
    basic_folded_history(history_row<item_index, float> row, std::size_t item_count)
        : row_{std::move(row)}, item_count_{item_count} {}

    [[nodiscard]] sparse_row<item_index, float> row() const noexcept { return row_.view(); }
    [[nodiscard]] std::size_t item_count() const noexcept { return item_count_; }

    friend bool operator==(const basic_folded_history&, const basic_folded_history&) = default;

  private:
    history_row<item_index, float> row_;
    std::size_t item_count_;
};

using folded_history = basic_folded_history<>;

} // namespace hybrec
