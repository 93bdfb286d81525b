// SPDX-License-Identifier: MIT
/// @file
/// What every model asks of the matrix it is fitted on.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/joined.hpp>
#include <hybrec/core/math.hpp>

#include <string>

namespace hybrec {

/// @throws data_error, in the name of `model`, if there is nothing to learn from or a value is not
///         finite. Complexity: O(entries).
void require_trainable(const sparse_matrix auto& matrix, const std::string& model) {
    if (matrix.row_count() == 0 || matrix.column_count() == 0 || matrix.entry_count() == 0)
        throw data_error{joined(
            {model, ": the matrix is empty (", std::to_string(matrix.row_count()), " users, ",
             std::to_string(matrix.column_count()), " items, ",
             std::to_string(matrix.entry_count()), " entries); expected at least one entry"})};
    for (const auto value : matrix.view().values())
        if (!std::isfinite(value))
            throw data_error{joined({model, ": the matrix holds the value ", std::to_string(value),
                                     "; expected finite numbers"})};
}

} // namespace hybrec
