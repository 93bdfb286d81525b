// SPDX-License-Identifier: MIT
/// @file
/// A caller's history as a row of a matrix: sorted, each index once.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// A row that owns its entries, ascending by column.
template <class Column, class Value>
class history_row {
  public:
    using column_index = Column;
    using value_type = Value;

    history_row() = default;

    /// Sorts a history and adds up the weights of what it holds more than once.
    /// @param count how many indices there are
    /// @throws data_error if it is empty or a weight is not finite, shape_error for an index that is
    ///         not below `count`. Complexity: O(n log n).
    template <history_of<Column> History>
    history_row(const History& history, std::size_t count) {
        std::vector<std::pair<Column, Value>> entries;
        for (const auto& entry : history) {
            if constexpr (std::same_as<std::remove_cvref_t<decltype(entry)>, Column>)
                entries.emplace_back(entry, Value{1});
            else
                entries.emplace_back(entry.index, static_cast<Value>(entry.value));
            const auto& [index, value] = entries.back();
            if (index.value() >= count)
                fail<shape_error>(
                    {"the history holds index ", index.value(), "; the model has ", count});
            if (!std::isfinite(value))
                fail<data_error>({"the history gives index ", index.value(), " the weight ", value,
                                  "; expected a finite number"});
        }
        if (entries.empty())
            fail<data_error>({"cannot fold in an empty history; recommend from a fallback instead, "
                              "for example popularity"});
        std::stable_sort(entries.begin(), entries.end(), [](const auto& left, const auto& right) {
            return left.first < right.first;
        });
        for (const auto& [index, value] : entries) {
            if (!columns_.empty() && columns_.back() == index) {
                values_.back() += value;
            } else {
                columns_.push_back(index);
                values_.push_back(value);
            }
        }
    }

    [[nodiscard]] std::size_t size() const noexcept { return columns_.size(); }
    [[nodiscard]] sparse_row<Column, Value> view() const noexcept { return {columns_, values_}; }

    friend bool operator==(const history_row&, const history_row&) = default;

  private:
    std::vector<Column> columns_;
    std::vector<Value> values_;
};

} // namespace hybrec
