// SPDX-License-Identifier: MIT
/// @file
/// Builds compressed rows from any input range of entries.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/range_concepts.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/detail/row_sorter.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <functional>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// What becomes of several entries with the same row and column.
enum class duplicates : unsigned char {
    sum,     ///< their values are added in the order of the input
    last,    ///< the last one of the input counts
    largest, ///< the largest value counts
    refuse   ///< an error names the row and column
};

/// How `build_csr` shapes its result.
struct build_options {
    std::size_t row_count = 0;    ///< at least this many rows; more if the entries need them
    std::size_t column_count = 0; ///< at least this many columns; more if the entries need them
    bool fixed_shape = false;     ///< refuse entries outside `row_count` × `column_count` instead
    duplicates repeated = duplicates::sum;
};

namespace detail {

template <class Row, class Column, class Value>
void check_triplet(const triplet<Row, Column, Value>& entry, const build_options& options) {
    const auto place = [&] {
        return "row " + std::to_string(entry.row.value()) + ", column " +
               std::to_string(entry.column.value());
    };
    if (!std::isfinite(entry.value))
        fail<data_error>({place(), ": the value is ", entry.value, "; expected a finite number"});
    if (options.fixed_shape &&
        (entry.row.value() >= options.row_count || entry.column.value() >= options.column_count))
        fail<shape_error>({place(), " lies outside the matrix of ", options.row_count, " rows and ",
                           options.column_count, " columns"});
}

/// Merges the duplicates of a row that is sorted by column and drops zeros, in place; returns how
/// many entries remain, at the front.
template <class Column, class Value>
std::size_t merge_duplicates(std::size_t row, std::span<Column> columns, std::span<Value> values,
                             duplicates repeated) {
    std::size_t kept = 0;
    for (std::size_t next = 0; next < columns.size();) {
        const Column column = columns[next];
        Value merged = values[next++];
        for (; next < columns.size() && columns[next] == column; ++next) {
            const Value value = values[next];
            switch (repeated) {
            case duplicates::sum:
                merged += value;
                break;
            case duplicates::last:
                merged = value;
                break;
            case duplicates::largest:
                merged = std::max(merged, value);
                break;
            case duplicates::refuse:
                fail<data_error>(
                    {"row ", row, ", column ", column.value(), " has more than one entry"});
            }
        }
        if (!std::isfinite(merged))
            fail<numeric_error>({"row ", row, ", column ", column.value(),
                                 ": the sum of the duplicates overflows"});
        if (merged != Value{0}) {
            columns[kept] = column;
            values[kept++] = merged;
        }
    }
    return kept;
}

/// The least shape of the options that holds `count` entries.
template <class EntryAt>
[[nodiscard]] build_options shape_of(std::size_t count, const EntryAt& entry_at,
                                     build_options options, const execution& where) {
    if (options.fixed_shape)
        return options;
    struct extent {
        std::size_t rows;
        std::size_t columns;
    };
    const auto most = [](extent& total, extent part) {
        total.rows = std::max(total.rows, part.rows);
        total.columns = std::max(total.columns, part.columns);
    };
    const extent least{options.row_count, options.column_count};
    const extent whole = parallel_reduce(
        where.threads(), count, std::size_t{1} << 16, least,
        [&](std::size_t begin, std::size_t end) {
            extent part = least;
            for (std::size_t at = begin; at < end; ++at) {
                const auto next = entry_at(at);
                most(part,
                     {std::size_t{next.row.value()} + 1, std::size_t{next.column.value()} + 1});
            }
            return part;
        },
        most, where.stop);
    options.row_count = whole.rows;
    options.column_count = whole.columns;
    return options;
}

/// `build_csr` of the entries `entry_at(0) … entry_at(count - 1)`.
///
/// A counting sort by row: each thread counts the rows of a block of entries, the counts become
/// write positions, and each thread writes its block's entries into the arrays of the result. Then
/// the rows are sorted and merged where they lie.
template <class Row, class Column, class Value, class EntryAt>
[[nodiscard]] csr_matrix<Row, Column, Value> compress(std::size_t count, const EntryAt& entry_at,
                                                      const build_options& least,
                                                      const execution& where) {
    thread_pool& pool = where.threads();
    const build_options shape = shape_of(count, entry_at, least, where);
    const std::size_t rows = shape.row_count;
    const std::size_t block = std::max<std::size_t>(1, (count + pool.size() - 1) / pool.size());
    fixed_array<aligned_vector<offset>> positions((count + block - 1) / block);
    pool.for_chunks(
        count, block,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            aligned_vector<offset>& counts = positions[begin / block];
            counts.resize(rows);
            for (std::size_t at = begin; at < end; ++at) {
                const triplet<Row, Column, Value> next = entry_at(at);
                check_triplet(next, shape);
                ++counts[next.row.value()];
            }
        },
        where.stop);
    bulk_vector<offset> offsets(rows + 1);
    offset total = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        offsets[row] = total;
        for (aligned_vector<offset>& position : positions)
            total += std::exchange(position[row], total);
    }
    offsets[rows] = total;

    bulk_vector<Column> columns(count);
    bulk_vector<Value> values(count);
    pool.for_chunks(
        count, block,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            aligned_vector<offset>& position = positions[begin / block];
            for (std::size_t at = begin; at < end; ++at) {
                if (at + scatter_distance < end) {
                    const triplet<Row, Column, Value> later = entry_at(at + scatter_distance);
                    const offset soon = position[later.row.value()];
                    prefetch_for_write(columns.data() + soon);
                    prefetch_for_write(values.data() + soon);
                }
                const triplet<Row, Column, Value> next = entry_at(at);
                const offset to = position[next.row.value()]++;
                columns[to] = next.column;
                values[to] = next.value;
            }
        },
        where.stop);
    positions = {};

    // Rows are packed within their chunk at once, and chunks move together afterwards.
    constexpr std::size_t chunk = 256;
    aligned_vector<offset> kept(rows);
    fixed_array<row_sorter<Column, Value>> sorters(pool.size(), shape.column_count);
    pool.for_chunks(
        rows, chunk,
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            offset to = offsets[begin];
            for (std::size_t row = begin; row < end; ++row) {
                const offset from = offsets[row];
                const offset size = offsets[row + 1] - from;
                const std::span<Column> row_columns{columns.data() + from, size};
                const std::span<Value> row_values{values.data() + from, size};
                sorters[worker].sort(row_columns, row_values);
                kept[row] = merge_duplicates(row, row_columns, row_values, shape.repeated);
                if (to != from) {
                    std::copy_n(columns.data() + from, kept[row], columns.data() + to);
                    std::copy_n(values.data() + from, kept[row], values.data() + to);
                }
                to += kept[row];
            }
        },
        where.stop);
    total = 0;
    for (std::size_t begin = 0; begin < rows; begin += chunk) {
        const offset from = offsets[begin];
        const offset to = total;
        for (std::size_t row = begin; row < std::min(rows, begin + chunk); ++row) {
            offsets[row] = total;
            total += kept[row];
        }
        if (to != from) {
            std::copy_n(columns.data() + from, total - to, columns.data() + to);
            std::copy_n(values.data() + from, total - to, values.data() + to);
        }
    }
    offsets[rows] = total;
    columns.resize(total);
    values.resize(total);
    return {trusted, std::move(offsets), std::move(columns), std::move(values), shape.column_count};
}

} // namespace detail

