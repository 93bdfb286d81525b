// SPDX-License-Identifier: MIT
/// @file
/// A matrix whose columns are numbered by popularity, with the rows of every column.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// The entries of a matrix by row, ascending by rank: rank 0 is the column with the most entries.
/// A column knows its rows only; their values are found again by row.
template <class Column>
class ranked_columns {
  public:
    /// @param binary whether every entry counts as 1
    /// @pre `matrix` outlives this object; it has fewer than 2³² rows and columns.
    template <class Row>
    ranked_columns(const csr_view<Row, Column, float>& matrix, bool binary, const execution& where)
        : offsets_{matrix.offsets()}, row_count_{matrix.row_count()} {
        rank(matrix, binary);
        copy_by_rank(matrix, binary, where);
        list_rows(where);
    }

    [[nodiscard]] std::size_t count() const noexcept { return columns_.size(); }
    [[nodiscard]] std::size_t row_count() const noexcept { return row_count_; }
    [[nodiscard]] Column column(std::size_t rank) const noexcept { return columns_[rank]; }
    [[nodiscard]] std::size_t rank_of(Column column) const noexcept {
        return rank_of_[column.value()];
    }
    /// The sum of the squares of a column's values.
    [[nodiscard]] double squares(std::size_t rank) const noexcept { return squares_[rank]; }

    /// Calls `visit(weight, ranks, values)` for every entry of a column, in the order of the rows:
    /// with its value, and the entries of its row in more popular columns.
    /// @param cursors one per row, zero at first; a worker visits columns by ascending rank.
    template <class Visit>
    void visit_rows(std::size_t rank, std::span<std::uint32_t> cursors, Visit&& visit) const {
        for (offset at = starts_[rank]; at < starts_[rank + 1]; ++at) {
            const offset begin = offsets_[rows_[at]];
            std::uint32_t& cursor = cursors[rows_[at]];
            while (ranks_[begin + cursor] != rank) // ends: the row has this column
                ++cursor;
            visit(values_[begin + cursor], std::span{ranks_}.subspan(begin, cursor),
                  std::span{values_}.subspan(begin, cursor));
        }
    }

  private:
    template <class Row>
    void rank(const csr_view<Row, Column, float>& matrix, bool binary) {
        std::vector<offset> entries(matrix.column_count());
        std::vector<double> squares(matrix.column_count());
        for (std::size_t at = 0; at < matrix.entry_count(); ++at) {
            const std::size_t column = matrix.columns()[at].value();
            const double value = binary ? 1.0 : static_cast<double>(matrix.values()[at]);
            ++entries[column];
            squares[column] += value * value;
        }
        columns_.resize(matrix.column_count());
        for (std::size_t column = 0; column < columns_.size(); ++column)
            columns_[column] = Column(column);
        std::sort(columns_.begin(), columns_.end(), [&](Column left, Column right) {
            const offset of_left = entries[left.value()];
            const offset of_right = entries[right.value()];
            return of_left > of_right || (of_left == of_right && left < right);
        });
        rank_of_.resize(columns_.size());
        squares_.resize(columns_.size());
        starts_.assign(columns_.size() + 1, 0);
        for (std::size_t rank = 0; rank < columns_.size(); ++rank) {
            const std::size_t column = columns_[rank].value();
            rank_of_[column] = static_cast<std::uint32_t>(rank);
            squares_[rank] = squares[column];
            starts_[rank + 1] = starts_[rank] + entries[column];
        }
    }

    template <class Row>
    void copy_by_rank(const csr_view<Row, Column, float>& matrix, bool binary,
                      const execution& where) {
        ranks_.resize(matrix.entry_count());
        values_.resize(matrix.entry_count());
        std::vector<std::vector<std::uint64_t>> keys(where.threads().size());
        where.threads().for_chunks(
            row_count_, 64,
            [&](std::size_t first, std::size_t last, std::size_t worker) {
                for (std::size_t row = first; row < last; ++row) {
                    // A rank and the place of its value in one integer, to be sorted together.
                    std::vector<std::uint64_t>& order = keys[worker];
                    const offset begin = offsets_[row];
                    const std::size_t size = offsets_[row + 1] - begin;
                    order.resize(size);
                    for (std::size_t at = 0; at < size; ++at)
                        order[at] =
                            (std::uint64_t{rank_of_[matrix.columns()[begin + at].value()]} << 32) |
                            at;
                    std::sort(order.begin(), order.end());
                    for (std::size_t at = 0; at < size; ++at) {
                        ranks_[begin + at] = static_cast<std::uint32_t>(order[at] >> 32);
                        values_[begin + at] =
                            binary ? 1.0F : matrix.values()[begin + (order[at] & 0xFFFFFFFF)];
                    }
                }
            },
            where.stop);
    }

    void list_rows(const execution&) {
        rows_.resize(ranks_.size());
        std::vector<offset> next(starts_.begin(), starts_.end() - 1);
        for (std::size_t row = 0; row < row_count_; ++row)
            for (offset at = offsets_[row]; at < offsets_[row + 1]; ++at)
                rows_[next[ranks_[at]]++] = static_cast<std::uint32_t>(row);
    }

    std::span<const offset> offsets_; // of the rows
    std::size_t row_count_;
    std::vector<Column> columns_;        // by rank
    std::vector<std::uint32_t> rank_of_; // by column
    std::vector<double> squares_;        // by rank
    std::vector<offset> starts_;         // of the columns in `rows_`
    bulk_vector<std::uint32_t> ranks_;   // of the entries by row
    bulk_vector<float> values_;
    bulk_vector<std::uint32_t> rows_; // of the entries by column
};

} // namespace hybrec::detail
