// SPDX-License-Identifier: MIT
/// @file
/// A matrix whose columns are numbered by popularity, with the rows of every column.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/tile.hpp>
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
        list_rows();
        make_corner(where);
    }

    [[nodiscard]] std::size_t count() const noexcept { return columns_.size(); }
    [[nodiscard]] std::size_t row_count() const noexcept { return row_count_; }
    [[nodiscard]] Column column(std::size_t rank) const noexcept { return columns_[rank]; }
    [[nodiscard]] std::size_t rank_of(Column column) const noexcept {
        return rank_of_[column.value()];
    }
    /// The sum of the squares of a column's values.
    [[nodiscard]] double squares(std::size_t rank) const noexcept { return squares_[rank]; }

    /// Where a worker that has visited nothing yet is in every row: at its last entry.
    [[nodiscard]] std::vector<std::uint32_t> cursors() const {
        std::vector<std::uint32_t> last(row_count_);
        for (std::size_t row = 0; row < row_count_; ++row)
            last[row] = static_cast<std::uint32_t>(
                std::max<offset>(1, offsets_[row + 1] - offsets_[row]) - 1);
        return last;
    }

    /// The columns of lower rank are in the corner: the part of the matrix whose fullest rows are
    /// also there in full, so that products of these columns are dense products of matrices.
    [[nodiscard]] std::size_t corner() const noexcept { return corner_; }
    /// The stride of a table that takes products in the corner.
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }

    /// Writes the part that full rows have in the products of some columns in the corner: of column
    /// `first` + i with j to `target[i · stride() + j]` for all j up to `last`, and some beyond.
    /// @pre `target` starts at a multiple of 64 bytes and has rows for `last` − `first` + 16.
    template <class Arch>
    void corner_products(std::size_t first, std::size_t last, float* target) const noexcept {
        constexpr std::size_t height = simd::tile_height<float, Arch> / 2;
        constexpr std::size_t width = simd::width<float, Arch>;
        constexpr std::size_t depth = 256; // of rows that stay in the second-level cache
        std::fill_n(target, (last - first) * stride_, 0.0F);
        for (std::size_t row = 0; row < dense_rows_; row += depth) {
            const float* const rows = dense_.data() + row * stride_;
            for (std::size_t j = 0; j < last; j += 2 * width)
                for (std::size_t i = first; i < last; i += height)
                    simd::multiply_wide_tile<float, Arch>(
                        simd::columns_operand<float>{rows + i, stride_}, rows + j, rows + j + width,
                        stride_, std::min(depth, dense_rows_ - row),
                        target + (i - first) * stride_ + j, stride_);
        }
    }

    /// Calls `visit(weight, ranks, values)` for every entry of a column, in the order of the rows:
    /// with its value, and the entries of its row in more popular columns. Leaves out the rows that
    /// `corner_products` counts.
    /// @param cursors one per row, from `cursors()`; a worker visits columns by descending rank.
    template <class Visit>
    void visit_rows(std::size_t rank, std::span<std::uint32_t> cursors, Visit&& visit) const {
        for (offset at = starts_[rank]; at < starts_[rank + 1]; ++at) {
            if (at + ahead < starts_[rank + 1]) { // rows lie far apart
                const std::uint32_t soon = rows_[at + ahead];
                simd::prefetch(ranks_.data() + offsets_[soon] + cursors[soon]);
                simd::prefetch(values_.data() + offsets_[soon] + cursors[soon]);
            }
            if (rank < corner_ && in_corner_[rows_[at]] != 0)
                continue;
            const offset begin = offsets_[rows_[at]];
            std::uint32_t& cursor = cursors[rows_[at]];
            while (ranks_[begin + cursor] != rank) // ends: the row has this column
                --cursor;
            visit(values_[begin + cursor], std::span{ranks_}.subspan(begin, cursor),
                  std::span{values_}.subspan(begin, cursor));
        }
    }

    /// Frees what finds products; the numbering stays.
    void release_entries() noexcept {
        ranks_ = {};
        values_ = {};
        rows_ = {};
        dense_ = {};
    }

  private:
    static constexpr std::size_t ahead = 8; // rows to ask for before they are needed
    static constexpr std::size_t corner_columns = 6144;
    static constexpr std::size_t least_budget = std::size_t{1} << 21; // values, 8 MB

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

    /// Copies the rows that fill the corner best, as far as they fit.
    void make_corner(const execution& where) {
        corner_ = std::min<std::size_t>(count(), corner_columns);
        stride_ = (corner_ + 63) / 64 * 64 + 16; // not a power of two: its lines would collide
        const std::size_t budget =
            std::max(least_budget, ranks_.size() / 3) / stride_; // a ninth of the other copies
        std::vector<std::pair<std::size_t, std::uint32_t>> filled;
        for (std::size_t row = 0; row < row_count_; ++row) {
            const std::uint32_t* const begin = ranks_.data() + offsets_[row];
            const std::uint32_t* const end = ranks_.data() + offsets_[row + 1];
            const auto inside = static_cast<std::size_t>(
                std::lower_bound(begin, end, static_cast<std::uint32_t>(corner_)) - begin);
            if (inside * 10 > corner_)
                filled.emplace_back(inside, static_cast<std::uint32_t>(row));
        }
        std::sort(filled.begin(), filled.end(), [](const auto& left, const auto& right) {
            return left.first > right.first ||
                   (left.first == right.first && left.second < right.second);
        });
        filled.resize(std::min(filled.size(), budget));
        std::sort(filled.begin(), filled.end(),
                  [](const auto& left, const auto& right) { return left.second < right.second; });
        in_corner_.assign(row_count_, 0);
        dense_rows_ = filled.size();
        dense_.resize(dense_rows_ * stride_);
        where.threads().for_chunks(
            dense_rows_, 16,
            [&](std::size_t first, std::size_t last, std::size_t) {
                for (std::size_t at = first; at < last; ++at) {
                    const std::size_t row = filled[at].second;
                    in_corner_[row] = 1;
                    float* const dense = dense_.data() + at * stride_;
                    std::fill_n(dense, stride_, 0.0F);
                    for (std::size_t entry = 0; entry < filled[at].first; ++entry)
                        dense[ranks_[offsets_[row] + entry]] = values_[offsets_[row] + entry];
                }
            },
            where.stop);
    }

    void list_rows() {
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
    std::size_t corner_ = 0;
    std::size_t stride_ = 0;
    std::size_t dense_rows_ = 0;
    std::vector<unsigned char> in_corner_; // by row: whether it is in `dense_`
    bulk_vector<float> dense_;             // the full rows of the corner
};

} // namespace hybrec::detail
