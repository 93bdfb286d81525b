// SPDX-License-Identifier: MIT
/// @file
/// Sums and counts of the rows and columns of a matrix, and the inverse document frequency.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace hybrec::detail {

/// @throws data_error for the first negative value of the rows from `begin` to `end`, naming
///         `scheme`, row and column.
template <class Row, class Column, class Value>
void require_not_negative(const csr_view<Row, Column, Value>& matrix, std::size_t begin,
                          std::size_t end, std::string_view scheme) {
    const offset first = matrix.offsets()[begin];
    if (all_pass(matrix.values().subspan(first, matrix.offsets()[end] - first),
                 [](Value value) { return value >= Value{0}; }))
        return;
    for (std::size_t row = begin; row < end; ++row)
        for (const auto [column, value] : matrix.row(Row(row)))
            static_cast<void>(not_negative(value, scheme, row, column.value()));
}

/// The sum in double. Eight partial sums are added in a fixed order, whatever the registers hold.
template <class Value>
[[nodiscard]] double sum_of(std::span<const Value> values) noexcept {
    constexpr std::size_t lanes = 8;
    double parts[lanes] = {};
    std::size_t at = 0;
    for (; at + lanes <= values.size(); at += lanes)
        for (std::size_t lane = 0; lane < lanes; ++lane)
            parts[lane] += static_cast<double>(values[at + lane]);
    for (std::size_t lane = 0; at < values.size(); ++at, ++lane)
        parts[lane] += static_cast<double>(values[at]);
    return ((parts[0] + parts[1]) + (parts[2] + parts[3])) +
           ((parts[4] + parts[5]) + (parts[6] + parts[7]));
}

/// How many entries each row has.
template <class Row, class Column, class Value>
[[nodiscard]] std::vector<offset> row_counts(const csr_view<Row, Column, Value>& matrix) {
    std::vector<offset> counts(matrix.row_count());
    for (std::size_t row = 0; row < counts.size(); ++row)
        counts[row] = matrix.offsets()[row + 1] - matrix.offsets()[row];
    return counts;
}

/// How many entries each column has; calls `visit(begin, end)` for stretches of rows as it passes.
/// Every thread counts for itself. Whole numbers: the order of adding does not matter.
template <class Row, class Column, class Value, class Visit>
[[nodiscard]] std::vector<offset> column_counts(const csr_view<Row, Column, Value>& matrix,
                                                const execution& where, Visit&& visit) {
    fixed_array<aligned_vector<std::uint32_t>> parts(where.threads().size());
    where.threads().for_chunks(
        matrix.row_count(), rows_per_chunk(matrix.row_count()),
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            visit(begin, end);
            aligned_vector<std::uint32_t>& counts = parts[worker];
            counts.resize(matrix.column_count());
            const offset first = matrix.offsets()[begin];
            for (const Column column :
                 matrix.columns().subspan(first, matrix.offsets()[end] - first))
                ++counts[column.value()];
        },
        where.stop);
    std::vector<offset> counts(matrix.column_count());
    for (const aligned_vector<std::uint32_t>& part : parts)
        for (std::size_t column = 0; column < part.size(); ++column)
            counts[column] += part[column];
    return counts;
}

/// Sums `term(value, row, column)` by column.
///
/// Always eight blocks of rows, added up in order: the bits of the sums do not depend on the number
/// of threads, and eight partial sums a column are little memory.
template <class Row, class Column, class Value, class Term>
[[nodiscard]] std::vector<double> column_sums(const csr_view<Row, Column, Value>& matrix,
                                              const execution& where, Term&& term) {
    constexpr std::size_t most_blocks = 8;
    const std::size_t rows = matrix.row_count();
    const std::size_t block_rows = std::max<std::size_t>(1, (rows + most_blocks - 1) / most_blocks);
    fixed_array<aligned_vector<double>> parts((rows + block_rows - 1) / block_rows);
    where.threads().for_chunks(
        rows, block_rows,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            aligned_vector<double>& sums = parts[begin / block_rows];
            sums.resize(matrix.column_count());
            for (std::size_t row = begin; row < end; ++row)
                for (const auto [column, value] : matrix.row(Row(row)))
                    sums[column.value()] +=
                        term(static_cast<double>(value), row, std::size_t{column.value()});
        },
        where.stop);
    std::vector<double> sums(matrix.column_count());
    for (const aligned_vector<double>& part : parts)
        for (std::size_t column = 0; column < part.size(); ++column)
            sums[column] += part[column];
    return sums;
}

/// Lengths of documents and numbers of documents by term.
struct document_totals {
    std::vector<double> lengths;     ///< sums of values; empty if they were not asked for
    std::vector<offset> frequencies; ///< numbers of entries
};

/// One pass over the entries that also checks that none is negative.
/// @throws data_error for a negative value, naming `scheme`, row and column.
template <class Row, class Column, class Value>
[[nodiscard]] document_totals totals_of(const csr_view<Row, Column, Value>& matrix, bool by_row,
                                        bool with_lengths, std::string_view scheme,
                                        const execution& where) {
    document_totals totals;
    if (by_row) {
        totals.lengths.resize(with_lengths ? matrix.row_count() : 0);
        totals.frequencies = column_counts(matrix, where, [&](std::size_t begin, std::size_t end) {
            require_not_negative(matrix, begin, end, scheme);
            for (std::size_t row = begin; with_lengths && row < end; ++row)
                totals.lengths[row] = sum_of(matrix.row(Row(row)).values());
        });
        return totals;
    }
    totals.frequencies = row_counts(matrix);
    if (with_lengths) {
        totals.lengths =
            column_sums(matrix, where, [&](double value, std::size_t row, std::size_t column) {
                return not_negative(value, scheme, row, column);
            });
    } else {
        where.threads().for_chunks(
            matrix.row_count(), rows_per_chunk(matrix.row_count()),
            [&](std::size_t begin, std::size_t end, std::size_t) {
                require_not_negative(matrix, begin, end, scheme);
            },
            where.stop);
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
