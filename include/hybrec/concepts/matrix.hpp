// SPDX-License-Identifier: MIT
/// @file
/// Concepts of sparse matrices, which say what rows and columns mean.
#pragma once

#include <hybrec/core/index.hpp>

#include <concepts>
#include <cstddef>
#include <type_traits>

namespace hybrec {

/// Compressed rows: `row(r)` gives the entries of a row as columns (ascending) and values.
/// Models: `csr_matrix`, `csr_view`, `foreign_csr`. All calls are O(1) and thread-safe.
template <class Matrix>
concept sparse_matrix = requires(const Matrix& matrix, typename Matrix::row_index row) {
    typename Matrix::column_index;
    typename Matrix::value_type;
    { matrix.row_count() } -> std::convertible_to<std::size_t>;
    { matrix.column_count() } -> std::convertible_to<std::size_t>;
    { matrix.entry_count() } -> std::convertible_to<std::size_t>;
    matrix.row(row).columns();
    matrix.row(row).values();
    matrix.view();
};

/// A `sparse_matrix`, or a reference to one: what functions take that may work in place on a matrix
/// which they are given as an rvalue.
template <class Source>
concept sparse_source = sparse_matrix<std::remove_cvref_t<Source>>;

template <class Matrix>
concept rows_are_users = std::same_as<typename Matrix::row_index, user_index>;

template <class Matrix>
concept rows_are_items = std::same_as<typename Matrix::row_index, item_index>;

template <class Matrix>
concept columns_are_items = std::same_as<typename Matrix::column_index, item_index>;

/// What models are fitted on: rows are users, columns are items. A transposed matrix has another
/// type and does not satisfy this.
template <class Matrix>
concept user_item_matrix =
    sparse_matrix<Matrix> && rows_are_users<Matrix> && columns_are_items<Matrix>;

/// A `user_item_matrix`, or a reference to one: what functions take that keep a matrix which they
/// are given as an rvalue.
template <class Source>
concept user_item_source = user_item_matrix<std::remove_cvref_t<Source>>;

/// The other way round: rows are items, columns are users.
template <class Matrix>
concept item_user_matrix = sparse_matrix<Matrix> && rows_are_items<Matrix> &&
    std::same_as<typename Matrix::column_index, user_index>;

/// What is known about items: a row for each, columns of any kind. Model: `item_features`.
template <class Matrix>
concept item_feature_matrix = sparse_matrix<Matrix> && rows_are_items<Matrix>;

} // namespace hybrec