/// Compresses any range of `triplet<Row, Column, Value>` into rows. Entries may come in any order;
/// duplicates are treated as `options.repeated` says, and zeros (also sums of zero) are dropped.
///
/// Complexity: O(entries + rows · threads), two passes over the entries and one over the rows; a
/// range without random access is copied first. The result does not depend on the threads.
/// @param projection makes a triplet of an element, if elements are none; pure and thread-safe
/// @throws data_error for a non-finite value, shape_error for an entry outside a fixed shape; both
///         name row and column.
template <class Row, class Column, class Value, class Entries, class Projection = std::identity>
requires(!std::same_as<std::remove_cvref_t<Entries>, coo_matrix<Row, Column, Value>>) &&
    std::ranges::input_range<Entries>&& std::convertible_to<
        std::invoke_result_t<const Projection&, std::ranges::range_reference_t<Entries>>,
        triplet<Row, Column,
                Value>> [[nodiscard]] csr_matrix<Row, Column,
                                                 Value> build_csr(Entries&& entries,
                                                                  const build_options& options = {},
                                                                  const execution& where = {},
                                                                  const Projection& projection =
                                                                      {}) {
    using entry_type = triplet<Row, Column, Value>;
    if constexpr (std::ranges::random_access_range<Entries> && std::ranges::sized_range<Entries>) {
        const auto begin = std::ranges::begin(entries);
        using difference = std::ranges::range_difference_t<Entries>;
        return detail::compress<Row, Column, Value>(
            static_cast<std::size_t>(std::ranges::size(entries)),
            [&](std::size_t at) -> entry_type {
                return std::invoke(projection, begin[static_cast<difference>(at)]);
            },
            options, where);
    } else {
        std::vector<entry_type> copy;
        for (auto&& entry : entries)
            copy.push_back(std::invoke(projection, std::forward<decltype(entry)>(entry)));
        return build_csr<Row, Column, Value>(copy, options, where);
    }
}

/// Compresses a coordinate list; the result has at least its shape.
template <class Row, class Column, class Value>
[[nodiscard]] csr_matrix<Row, Column, Value> build_csr(const coo_matrix<Row, Column, Value>& matrix,
                                                       build_options options = {},
                                                       const execution& where = {}) {
    options.row_count = std::max(options.row_count, matrix.row_count());
    options.column_count = std::max(options.column_count, matrix.column_count());
    return build_csr<Row, Column, Value>(matrix.entries(), options, where);
}

} // namespace hybrec
