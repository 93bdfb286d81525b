// SPDX-License-Identifier: MIT
/// @file
/// What the matrix schemes share: new values for an old pattern, in place or beside it, checked.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace hybrec {

/// The type of a reweighted matrix: what `csr_matrix` makes of the types of `Source`.
template <sparse_source Source>
using weighted_matrix = csr_matrix<typename std::remove_cvref_t<Source>::row_index,
                                   typename std::remove_cvref_t<Source>::column_index,
                                   typename std::remove_cvref_t<Source>::value_type>;

namespace detail {

/// A view of a `csr_matrix`, and the pattern for matrices that are made of it.
template <class Row, class Column, class Value>
struct pattern_view : csr_view<Row, Column, Value> {
    shared_pattern<Column> pattern;
};

/// What a scheme works on: a `csr_matrix` that is moved in itself, of another one the values and the
/// pattern to share, of all else a view.
template <sparse_source Source>
[[nodiscard]] auto source_of(Source&& source) {
    using matrix = weighted_matrix<Source>;
    if constexpr (std::same_as<Source, matrix>)
        return std::move(source);
    else if constexpr (std::same_as<std::remove_cvref_t<Source>, matrix>)
        return pattern_view<typename matrix::row_index, typename matrix::column_index,
                            typename matrix::value_type>{source.view(), source.pattern()};
    else
        return source.view();
}

/// How many rows a thread takes at a time. Large parts: threads that write new memory then seldom
/// meet on one page, which each of them would have to wait for.
[[nodiscard]] constexpr std::size_t rows_per_chunk(std::size_t rows) noexcept {
    return std::max<std::size_t>(256, rows / 32);
}

/// Calls `change(row, columns, before, after)` for every row of `matrix`, in parallel; `before` and
/// `after` are the same memory.
template <class Row, class Column, class Value, class Change>
[[nodiscard]] csr_matrix<Row, Column, Value> change_rows(csr_matrix<Row, Column, Value> matrix,
                                                         const execution& where, Change&& change) {
    const std::span<const offset> offsets = matrix.offsets();
    const std::span<const Column> columns = matrix.columns();
    const std::span<Value> values = matrix.values();
    where.threads().for_chunks(
        matrix.row_count(), rows_per_chunk(matrix.row_count()),
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t row = begin; row < end; ++row) {
                const offset first = offsets[row];
                const offset size = offsets[row + 1] - first;
                const std::span<Value> changed = values.subspan(first, size);
                change(row, columns.subspan(first, size), std::span<const Value>{changed}, changed);
            }
        },
        where.stop);
    return matrix;
}

/// The same for a view: `copy(row begins, columns)` is told of every row's columns before its values
/// are changed.
template <class Row, class Column, class Value, class Copy, class Change>
[[nodiscard]] bulk_vector<Value> changed_values(const csr_view<Row, Column, Value>& matrix,
                                                const execution& where, Copy&& copy,
                                                Change&& change) {
    const std::span<const offset> offsets = matrix.offsets();
    bulk_vector<Value> values(matrix.entry_count());
    where.threads().for_chunks(
        matrix.row_count(), rows_per_chunk(matrix.row_count()),
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t row = begin; row < end; ++row) {
                const auto entries = matrix.row(Row(row));
                copy(offsets[row], entries.columns());
                change(row, entries.columns(), entries.values(),
                       std::span<Value>{values}.subspan(offsets[row], entries.size()));
            }
        },
        where.stop);
    return values;
}

/// Of a view the pattern is copied while the new values are written, so that every page of the result
/// is touched once, by the thread that fills it.
template <class Row, class Column, class Value, class Change>
[[nodiscard]] csr_matrix<Row, Column, Value> change_rows(const csr_view<Row, Column, Value>& matrix,
                                                         const execution& where, Change&& change) {
    if (matrix.offsets().empty())
        return csr_matrix<Row, Column, Value>(0, matrix.column_count());
    bulk_vector<Column> columns(matrix.entry_count());
    auto values = changed_values(
        matrix, where,
        [&](offset begin, std::span<const Column> row) {
            std::copy(row.begin(), row.end(), columns.begin() + static_cast<std::ptrdiff_t>(begin));
        },
        change);
    return {trusted, bulk_vector<offset>(matrix.offsets().begin(), matrix.offsets().end()),
            std::move(columns), std::move(values), matrix.column_count()};
}

