// SPDX-License-Identifier: MIT
/// @file
/// What ALS does with the training matrix that it keeps: rows and columns are appended.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// `top` with the rows of `bottom` below it.
template <class Row, class Column, class Value, class Entry>
[[nodiscard]] csr_matrix<Row, Column, Value>
append_rows(const csr_matrix<Row, Column, Value>& top, const csr_view<Row, Column, Entry>& bottom) {
    std::vector<offset> offsets{top.offsets().begin(), top.offsets().end()};
    std::vector<Column> columns{top.columns().begin(), top.columns().end()};
    std::vector<Value> values{top.values().begin(), top.values().end()};
    for (std::size_t row = 0; row < bottom.row_count(); ++row) {
        for (const auto [column, value] : bottom.row(Row(row))) {
            columns.push_back(column);
            values.push_back(static_cast<Value>(value));
        }
        offsets.push_back(columns.size());
    }
    return {std::move(offsets), std::move(columns), std::move(values),
            std::max(top.column_count(), bottom.column_count())};
}

/// `left` with the rows of `added` as further columns.
template <class Row, class Column, class Value, class Entry>
[[nodiscard]] csr_matrix<Row, Column, Value>
append_columns(const csr_matrix<Row, Column, Value>& left,
               const csr_view<Column, Row, Entry>& added) {
    return transpose(append_rows(transpose(left), added));
}

} // namespace hybrec::detail
