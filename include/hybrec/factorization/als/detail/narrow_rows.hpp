// SPDX-License-Identifier: MIT
/// @file
/// A sparse matrix in less memory: what training holds twice, by user and by item.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/detail/value_codes.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace hybrec::detail {

/// Room for one row as the solvers read it.
template <class Column, class Value>
struct row_buffer {
    aligned_vector<Column> columns;
    aligned_vector<Value> values;
};

/// Rows whose column indices are stored in two to four bytes, as many as the largest needs, and
/// whose values in one byte where there are at most 256 different ones. Loses nothing.
///
/// A row is unpacked into a `row_buffer` before use, a few operations per entry.
template <class Row, class Column, class Value>
class narrow_rows {
  public:
    using value_type = Value;

    /// Entries to be written by `set_column` and `set_value`, in rows that begin at `offsets`.
    narrow_rows(bulk_vector<offset> offsets, std::size_t columns, value_codes<Value> codes)
        : offsets_{std::move(offsets)}, column_count_{columns}, codes_{std::move(codes)} {
        const std::size_t entries = entry_count();
        low_.resize(entries);
        third_byte_.resize(columns > std::size_t{1} << 16 ? entries : 0);
        fourth_byte_.resize(columns > std::size_t{1} << 24 ? entries : 0);
    }
    /// To be called before the first `set_value`; columns may be there already.
    void make_room_for_values() {
        if (codes_.possible())
            value_codes_.resize(entry_count());
        else
            values_.resize(entry_count());
    }
    /// Takes over values that are in place.
    void set_values(bulk_vector<Value> values) noexcept { values_ = std::move(values); }

    [[nodiscard]] std::size_t row_count() const noexcept { return offsets_.size() - 1; }
    [[nodiscard]] std::size_t column_count() const noexcept { return column_count_; }
    [[nodiscard]] std::size_t entry_count() const noexcept {
        return static_cast<std::size_t>(offsets_.back());
    }
    [[nodiscard]] std::span<const offset> offsets() const noexcept { return as_span(offsets_); }
    [[nodiscard]] const value_codes<Value>& codes() const noexcept { return codes_; }

    /// Writes a part of the entry at position `at`. Different positions may be written concurrently.
    void set_column(offset at, std::uint32_t column) noexcept {
        low_[at] = static_cast<std::uint16_t>(column);
        if (!third_byte_.empty())
            third_byte_[at] = static_cast<std::uint8_t>(column >> 16);
        if (!fourth_byte_.empty())
            fourth_byte_[at] = static_cast<std::uint8_t>(column >> 24);
    }
    void set_value(offset at, Value value) noexcept {
        if (codes_.possible())
            value_codes_[at] = codes_.code(value);
        else
            values_[at] = value;
    }

    /// The entries of `row`, valid until the buffer is used again.
    [[nodiscard]] sparse_row<Column, Value> row(Row row, row_buffer<Column, Value>& room) const {
        const offset begin = offsets_[row.value()];
        const auto size = static_cast<std::size_t>(offsets_[row.value() + 1] - begin);
        if (room.columns.size() < size) {
            room.columns.resize(size);
            room.values.resize(size);
        }
        Column* const columns = room.columns.data();
        for (std::size_t k = 0; k < size; ++k)
            columns[k] = Column(std::uint32_t{low_[begin + k]});
        if (!third_byte_.empty())
            for (std::size_t k = 0; k < size; ++k)
                columns[k] =
                    Column(columns[k].value() | std::uint32_t{third_byte_[begin + k]} << 16);
        if (!fourth_byte_.empty())
            for (std::size_t k = 0; k < size; ++k)
                columns[k] =
                    Column(columns[k].value() | std::uint32_t{fourth_byte_[begin + k]} << 24);
        if (!codes_.possible())
            return {{columns, size}, {values_.data() + begin, size}};
        for (std::size_t k = 0; k < size; ++k)
            room.values[k] = codes_[value_codes_[begin + k]];
        return {{columns, size}, {room.values.data(), size}};
    }

  private:
    bulk_vector<offset> offsets_;
    std::size_t column_count_;
    value_codes<Value> codes_;
    bulk_vector<std::uint16_t> low_; // the two lower bytes
    bulk_vector<std::uint8_t> third_byte_;
    bulk_vector<std::uint8_t> fourth_byte_;
    bulk_vector<std::uint8_t> value_codes_; // one of these two
    bulk_vector<Value> values_;
};

