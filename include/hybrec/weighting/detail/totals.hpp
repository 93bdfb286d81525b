// SPDX-License-Identifier: MIT
/// @file
/// Sums and counts of the rows and columns of a matrix, and the inverse document frequency.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string_view>
#include <vector>

namespace hybrec::detail {

/// Counts of stored entries, and sums of values, of one side of a matrix.
struct side_totals {
    std::vector<offset> counts;
    std::vector<double> sums;
};

struct matrix_totals {
    side_totals rows;
    side_totals columns;
};

/// Counts entries and sums `term(value, row, column)` by row and by column in one pass.
///
/// Always eight blocks of rows, added up in order: the bits of the sums do not depend on the number
/// of threads, and eight partial sums a column are little memory.
/// @throws data_error for a negative value, naming `scheme`, row and column.
template <class Row, class Column, class Value, class Term>
[[nodiscard]] matrix_totals totals_of(const csr_view<Row, Column, Value>& matrix,
                                      std::string_view scheme, const execution& where,
                                      Term&& term) {
    constexpr std::size_t most_blocks = 8;
    const std::size_t rows = matrix.row_count();
    const std::size_t columns = matrix.column_count();
    const std::size_t block_rows = std::max<std::size_t>(1, (rows + most_blocks - 1) / most_blocks);

    matrix_totals totals;
    totals.rows.counts.resize(rows);
    totals.rows.sums.resize(rows);
    totals.columns.counts.resize(columns);
    totals.columns.sums.resize(columns);

    std::vector<side_totals> parts((rows + block_rows - 1) / block_rows);
    where.threads().for_chunks(
        rows, block_rows,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            side_totals& part = parts[begin / block_rows];
            part.counts.resize(columns);
            part.sums.resize(columns);
            for (std::size_t row = begin; row < end; ++row) {
                const auto entries = matrix.row(Row(row));
                double sum = 0;
                for (const auto [index, stored] : entries) {
                    const std::size_t column = index.value();
                    const double value =
                        term(not_negative(stored, scheme, row, column), row, column);
                    sum += value;
                    ++part.counts[column];
                    part.sums[column] += value;
                }
                totals.rows.counts[row] = entries.size();
                totals.rows.sums[row] = sum;
            }
        },
        where.stop);
    for (const side_totals& part : parts)
        for (std::size_t column = 0; column < columns; ++column) {
            totals.columns.counts[column] += part.counts[column];
            totals.columns.sums[column] += part.sums[column];
        }
    return totals;
}

/// ln N − ln(1 + df) of every term, but at least `minimum`.
[[nodiscard]] inline std::vector<double>
inverse_document_frequencies(std::size_t documents, const std::vector<offset>& frequencies,
                             double minimum) {
    const double all = std::log(static_cast<double>(documents));
    std::vector<double> idf(frequencies.size());
    std::transform(frequencies.begin(), frequencies.end(), idf.begin(), [&](offset frequency) {
        return std::max(minimum, all - std::log1p(static_cast<double>(frequency)));
    });
    return idf;
}

} // namespace hybrec::detail