/// Of a matrix the pattern is shared.
template <class Row, class Column, class Value, class Change>
[[nodiscard]] csr_matrix<Row, Column, Value>
change_rows(const pattern_view<Row, Column, Value>& matrix, const execution& where,
            Change&& change) {
    if (!matrix.pattern) // moved from
        return csr_matrix<Row, Column, Value>(0, matrix.column_count());
    auto values = changed_values(
        matrix, where, [](offset, std::span<const Column>) {}, change);
    return {trusted, {matrix.pattern, std::move(values), matrix.column_count()}};
}

inline std::string place_of(std::string_view scheme, std::size_t row, std::size_t column) {
    return std::string{scheme} + ": row " + std::to_string(row) + ", column " +
           std::to_string(column);
}

/// `value` in double, if the formula of `scheme` is defined for it.
template <class Value>
[[nodiscard]] double not_negative(Value value, std::string_view scheme, std::size_t row,
                                  std::size_t column) {
    if (!(value >= Value{0}))
        fail<data_error>(
            {place_of(scheme, row, column), ": the value is ", value, "; expected at least 0"});
    return static_cast<double>(value);
}

/// How many values the loops over a row handle at a time: as their number is known, compilers make
/// vector code of them at -O2.
inline constexpr std::size_t values_per_step = 16;

/// Whether `test` holds for all of `values`. Every lane keeps its own result, and nothing is decided
/// before the end: so compilers make vector code of it.
template <class Value, class Test>
[[nodiscard]] bool all_pass(std::span<const Value> values, Test&& test) noexcept {
    int failed[values_per_step] = {};
    std::size_t at = 0;
    for (; at + values_per_step <= values.size(); at += values_per_step)
        for (std::size_t lane = 0; lane < values_per_step; ++lane)
            failed[lane] |= !test(values[at + lane]);
    for (std::size_t lane = 0; at < values.size(); ++at, ++lane)
        failed[lane] |= !test(values[at]);
    int any = 0;
    for (const int one : failed)
        any |= one;
    return any == 0;
}

/// @throws numeric_error naming the first column of `row` whose weight overflowed.
template <class Column, class Value>
void require_finite_weights(std::span<const Column> columns, std::span<const Value> weights,
                            std::string_view scheme, std::size_t row) {
    // NaN fails the comparison as well.
    if (all_pass(weights, [](Value weight) {
            return std::abs(weight) <= std::numeric_limits<Value>::max();
        }))
        return;
    std::size_t at = 0;
    while (std::isfinite(weights[at]))
        ++at;
    fail<numeric_error>({place_of(scheme, row, columns[at].value()), ": the weight overflows"});
}

/// Replaces every value by `formula(value, row, column)`.
/// @param source a matrix, which is changed in place, or a view
template <class Source, class Formula>
[[nodiscard]] auto map_values(Source&& source, std::string_view scheme, const execution& where,
                              Formula&& formula) {
    return change_rows(
        std::forward<Source>(source), where,
        [&]<class Column, class Value>(std::size_t row, std::span<const Column> columns,
                                       std::span<const Value> before, std::span<Value> after) {
            for (std::size_t at = 0; at < before.size(); ++at)
                after[at] =
                    static_cast<Value>(formula(before[at], row, std::size_t{columns[at].value()}));
            require_finite_weights(columns, std::span<const Value>{after}, scheme, row);
        });
}

/// Replaces every value by `formula(value, factor of its column)`.
///
/// `before` and `after` may be the same memory.
template <class Column, class Value, class Formula>
void combine_with_columns(std::span<const Column> columns, std::span<const Value> before,
                          std::span<Value> after, const Value* column_factors, Formula&& formula) {
    std::size_t at = 0;
    for (; at + values_per_step <= before.size(); at += values_per_step) {
        Value factors[values_per_step];
        Value values[values_per_step];
        for (std::size_t lane = 0; lane < values_per_step; ++lane)
            factors[lane] = column_factors[columns[at + lane].value()];
        for (std::size_t lane = 0; lane < values_per_step; ++lane)
            values[lane] = formula(before[at + lane], factors[lane]);
        for (std::size_t lane = 0; lane < values_per_step; ++lane)
            after[at + lane] = values[lane];
    }
    for (; at < before.size(); ++at)
        after[at] = formula(before[at], column_factors[columns[at].value()]);
}

} // namespace detail

} // namespace hybrec
