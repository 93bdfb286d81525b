// SPDX-License-Identifier: MIT
/// @file
/// Where a sparse matrix has entries.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>

#include <memory>

namespace hybrec {

/// Where a matrix of compressed rows has entries: row r in the columns `columns[offsets[r]] …
/// columns[offsets[r + 1] - 1]`. Nobody changes a pattern once it is made, so all matrices that have it
/// share it: copies, and what weighting makes of a matrix.
template <class Column>
struct csr_pattern {
    bulk_vector<offset> offsets = {0};
    bulk_vector<Column> columns;

    friend bool operator==(const csr_pattern&, const csr_pattern&) = default;
};

template <class Column>
using shared_pattern = std::shared_ptr<const csr_pattern<Column>>;

} // namespace hybrec
