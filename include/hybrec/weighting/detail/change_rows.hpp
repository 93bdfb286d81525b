// SPDX-License-Identifier: MIT
/// @file
/// What the matrix schemes share: copying a view, changing values in place, checking them.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cmath>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// A copy of what `matrix` views.
template <class Row, class Column, class Value>
[[nodiscard]] csr_matrix<Row, Column, Value> owned(const csr_view<Row, Column, Value>& matrix) {
    if (matrix.offsets().empty())
        return csr_matrix<Row, Column, Value>(0, matrix.column_count());
    return csr_matrix<Row, Column, Value>(
        std::vector<offset>(matrix.offsets().begin(), matrix.offsets().end()),
        std::vector<Column>(matrix.columns().begin(), matrix.columns().end()),
        std::vector<Value>(matrix.values().begin(), matrix.values().end()), matrix.column_count());
}

/// Calls `change(row, columns, values)` for every row of `matrix`, in parallel; `change` may write
/// the row's values.
template <class Row, class Column, class Value, class Change>
void change_rows(csr_matrix<Row, Column, Value>& matrix, const execution& where, Change&& change) {
    const std::span<const offset> offsets = matrix.offsets();
    const std::span<const Column> columns = matrix.columns();
    const std::span<Value> values = matrix.values();
    where.threads().for_chunks(
        matrix.row_count(), 256,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t row = begin; row < end; ++row) {
                const offset first = offsets[row];
                const offset size = offsets[row + 1] - first;
                change(row, columns.subspan(first, size), values.subspan(first, size));
            }
        },
        where.stop);
}

inline std::string place_of(std::string_view scheme, std::size_t row, std::size_t column) {
    return std::string{scheme} + ": row " + std::to_string(row) + ", column " +
           std::to_string(column);
}

/// `value` in double, if the formula of `scheme` is defined for it.
template <class Value>
[[nodiscard]] double not_negative(Value value, std::string_view scheme, std::size_t row,
                                  std::size_t column) {
    if (!(value >= Value{0}))
        throw data_error{place_of(scheme, row, column) + ": the value is " + std::to_string(value) +
                         "; expected at least 0"};
    return static_cast<double>(value);
}

/// `weight` as a matrix stores it, if it still is finite there.
template <class Value>
[[nodiscard]] Value finite_weight(double weight, std::string_view scheme, std::size_t row,
                                  std::size_t column) {
    const auto value = static_cast<Value>(weight);
    if (!std::isfinite(value))
        throw numeric_error{place_of(scheme, row, column) + ": the weight overflows"};
    return value;
}

/// Replaces every value by `formula(value, row, column)`.
template <class Row, class Column, class Value, class Formula>
[[nodiscard]] csr_matrix<Row, Column, Value> map_values(csr_matrix<Row, Column, Value> matrix,
                                                        std::string_view scheme,
                                                        const execution& where, Formula&& formula) {
    change_rows(matrix, where,
                [&](std::size_t row, std::span<const Column> columns, std::span<Value> values) {
                    for (std::size_t at = 0; at < values.size(); ++at) {
                        const std::size_t column = columns[at].value();
                        values[at] = finite_weight<Value>(formula(values[at], row, column), scheme,
                                                          row, column);
                    }
                });
    return matrix;
}

} // namespace hybrec::detail
