// SPDX-License-Identifier: MIT
/// @file
/// What every model asks of the matrix it is fitted on.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>

#include <string>

namespace hybrec {

/// @throws data_error, in the name of `model`, if there is nothing to learn from or a value is not
///         finite. Complexity: O(entries).
void require_trainable(const sparse_matrix auto& matrix, const std::string& model) {
    if (matrix.row_count() == 0 || matrix.column_count() == 0 || matrix.entry_count() == 0)
        fail<data_error>({model, ": the matrix is empty (", matrix.row_count(), " users, ",
                          matrix.column_count(), " items, ", matrix.entry_count(),
                          " entries); expected at least one entry"});
    for (const auto value : matrix.view().values())
        if (!std::isfinite(value))
            fail<data_error>(
                {model, ": the matrix holds the value ", value, "; expected finite numbers"});
}

} // namespace hybrec
