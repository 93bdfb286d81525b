// SPDX-License-Identifier: MIT
/// @file
/// The interactions that a model keeps; copies of the model share them.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/sparse/csr.hpp>

#include <concepts>
#include <memory>
#include <type_traits>
#include <utility>

namespace hybrec {

/// A matrix that nobody changes any more.
template <class Row, class Column, class Value>
using kept_matrix = std::shared_ptr<const csr_matrix<Row, Column, Value>>;

/// The interactions a model was fitted on.
template <class Value = float>
using kept_interactions = kept_matrix<user_index, item_index, Value>;

/// Keeps a matrix: moved if it can be, copied or converted to `Value` if not.
template <class Value, sparse_source Source>
[[nodiscard]] kept_matrix<typename std::remove_cvref_t<Source>::row_index,
                          typename std::remove_cvref_t<Source>::column_index, Value>
keep_matrix(Source&& source) {
    using matrix_type = std::remove_cvref_t<Source>;
    using kept =
        csr_matrix<typename matrix_type::row_index, typename matrix_type::column_index, Value>;
    if constexpr (std::same_as<matrix_type, kept>) {
        return std::make_shared<const kept>(std::forward<Source>(source));
    } else {
        const auto view = source.view();
        if constexpr (std::same_as<typename matrix_type::value_type, Value>)
            return std::make_shared<const kept>(view);
        else
            return std::make_shared<const kept>(
                trusted, bulk_vector<offset>{view.offsets().begin(), view.offsets().end()},
                bulk_vector<typename matrix_type::column_index>{view.columns().begin(),
                                                                view.columns().end()},
                bulk_vector<Value>{view.values().begin(), view.values().end()},
                view.column_count());
    }
}

/// Whether two kept matrices are both missing, or equal.
template <class Matrix>
[[nodiscard]] bool same_matrix(const Matrix* left, const Matrix* right) {
    return left == right || (left && right && *left == *right);
}

} // namespace hybrec
