// SPDX-License-Identifier: MIT
/// @file
/// Histories in the forms that ALS needs: one row of a caller, and the training matrix that is
/// kept.
#pragma once

#include <hybrec/concepts/history.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Stands for "no validator" in `fit`.
struct no_validator {
    template <class Model>
    constexpr double operator()(const Model&) const noexcept {
        return 0;
    }
};

/// One row that owns its entries.
template <class Index, class Value>
struct owned_row {
    std::vector<Index> columns;
    std::vector<Value> values;

    [[nodiscard]] std::size_t size() const noexcept { return columns.size(); }
    [[nodiscard]] sparse_row<Index, Value> view() const noexcept { return {columns, values}; }
};

/// Sorts a history and adds up the weights of what it holds more than once.
/// @throws data_error if it is empty or a weight is not finite, shape_error for an index ≥ `count`.
template <class Index, class Value, history_of<Index> History>
[[nodiscard]] owned_row<Index, Value> gather_history(const History& history, std::size_t count) {
    std::vector<std::pair<Index, Value>> entries;
    for (const auto& entry : history) {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(entry)>, Index>)
            entries.emplace_back(entry, Value{1});
        else
            entries.emplace_back(entry.index, static_cast<Value>(entry.value));
        const auto& [index, value] = entries.back();
        if (index.value() >= count)
            throw shape_error{"the history holds index " + std::to_string(index.value()) +
                              "; the model has " + std::to_string(count)};
        if (!std::isfinite(value))
            throw data_error{"the history gives index " + std::to_string(index.value()) +
                             " the weight " + std::to_string(value) + "; expected a finite number"};
    }
    if (entries.empty())
        throw data_error{"cannot fold in an empty history; recommend from a fallback instead, "
                         "for example popularity"};
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto& left, const auto& right) { return left.first < right.first; });
    owned_row<Index, Value> row;
    for (const auto& [index, value] : entries) {
        if (!row.columns.empty() && row.columns.back() == index) {
            row.values.back() += value;
        } else {
            row.columns.push_back(index);
            row.values.push_back(value);
        }
    }
    return row;
}

/// The matrix to keep: moved if it can be, converted or copied if not, null if not wanted.
template <class Value, class Matrix>
[[nodiscard]] std::shared_ptr<const csr_matrix<user_index, item_index, Value>>
keep_history(Matrix&& matrix, bool keep) {
    using kept = csr_matrix<user_index, item_index, Value>;
    if (!keep)
        return nullptr;
    if constexpr (std::same_as<std::remove_cvref_t<Matrix>, kept>) {
        return std::make_shared<kept>(std::forward<Matrix>(matrix));
    } else if constexpr (std::same_as<typename decltype(matrix.view())::value_type, Value>) {
        return std::make_shared<kept>(matrix.view());
    } else {
        const auto view = matrix.view();
        return std::make_shared<kept>(
            trusted, bulk_vector<offset>{view.offsets().begin(), view.offsets().end()},
            bulk_vector<item_index>{view.columns().begin(), view.columns().end()},
            bulk_vector<Value>{view.values().begin(), view.values().end()}, view.column_count());
    }
}

/// Whether two histories are both missing, or equal.
template <class Matrix>
[[nodiscard]] bool same_history(const Matrix* left, const Matrix* right) {
    return left == right || (left && right && *left == *right);
}

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

/// @throws data_error if there is nothing to learn from.
void require_trainable(const auto& matrix) {
    if (matrix.row_count() == 0 || matrix.column_count() == 0 || matrix.entry_count() == 0)
        throw data_error{
            "implicit_als: the matrix is empty (" + std::to_string(matrix.row_count()) +
            " users, " + std::to_string(matrix.column_count()) + " items, " +
            std::to_string(matrix.entry_count()) + " entries); expected at least one entry"};
    for (const auto value : matrix.view().values())
        if (!std::isfinite(value))
            throw data_error{"implicit_als: the matrix holds the value " + std::to_string(value) +
                             "; expected finite numbers"};
}

} // namespace hybrec::detail
