// SPDX-License-Identifier: MIT
/// @file
/// A matrix whose columns are numbered by popularity, with the rows of every column.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/detail/index_sorter.hpp>
#include <hybrec/simd/tile.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace hybrec::detail {

/// An entry of a row: the rank of its column in the lower half of a word, the upper half of which
/// are the bits of its value: all of them in 64 bits, the upper ones in 32.
template <class Word>
struct ranked_entry {
    static constexpr unsigned half = sizeof(Word) * 4;
    static constexpr std::size_t max_columns = std::size_t{1} << half;

    Word word;

    ranked_entry() = default;
    ranked_entry(std::uint32_t rank, float value) noexcept
        : word{static_cast<Word>(bits_of(value) << half | rank)} {}

    [[nodiscard]] std::uint32_t rank() const noexcept {
        return static_cast<std::uint32_t>(word & (max_columns - 1));
    }
    [[nodiscard]] float value() const noexcept {
        if constexpr (sizeof(Word) == 8)
            return std::bit_cast<float>(static_cast<std::uint32_t>(word >> half));
        else
            return std::bit_cast<float>(word & 0xFFFF0000);
    }
    /// Whether the value comes back as it was: so do whole numbers up to 256, and other short ones.
    [[nodiscard]] static bool holds(float value) noexcept {
        return sizeof(Word) == 8 || (std::bit_cast<std::uint32_t>(value) & 0xFFFF) == 0;
    }

  private:
    static std::uint64_t bits_of(float value) noexcept {
        return std::bit_cast<std::uint32_t>(value) >> (32 - half);
    }
};

/// The entries of a matrix by row, ascending by rank: rank 0 is the column with the most entries.
/// A column knows its rows only; their values are found again by row.
///
/// Products of two columns are sums over rows. The popular part of a full row is so full that its
/// products cost less as part of a dense product of matrices than one by one: each row has a rank
/// below which it is `dense`.
template <class Column, class Word>
class ranked_columns {
  public:
    using entry = ranked_entry<Word>;
    /// Dense products are made for so many neighbouring columns at a time.
    static constexpr std::size_t group = 64;

    /// Where a worker makes dense products.
    struct dense_scratch {
        aligned_vector<float> products; // `group` rows of `stride()`
        aligned_vector<float> left;
        aligned_vector<float> right;
    };

