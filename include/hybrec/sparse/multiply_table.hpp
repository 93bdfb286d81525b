// SPDX-License-Identifier: MIT
/// @file
/// The product of a sparse matrix and a dense table.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace hybrec {

/// A·T: row r of the result is the sum of the rows of `table` that row r of `matrix` names, times
/// their values. The sums follow the order of the entries, whatever the number of threads.
/// @pre `table.rows()` is `matrix.column_count()`.
/// Complexity: O(entries · factors). @throws cancelled
template <class Row, class Column, class Value>
[[nodiscard]] factor_table<Row, Value> multiply_table(const csr_view<Row, Column, Value>& matrix,
                                                      const factor_table<Column, Value>& table,
                                                      const execution& where = {}) {
    assert(table.rows() == matrix.column_count());
    factor_table<Row, Value> product(matrix.row_count(), table.factors());
    where.threads().for_chunks(
        matrix.row_count(), 64,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            constexpr std::size_t group = 64; // pointers that are gathered at a time
            std::array<const Value*, group> rows;
            for (std::size_t row = begin; row < end; ++row) {
                const auto entries = matrix.row(Row(row));
                for (std::size_t first = 0; first < entries.size(); first += group) {
                    const std::size_t count = std::min(group, entries.size() - first);
                    for (std::size_t at = 0; at < count; ++at)
                        rows[at] = table.padded_row(entries.columns()[first + at]);
                    simd::gathered_axpy(rows.data(), entries.values().data() + first, count,
                                        product.padded_row(Row(row)), table.stride());
                }
            }
        },
        where.stop);
    return product;
}

} // namespace hybrec
