// SPDX-License-Identifier: MIT
/// @file
/// Coordinate lists: entries in any order, with duplicates, as they arrive.
#pragma once

#include <hybrec/core/index.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hybrec {

/// One entry of a matrix in coordinate form.
template <class Row, class Column, class Value>
struct triplet {
    Row row{};
    Column column{};
    Value value{};

    friend constexpr bool operator==(const triplet&, const triplet&) noexcept = default;
};

/// A matrix as a list of entries, in any order, duplicates allowed. `build_csr` compresses it.
template <class Row, class Column, class Value>
class coo_matrix {
  public:
    using row_index = Row;
    using column_index = Column;
    using value_type = Value;
    using entry_type = triplet<Row, Column, Value>;

    coo_matrix() = default;
    coo_matrix(std::size_t row_count, std::size_t column_count)
        : row_count_{row_count}, column_count_{column_count} {}

    /// Adds an entry; the shape grows to hold it.
    void add(Row row, Column column, Value value) {
        entries_.push_back({row, column, value});
        row_count_ = std::max<std::size_t>(row_count_, std::size_t{row.value()} + 1);
        column_count_ = std::max<std::size_t>(column_count_, std::size_t{column.value()} + 1);
    }

    void reserve(std::size_t entries) { entries_.reserve(entries); }

    [[nodiscard]] std::size_t row_count() const noexcept { return row_count_; }
    [[nodiscard]] std::size_t column_count() const noexcept { return column_count_; }
    [[nodiscard]] std::size_t entry_count() const noexcept { return entries_.size(); }
    [[nodiscard]] const std::vector<entry_type>& entries() const noexcept { return entries_; }
    [[nodiscard]] auto begin() const noexcept { return entries_.begin(); }
    [[nodiscard]] auto end() const noexcept { return entries_.end(); }

  private:
    std::vector<entry_type> entries_;
    std::size_t row_count_ = 0;
    std::size_t column_count_ = 0;
};

} // namespace hybrec
