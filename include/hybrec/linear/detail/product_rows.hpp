// SPDX-License-Identifier: MIT
/// @file
/// Products of sparse matrices, row by row.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::detail {

/// Adds up sparse rows in a dense one (Gustavson 1978); remembers which places were touched.
template <class = on_use>
class row_sum {
  public:
    explicit row_sum(std::size_t columns) : sums_(columns), marks_(columns) {}

    void add(sparse_row<item_index, float> row, float factor) {
        for (const auto [column, value] : row) {
            if (!marks_[column.value()]) {
                marks_[column.value()] = 1;
                touched_.push_back(column);
            }
            sums_[column.value()] += factor * value;
        }
    }
    [[nodiscard]] float operator[](item_index column) const noexcept {
        return sums_[column.value()];
    }
    /// In the order in which they were touched, or ascending after `sort`.
    [[nodiscard]] std::span<const item_index> touched() const noexcept { return as_span(touched_); }
    void sort() { std::sort(touched_.begin(), touched_.end()); }
    void clear() noexcept {
        for (const item_index column : touched_) {
            sums_[column.value()] = 0;
            marks_[column.value()] = 0;
        }
        touched_.clear();
    }

  private:
    std::vector<float> sums_;
    aligned_vector<std::uint8_t> marks_;
    std::vector<item_index> touched_;
};

using item_weights = csr_matrix<item_index, item_index, float>;

/// A matrix of `items` rows and columns whose row r is what `fill(r, row, worker)` appends to `row`,
/// ascending. Complexity: that of `fill`; the entries are held twice for a while.
template <class Fill>
[[nodiscard]] item_weights collect_rows(std::size_t items, const Fill& fill,
                                        const execution& where) {
    fixed_array<std::vector<weighted_item>> rows(items);
    where.threads().for_chunks(
        items, 16,
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            std::vector<weighted_item> row;
            for (std::size_t item = begin; item < end; ++item) {
                row.clear();
                fill(item_index(item), row, worker);
                rows[item] = {row.begin(), row.end()}; // no larger than it has to be
            }
        },
        where.stop);
    bulk_vector<offset> offsets(items + 1);
    offsets[0] = 0;
    for (std::size_t item = 0; item < items; ++item)
        offsets[item + 1] = offsets[item] + rows[item].size();
    bulk_vector<item_index> columns(offsets[items]);
    bulk_vector<float> values(offsets[items]);
    for (std::size_t item = 0; item < items; ++item) {
        offset at = offsets[item];
        for (const auto [column, value] : rows[item]) {
            columns[at] = column;
            values[at++] = value;
        }
        rows[item] = {};
    }
    return {trusted, std::move(offsets), std::move(columns), std::move(values), items};
}

/// XᵀX without what is zero, from X and its transpose.
template <class Use = on_use>
[[nodiscard]] item_weights sparse_gram(const user_items& by_user, const item_users& by_item,
                                       const execution& where) {
    std::vector<row_sum<Use>> sums(where.threads().size(), row_sum<Use>{by_item.row_count()});
    return collect_rows(
        by_item.row_count(),
        [&](item_index item, std::vector<weighted_item>& row, std::size_t worker) {
            row_sum<Use>& sum = sums[worker];
            for (const auto [user, weight] : by_item.row(item))
                sum.add(by_user.row(user), weight);
            sum.sort();
            for (const item_index other : sum.touched())
                if (sum[other] != 0)
                    row.push_back({other, sum[other]});
            sum.clear();
        },
        where);
}

/// The most entries that a product over the rows of a matrix may have: Σ nᵤ², or all.
[[nodiscard]] std::size_t most_pairs(const auto& matrix) {
    double pairs = 0;
    const auto offsets = matrix.view().offsets();
    for (std::size_t row = 0; row + 1 < offsets.size(); ++row)
        pairs += static_cast<double>(offsets[row + 1] - offsets[row]) *
                 static_cast<double>(offsets[row + 1] - offsets[row]);
    const auto items = static_cast<double>(matrix.column_count());
    return static_cast<std::size_t>(std::min(pairs, items * items));
}

/// Leaves the `count` best entries by `rank`, in the order of their columns. 0: all.
template <class Rank>
void keep_best(std::vector<weighted_item>& row, std::size_t count, const Rank& rank) {
    if (count == 0 || row.size() <= count)
        return;
    const auto before = [&](const weighted_item& left, const weighted_item& right) {
        return rank(left.value) != rank(right.value) ? rank(left.value) > rank(right.value)
                                                     : left.index < right.index;
    };
    const auto end = row.begin() + static_cast<std::ptrdiff_t>(count);
    std::nth_element(row.begin(), end - 1, row.end(), before);
    row.erase(end, row.end());
    std::sort(row.begin(), row.end(), [](const weighted_item& left, const weighted_item& right) {
        return left.index < right.index;
    });
}

} // namespace hybrec::detail
