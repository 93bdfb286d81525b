// SPDX-License-Identifier: MIT
/// @file
/// Sorts the entries of one row by column, in place and stably.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace hybrec::detail {

/// Memory of one thread for sorting rows.
///
/// Long rows are sorted by radix, eight bits at a time from the lowest on: for the columns of most
/// matrices two or three passes through the nearest caches, without a branch on the data.
template <class Column, class Value>
class row_sorter {
  public:
    /// @param column_count every column is below
    explicit row_sorter(std::size_t column_count) noexcept
        : passes_{(static_cast<unsigned>(std::bit_width(column_count)) + digit_bits - 1) /
                  digit_bits} {}

    /// Entries of the same column keep their order.
    void sort(std::span<Column> columns, std::span<Value> values) {
        if (std::is_sorted(columns.begin(), columns.end()))
            return;
        if (columns.size() <= most_to_insert)
            insert(columns, values);
        else
            radix(columns, values);
    }

  private:
    static constexpr unsigned digit_bits = 8;
    static constexpr std::size_t digits = std::size_t{1} << digit_bits;
    static constexpr std::size_t most_to_insert = 32;

    static void insert(std::span<Column> columns, std::span<Value> values) noexcept {
        for (std::size_t next = 1; next < columns.size(); ++next) {
            const Column column = columns[next];
            const Value value = values[next];
            std::size_t at = next;
            for (; at > 0 && columns[at - 1] > column; --at) {
                columns[at] = columns[at - 1];
                values[at] = values[at - 1];
            }
            columns[at] = column;
            values[at] = value;
        }
    }

    void radix(std::span<Column> columns, std::span<Value> values) {
        const std::size_t size = columns.size();
        if (columns_.size() < size) {
            columns_.resize(size);
            values_.resize(size);
        }
        Column* from_columns = columns.data();
        Value* from_values = values.data();
        Column* to_columns = columns_.data();
        Value* to_values = values_.data();
        for (unsigned pass = 0; pass < passes_; ++pass) {
            const auto digit = [shift = pass * digit_bits](Column column) {
                return static_cast<std::size_t>(column.value() >> shift) & (digits - 1);
            };
            std::array<std::size_t, digits> position{};
            for (std::size_t at = 0; at < size; ++at)
                ++position[digit(from_columns[at])];
            std::size_t total = 0;
            for (std::size_t& count : position)
                total += std::exchange(count, total);
            for (std::size_t at = 0; at < size; ++at) {
                const std::size_t to = position[digit(from_columns[at])]++;
                to_columns[to] = from_columns[at];
                to_values[to] = from_values[at];
            }
            std::swap(from_columns, to_columns);
            std::swap(from_values, to_values);
        }
        if (from_columns != columns.data()) {
            std::copy_n(from_columns, size, columns.data());
            std::copy_n(from_values, size, values.data());
        }
    }

    unsigned passes_;
    aligned_vector<Column> columns_;
    aligned_vector<Value> values_;
};

} // namespace hybrec::detail
