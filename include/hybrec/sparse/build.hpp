// SPDX-License-Identifier: MIT
/// @file
/// Builds compressed rows from any input range of entries.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/coo.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <ranges>
#include <string>
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
        throw data_error{place() + ": the value is " + std::to_string(entry.value) +
                         "; expected a finite number"};
    if (options.fixed_shape &&
        (entry.row.value() >= options.row_count || entry.column.value() >= options.column_count))
        throw shape_error{place() + " lies outside the matrix of " +
                          std::to_string(options.row_count) + " rows and " +
                          std::to_string(options.column_count) + " columns"};
}

/// Sorts one row by column and merges its duplicates; returns how many entries remain.
template <class Row, class Column, class Value>
std::size_t compress_row(Row row, std::vector<std::pair<Column, Value>>& entries,
                         duplicates repeated) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto& left, const auto& right) { return left.first < right.first; });
    std::size_t kept = 0;
    for (std::size_t next = 0; next < entries.size();) {
        auto merged = entries[next++];
        for (; next < entries.size() && entries[next].first == merged.first; ++next) {
            const Value value = entries[next].second;
            switch (repeated) {
            case duplicates::sum:
                merged.second += value;
                break;
            case duplicates::last:
                merged.second = value;
                break;
            case duplicates::largest:
                merged.second = std::max(merged.second, value);
                break;
            case duplicates::refuse:
                throw data_error{"row " + std::to_string(row.value()) + ", column " +
                                 std::to_string(merged.first.value()) + " has more than one entry"};
            }
        }
        if (!std::isfinite(merged.second))
            throw numeric_error{"row " + std::to_string(row.value()) + ", column " +
                                std::to_string(merged.first.value()) +
                                ": the sum of the duplicates overflows"};
        if (merged.second != Value{0})
            entries[kept++] = merged;
    }
    entries.resize(kept);
    return kept;
}

} // namespace detail

/// Compresses any range of `triplet<Row, Column, Value>` into rows. Entries may come in any order;
/// duplicates are treated as `options.repeated` says, and zeros (also sums of zero) are dropped.
///
/// Complexity: O(entries · log(longest row)), two passes if the range can be read twice; a range
/// that can be read only once is copied first. The result does not depend on the threads.
/// @throws data_error for a non-finite value, shape_error for an entry outside a fixed shape; both
///         name row and column.
template <class Row, class Column, class Value, std::ranges::input_range Entries>
requires std::convertible_to<std::ranges::range_reference_t<Entries>,
                             triplet<Row, Column, Value>> &&
    (!std::same_as<std::remove_cvref_t<Entries>, coo_matrix<Row, Column, Value>>)
        [[nodiscard]] csr_matrix<Row, Column, Value> build_csr(Entries&& entries,
                                                               const build_options& options = {},
                                                               const execution& where = {}) {
    using entry_type = triplet<Row, Column, Value>;
    if constexpr (!std::ranges::forward_range<Entries>) {
        std::vector<entry_type> copy;
        for (auto&& entry : entries)
            copy.push_back(entry);
        return build_csr<Row, Column, Value>(copy, options, where);
    } else {
        std::size_t rows = options.row_count;
        std::size_t columns = options.column_count;
        std::vector<offset> offsets(rows + 1);
        for (const entry_type entry : entries) {
            detail::check_triplet(entry, options);
            rows = std::max<std::size_t>(rows, std::size_t{entry.row.value()} + 1);
            columns = std::max<std::size_t>(columns, std::size_t{entry.column.value()} + 1);
            if (offsets.size() < rows + 1)
                offsets.resize(std::max(rows + 1, offsets.size() * 2));
            ++offsets[std::size_t{entry.row.value()} + 1];
        }
        offsets.resize(rows + 1);
        for (std::size_t row = 0; row < rows; ++row)
            offsets[row + 1] += offsets[row];

        std::vector<Column> gathered_columns(offsets.back());
        std::vector<Value> gathered_values(offsets.back());
        {
            std::vector<offset> next{offsets.begin(), offsets.end() - 1};
            for (const entry_type entry : entries) {
                const offset at = next[entry.row.value()]++;
                gathered_columns[at] = entry.column;
                gathered_values[at] = entry.value;
            }
        }

        std::vector<offset> kept(rows + 1);
        where.threads().for_chunks(
            rows, 1024,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                std::vector<std::pair<Column, Value>> row_entries;
                for (std::size_t row = begin; row < end; ++row) {
                    row_entries.clear();
                    for (offset at = offsets[row]; at < offsets[row + 1]; ++at)
                        row_entries.emplace_back(gathered_columns[at], gathered_values[at]);
                    kept[row + 1] = detail::compress_row(Row(row), row_entries, options.repeated);
                    for (std::size_t at = 0; at < row_entries.size(); ++at) {
                        gathered_columns[offsets[row] + at] = row_entries[at].first;
                        gathered_values[offsets[row] + at] = row_entries[at].second;
                    }
                }
            },
            where.stop);

        // Close the gaps that merged duplicates and zeros left.
        for (std::size_t row = 0; row < rows; ++row) {
            const offset size = kept[row + 1];
            kept[row + 1] += kept[row];
            if (kept[row] != offsets[row]) {
                const auto from = static_cast<std::ptrdiff_t>(offsets[row]);
                const auto to = static_cast<std::ptrdiff_t>(kept[row]);
                const auto count = static_cast<std::ptrdiff_t>(size);
                std::copy_n(gathered_columns.begin() + from, count, gathered_columns.begin() + to);
                std::copy_n(gathered_values.begin() + from, count, gathered_values.begin() + to);
            }
        }
        gathered_columns.resize(kept.back());
        gathered_values.resize(kept.back());
        return {std::move(kept), std::move(gathered_columns), std::move(gathered_values), columns};
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