    /// @param binary whether every entry counts as 1
    /// @pre `matrix` outlives this object; it has fewer than 2³² rows, at most `entry::max_columns`
    ///      columns, and values that an entry holds.
    template <class Row>
    ranked_columns(const csr_view<Row, Column, float>& matrix, bool binary, const execution& where)
        : offsets_{matrix.offsets()}, row_count_{matrix.row_count()} {
        rank(matrix, binary);
        copy_by_rank(matrix, binary, where);
        list_dense_rows();
        list_columns(where);
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
    [[nodiscard]] aligned_vector<std::uint32_t> cursors() const {
        aligned_vector<std::uint32_t> last(row_count_);
        for (std::size_t row = 0; row < row_count_; ++row)
            last[row] = static_cast<std::uint32_t>(
                std::max<offset>(1, offsets_[row + 1] - offsets_[row]) - 1);
        return last;
    }

    /// From this rank on no row is dense; a multiple of `group`, if not beyond the last column.
    [[nodiscard]] std::size_t dense_end() const noexcept { return dense_counts_.size() * group; }
    /// The stride of dense products.
    [[nodiscard]] std::size_t stride() const noexcept { return dense_end() + simd::line<float>; }

    /// Writes the part that dense rows have in the products of the columns from `first` to `last`:
    /// of column `first` + i with j to `scratch.products[i · stride() + j]` for all j below `last`.
    /// @pre `first` is a multiple of `group` and below `dense_end()`; `last` − `first` is at most
    ///      `group`.
    template <class Arch>
    void dense_products(std::size_t first, std::size_t last, dense_scratch& scratch) const {
        constexpr std::size_t height = simd::tile_height<float, Arch> / 2;
        constexpr std::size_t width = 2 * simd::width<float, Arch>;
        // A panel of rows and what it is multiplied by stay in the second-level cache. Strides are
        // no powers of two: the lines of a column would collide.
        constexpr std::size_t depth = 256;
        constexpr std::size_t breadth = 512;
        constexpr std::size_t left_stride = group + simd::line<float>;
        constexpr std::size_t right_stride = breadth + simd::line<float>;
        scratch.products.assign(group * stride(), 0.0F);
        scratch.left.resize(depth * left_stride);
        scratch.right.resize(depth * right_stride);
        const std::span<const std::uint32_t> rows =
            as_span(dense_rows_).first(dense_counts_[first / group]);
        for (std::size_t row = 0; row < rows.size(); row += depth) {
            const auto panel = rows.subspan(row, std::min(depth, rows.size() - row));
            std::array<const entry*, depth> next;
            std::fill_n(scratch.left.data(), panel.size() * left_stride, 0.0F);
            for (std::size_t at = 0; at < panel.size(); ++at) {
                next[at] = entries_.data() + offsets_[panel[at]];
                const entry* const begin = std::lower_bound(
                    next[at], row_end(panel[at]), first,
                    [](const entry& left, std::size_t rank) { return left.rank() < rank; });
                unpack(begin, row_end(panel[at]), first, last,
                       scratch.left.data() + at * left_stride);
            }
            for (std::size_t column = 0; column < last; column += breadth) {
                const std::size_t end = std::min(column + breadth, last);
                std::fill_n(scratch.right.data(), panel.size() * right_stride, 0.0F);
                for (std::size_t at = 0; at < panel.size(); ++at)
                    next[at] = unpack(next[at], row_end(panel[at]), column, end,
                                      scratch.right.data() + at * right_stride);
                for (std::size_t j = column; j < end; j += width)
                    for (std::size_t i = 0; i < last - first; i += height) {
                        const float* const right = scratch.right.data() + (j - column);
                        simd::multiply_wide_tile<float, Arch>(
                            simd::columns_operand<float>{scratch.left.data() + i, left_stride},
                            right, right + width / 2, right_stride, panel.size(),
                            scratch.products.data() + i * stride() + j, stride());
                    }
            }
        }
    }

    /// Calls `visit(weight, entries)` for every entry of a column, in the order of the rows: with
    /// its value, and the entries of its row in more popular columns. Leaves out the rows that
    /// `dense_products` counts.
    /// @param cursors one per row, from `cursors()`; a worker visits columns by descending rank.
    template <class Visit>
    void visit_rows(std::size_t rank, std::span<std::uint32_t> cursors, Visit&& visit) const {
        for (offset at = starts_[rank]; at < starts_[rank + 1]; ++at) {
            if (at + ahead < starts_[rank + 1]) { // rows lie far apart
                const std::uint32_t soon = rows_[at + ahead];
                simd::prefetch(entries_.data() + offsets_[soon]);
                simd::prefetch(entries_.data() + offsets_[soon] + cursors[soon]);
            }
            const entry* const begin = entries_.data() + offsets_[rows_[at]];
            std::uint32_t& cursor = cursors[rows_[at]];
            while (begin[cursor].rank() != rank) // ends: the row has this column
                --cursor;
            visit(begin[cursor].value(), std::span{begin, cursor});
        }
    }

    /// Frees what finds products; the numbering stays.
    void release_entries() noexcept {
        entries_ = {};
        rows_ = {};
    }

  private:
    static constexpr std::size_t ahead = 8; // rows to ask for before they are needed
    // A dense product of this many pairs costs as much as that of one pair of entries.
    static constexpr std::size_t dense_gain = 32;
    static constexpr std::size_t max_dense = 16384; // columns; bounds the workers' memory

    [[nodiscard]] const entry* row_end(std::size_t row) const noexcept {
        return entries_.data() + offsets_[row + 1];
    }

    /// Writes the values of ranks from `first` to `last`; returns the first entry beyond.
    static const entry* unpack(const entry* from, const entry* end, std::size_t first,
                               std::size_t last, float* target) noexcept {
        for (; from != end && from->rank() < last; ++from)
            target[from->rank() - first] = from->value();
        return from;
    }

    template <class Row>
    void rank(const csr_view<Row, Column, float>& matrix, bool binary) {
        aligned_vector<offset> entries(matrix.column_count());
        aligned_vector<double> squares(matrix.column_count());
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
        for (std::size_t rank = 0; rank < columns_.size(); ++rank) {
            const std::size_t column = columns_[rank].value();
            rank_of_[column] = static_cast<std::uint32_t>(rank);
            squares_[rank] = squares[column];
        }
    }

    template <class Row>
    void copy_by_rank(const csr_view<Row, Column, float>& matrix, bool binary,
                      const execution& where) {
        entries_.resize(matrix.entry_count());
        dense_ends_.resize(row_count_);
        fixed_array<index_sorter<float>> sorters(where.threads().size());
        where.threads().for_chunks(
            row_count_, 64,
            [&](std::size_t first, std::size_t last, std::size_t worker) {
                index_sorter<float>& sorter = sorters[worker];
                sorter.resize(count());
                for (std::size_t row = first; row < last; ++row) {
                    for (offset at = offsets_[row]; at < offsets_[row + 1]; ++at)
                        sorter.insert(rank_of_[matrix.columns()[at].value()],
                                      binary ? 1.0F : matrix.values()[at]);
                    entry* next = entries_.data() + offsets_[row];
                    sorter.drain([&](std::size_t rank, float value) {
                        *next++ = {static_cast<std::uint32_t>(rank), value};
                    });
                    dense_ends_[row] = dense_end_of(row);
                }
            },
            where.stop);
    }

    /// The rank below which a row should be dense: where most is saved. Among the first n columns a
    /// row with m entries has m² / 2 products one by one, or n² / 2 cheaper ones.
    [[nodiscard]] std::uint32_t dense_end_of(std::size_t row) const noexcept {
        std::uint64_t most = 0;
        std::uint32_t end = 0;
        std::uint64_t inside = 0;
        for (const entry& next : std::span{entries_.data() + offsets_[row], row_end(row)}) {
            ++inside;
            const std::uint64_t bound = (next.rank() / group + 1) * group;
            if (bound > max_dense)
                break;
            const std::uint64_t one_by_one = dense_gain * inside * inside;
            if (one_by_one > bound * bound + most) {
                most = one_by_one - bound * bound;
                end = static_cast<std::uint32_t>(bound);
            }
        }
        return end;
    }

    /// Sorts rows by where they cease to be dense, so that those that matter to a column come first.
    void list_dense_rows() {
        for (std::size_t row = 0; row < row_count_; ++row)
            if (dense_ends_[row] > 0)
                dense_rows_.push_back(static_cast<std::uint32_t>(row));
        std::stable_sort(dense_rows_.begin(), dense_rows_.end(),
                         [&](std::uint32_t left, std::uint32_t right) {
                             return dense_ends_[left] > dense_ends_[right];
                         });
        dense_counts_.resize(dense_rows_.empty() ? 0 : dense_ends_[dense_rows_.front()] / group);
        for (const std::uint32_t row : dense_rows_)
            ++dense_counts_[dense_ends_[row] / group - 1];
        for (std::size_t at = dense_counts_.size(); at-- > 1;)
            dense_counts_[at - 1] += dense_counts_[at];
    }

    /// Lists the rows of every column in which it is not dense.
    void list_columns(const execution&) {
        starts_.assign(count() + 1, 0);
        const auto visit = [&](auto&& take) {
            for (std::size_t row = 0; row < row_count_; ++row)
                for (const entry* at = row_end(row); at != entries_.data() + offsets_[row];) {
                    --at;
                    if (at->rank() < dense_ends_[row])
                        break;
                    take(row, at->rank());
                }
        };
        visit([&](std::size_t, std::uint32_t rank) { ++starts_[rank + 1]; });
        for (std::size_t rank = 0; rank < count(); ++rank)
            starts_[rank + 1] += starts_[rank];
        rows_.resize(starts_[count()]);
        aligned_vector<offset> next(starts_.begin(), starts_.end() - 1);
        visit([&](std::size_t row, std::uint32_t rank) {
            rows_[next[rank]++] = static_cast<std::uint32_t>(row);
        });
    }

    std::span<const offset> offsets_; // of the rows
    std::size_t row_count_;
    aligned_vector<Column> columns_;           // by rank
    aligned_vector<std::uint32_t> rank_of_;    // by column
    aligned_vector<double> squares_;           // by rank
    bulk_vector<entry> entries_;               // by row
    aligned_vector<std::uint32_t> dense_ends_; // by row: the rank below which it is dense
    aligned_vector<std::uint32_t> dense_rows_; // the largest `dense_ends_` first
    aligned_vector<std::size_t> dense_counts_; // of them that reach beyond each group of columns
    aligned_vector<offset> starts_;            // of the columns in `rows_`
    bulk_vector<std::uint32_t> rows_;          // of the entries that are not dense, by column
};

} // namespace hybrec::detail