/// The entries of a row, from either form.
template <class Row, class Column, class Value>
[[nodiscard]] sparse_row<Column, Value> entries_of(const csr_view<Row, Column, Value>& matrix,
                                                   Row row, row_buffer<Column, Value>&) {
    return matrix.row(row);
}
template <class Row, class Column, class Value>
[[nodiscard]] sparse_row<Column, Value> entries_of(const narrow_rows<Row, Column, Value>& matrix,
                                                   Row row, row_buffer<Column, Value>& room) {
    return matrix.row(row, room);
}

/// The same matrix; its own memory is freed part by part, as soon as it is not needed any more.
template <class Row, class Column, class Value>
[[nodiscard]] narrow_rows<Row, Column, Value> make_narrow(csr_matrix<Row, Column, Value>&& matrix,
                                                          const execution& where) {
    constexpr std::size_t chunk = std::size_t{1} << 16;
    auto codes = value_codes<Value>::of(matrix.values(), where);
    auto arrays = std::move(matrix).release();
    const std::size_t entries = arrays.values.size();
    narrow_rows<Row, Column, Value> result{arrays.pattern->offsets, arrays.column_count,
                                           std::move(codes)};
    where.threads().for_chunks(
        entries, chunk,
        [&, columns = as_span(arrays.pattern->columns)](std::size_t begin, std::size_t end,
                                                        std::size_t) {
            for (std::size_t at = begin; at < end; ++at)
                result.set_column(at, columns[at].value());
        },
        where.stop);
    arrays.pattern = {};
    if (!result.codes().possible()) {
        result.set_values(std::move(arrays.values));
        return result;
    }
    result.make_room_for_values();
    where.threads().for_chunks(
        entries, chunk,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            for (std::size_t at = begin; at < end; ++at)
                result.set_value(at, arrays.values[at]);
        },
        where.stop);
    return result;
}

/// The transpose of a `csr_view` or `narrow_rows`, by a counting sort over blocks of rows as in
/// `hybrec::transpose`; rows ascend within every row of the result.
template <class Row, class Column, class Value, class Source>
[[nodiscard]] narrow_rows<Column, Row, Value>
transpose_narrow(const Source& matrix, const value_codes<Value>& codes, const execution& where) {
    const std::size_t rows = matrix.row_count();
    const std::size_t columns = matrix.column_count();
    thread_pool& pool = where.threads();
    const std::size_t blocks = std::max<std::size_t>(1, std::min(pool.size(), rows));
    const auto first_row = [&](std::size_t block) -> std::size_t {
        if (block == blocks)
            return rows;
        const auto offsets = matrix.offsets();
        const offset target = offsets.back() * block / blocks;
        return static_cast<std::size_t>(
            std::lower_bound(offsets.begin(), offsets.end() - 1, target) - offsets.begin());
    };
    // How many entries of each column a block has, then where it writes the next one.
    fixed_array<aligned_vector<offset>> position(blocks, columns);
    pool.for_chunks(
        blocks, 1,
        [&](std::size_t block, std::size_t, std::size_t) {
            row_buffer<Column, Value> room;
            for (std::size_t row = first_row(block); row < first_row(block + 1); ++row)
                for (const Column column : entries_of(matrix, Row(row), room).columns())
                    ++position[block][column.value()];
        },
        where.stop);
    bulk_vector<offset> offsets(columns + 1);
    offset total = 0;
    for (std::size_t column = 0; column < columns; ++column) {
        offsets[column] = total;
        for (auto& counts : position)
            total += std::exchange(counts[column], total);
    }
    offsets[columns] = total;
    narrow_rows<Column, Row, Value> result{std::move(offsets), rows, codes};
    result.make_room_for_values();
    pool.for_chunks(
        blocks, 1,
        [&](std::size_t block, std::size_t, std::size_t) {
            row_buffer<Column, Value> room;
            for (std::size_t row = first_row(block); row < first_row(block + 1); ++row)
                for (const auto [column, value] : entries_of(matrix, Row(row), room)) {
                    const offset at = position[block][column.value()]++;
                    result.set_column(at, Row(row).value());
                    result.set_value(at, value);
                }
        },
        where.stop);
    return result;
}

template <class Row, class Column, class Value>
[[nodiscard]] narrow_rows<Column, Row, Value>
transpose_narrow(const csr_view<Row, Column, Value>& matrix, const execution& where) {
    return transpose_narrow<Row, Column, Value>(
        matrix, value_codes<Value>::of(matrix.values(), where), where);
}
template <class Row, class Column, class Value>
[[nodiscard]] narrow_rows<Column, Row, Value>
transpose_narrow(const narrow_rows<Row, Column, Value>& matrix, const execution& where) {
    return transpose_narrow<Row, Column, Value>(matrix, matrix.codes(), where);
}

} // namespace hybrec::detail
