// SPDX-License-Identifier: MIT
/// @file
/// Compressed sparse columns: the same entries, reached by column.
#pragma once

#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <cstddef>
#include <utility>

namespace hybrec {

/// A sparse matrix in compressed columns, with the shape and the row and column types of the
/// `csr_matrix` it stands for. Stored as the compressed rows of its transpose.
template <class Row, class Column, class Value>
class csc_matrix {
  public:
    using row_index = Row;
    using column_index = Column;
    using value_type = Value;

    csc_matrix() = default;
    explicit csc_matrix(csr_matrix<Column, Row, Value> transposed)
        : transposed_{std::move(transposed)} {}

    [[nodiscard]] std::size_t row_count() const noexcept { return transposed_.column_count(); }
    [[nodiscard]] std::size_t column_count() const noexcept { return transposed_.row_count(); }
    [[nodiscard]] std::size_t entry_count() const noexcept { return transposed_.entry_count(); }

    /// The entries of `column`, ascending by row. @pre `column` is below `column_count()`.
    [[nodiscard]] sparse_row<Row, Value> column(Column column) const noexcept {
        return transposed_.row(column);
    }

    /// The transpose of this matrix in compressed rows; the same memory.
    [[nodiscard]] const csr_matrix<Column, Row, Value>& transposed() const noexcept {
        return transposed_;
    }

    friend bool operator==(const csc_matrix&, const csc_matrix&) = default;

  private:
    csr_matrix<Column, Row, Value> transposed_;
};

/// Compresses by column what is compressed by row. Complexity: that of `transpose`.
template <class Row, class Column, class Value>
[[nodiscard]] csc_matrix<Row, Column, Value> to_csc(const csr_matrix<Row, Column, Value>& matrix,
                                                    const execution& where = {}) {
    return csc_matrix<Row, Column, Value>{transpose(matrix, where)};
}

/// Compresses by row what is compressed by column. Complexity: that of `transpose`.
template <class Row, class Column, class Value>
[[nodiscard]] csr_matrix<Row, Column, Value> to_csr(const csc_matrix<Row, Column, Value>& matrix,
                                                    const execution& where = {}) {
    return transpose(matrix.transposed(), where);
}

} // namespace hybrec
