// SPDX-License-Identifier: MIT
/// @file
/// Views of compressed rows that another library holds, without copying its entries.
#pragma once

#include <hybrec/sparse/csr.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec {

/// Compressed rows over foreign arrays, as SciPy, Eigen or a C interface hold them. Only the
/// offsets are copied (to 64 bits); columns and values stay where they are and must outlive this.
template <class Row, class Column, class Value>
class foreign_csr {
  public:
    using row_index = Row;
    using column_index = Column;
    using value_type = Value;

    /// @param offsets one more than there are rows, of any integer type
    /// @param columns 32-bit integers, signed or unsigned, strictly ascending within each row
    /// @throws shape_error, data_error if the arrays break an invariant of `csr_view`.
    /// Complexity: O(rows + entries), one check of everything.
    template <std::integral Offset, std::integral Integer>
    requires(sizeof(Integer) == sizeof(std::uint32_t))
        foreign_csr(std::span<const Offset> offsets, std::span<const Integer> columns,
                    std::span<const Value> values, std::size_t column_count)
        : columns_{reinterpret_cast<const Column*>(columns.data()), columns.size()},
          values_{values},
          column_count_{column_count} {
        // An index has the layout of its 32-bit integer, and is read through that member only.
        static_assert(sizeof(Column) == sizeof(std::uint32_t));
        check_csr(offsets, columns, values, column_count);
        offsets_.reserve(offsets.size());
        for (const Offset value : offsets)
            offsets_.push_back(static_cast<offset>(value));
    }

    [[nodiscard]] csr_view<Row, Column, Value> view() const noexcept {
        return {offsets_, columns_, values_, column_count_};
    }
    operator csr_view<Row, Column, Value>() const noexcept { return view(); }

    [[nodiscard]] std::size_t row_count() const noexcept { return offsets_.size() - 1; }
    [[nodiscard]] std::size_t column_count() const noexcept { return column_count_; }
    [[nodiscard]] std::size_t entry_count() const noexcept { return columns_.size(); }
    [[nodiscard]] sparse_row<Column, Value> row(Row row) const noexcept { return view().row(row); }

  private:
    std::vector<offset> offsets_;
    std::span<const Column> columns_;
    std::span<const Value> values_;
    std::size_t column_count_;
};

} // namespace hybrec
