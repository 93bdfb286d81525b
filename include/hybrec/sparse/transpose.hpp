// SPDX-License-Identifier: MIT
/// @file
/// Transposes compressed rows in parallel; the result has the transposed type.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>

namespace hybrec {

/// The transpose of `matrix`: rows become columns, in value and in type.
///
/// A counting sort over blocks of rows: each block counts its entries per column, the counts become
/// write positions, and each block then writes its own. Rows ascend within every output row, and
/// the result does not depend on the number of threads.
/// Complexity: O(entries + rows + columns · blocks); blocks ≤ number of threads.
template <class Row, class Column, class Value>
[[nodiscard]] csr_matrix<Column, Row, Value> transpose(const csr_view<Row, Column, Value>& matrix,
                                                       const execution& where = {}) {
    const std::size_t rows = matrix.row_count();
    const std::size_t columns = matrix.column_count();
    thread_pool& pool = where.threads();

    // Blocks of equal numbers of entries, so that one heavy row does not hold up a thread for long.
    const std::size_t blocks = std::max<std::size_t>(1, std::min(pool.size(), rows));
    aligned_vector<std::size_t> first_row(blocks + 1, rows);
    first_row[0] = 0;
    for (std::size_t block = 1; block < blocks; ++block) {
        const offset target = matrix.entry_count() * block / blocks;
        const auto at = std::lower_bound(matrix.offsets().begin(), matrix.offsets().end(), target);
        first_row[block] =
            std::min<std::size_t>(rows, static_cast<std::size_t>(at - matrix.offsets().begin()));
    }

    fixed_array<aligned_vector<offset>> position(blocks);
    pool.for_chunks(
        blocks, 1,
        [&](std::size_t block, std::size_t, std::size_t) {
            position[block].assign(columns, 0);
            if (rows == 0)
                return;
            const auto begin = matrix.offsets()[first_row[block]];
            const auto end = matrix.offsets()[first_row[block + 1]];
            for (offset entry = begin; entry < end; ++entry)
                ++position[block][matrix.columns()[entry].value()];
        },
        where.stop);

    bulk_vector<offset> offsets(columns + 1);
    offset total = 0;
    for (std::size_t column = 0; column < columns; ++column) {
        offsets[column] = total;
        for (std::size_t block = 0; block < blocks; ++block) {
            const offset count = position[block][column];
            position[block][column] = total;
            total += count;
        }
    }
    offsets[columns] = total;

    bulk_vector<Row> out_columns(matrix.entry_count());
    bulk_vector<Value> out_values(matrix.entry_count());
    pool.for_chunks(
        blocks, 1,
        [&](std::size_t block, std::size_t, std::size_t) {
            if (rows == 0)
                return;
            aligned_vector<offset>& next = position[block];
            const offset end = matrix.offsets()[first_row[block + 1]];
            for (std::size_t row = first_row[block]; row < first_row[block + 1]; ++row)
                for (offset entry = matrix.offsets()[row]; entry < matrix.offsets()[row + 1];
                     ++entry) {
                    if (entry + scatter_distance < end) {
                        const offset soon =
                            next[matrix.columns()[entry + scatter_distance].value()];
                        prefetch_for_write(out_columns.data() + soon);
                        prefetch_for_write(out_values.data() + soon);
                    }
                    const offset at = next[matrix.columns()[entry].value()]++;
                    out_columns[at] = Row(row);
                    out_values[at] = matrix.values()[entry];
                }
        },
        where.stop);
    return {trusted, std::move(offsets), std::move(out_columns), std::move(out_values), rows};
}

template <class Row, class Column, class Value>
[[nodiscard]] csr_matrix<Column, Row, Value> transpose(const csr_matrix<Row, Column, Value>& matrix,
                                                       const execution& where = {}) {
    return transpose(matrix.view(), where);
}

} // namespace hybrec
