// SPDX-License-Identifier: MIT
/// @file
/// Compressed sparse rows: a non-owning view and an owning matrix, typed by what rows and columns
/// mean.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/weighted.hpp>
#include <hybrec/sparse/csr_pattern.hpp>

#include <algorithm>
#include <cassert>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <memory>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// The entries of one row, ascending by column. A range of `weighted`; does not own its memory.
template <class Column, class Value>
class sparse_row {
  public:
    class iterator {
      public:
        using value_type = weighted<Column, Value>;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::forward_iterator_tag;
        using iterator_category = std::input_iterator_tag;

        constexpr iterator() noexcept = default;
        constexpr iterator(const Column* column, const Value* value) noexcept
            : column_{column}, value_{value} {}

        constexpr value_type operator*() const noexcept { return {*column_, *value_}; }
        constexpr iterator& operator++() noexcept {
            ++column_;
            ++value_;
            return *this;
        }
        constexpr iterator operator++(int) noexcept {
            iterator before = *this;
            ++*this;
            return before;
        }
        friend constexpr bool operator==(iterator left, iterator right) noexcept {
            return left.column_ == right.column_;
        }

      private:
        const Column* column_ = nullptr;
        const Value* value_ = nullptr;
    };

    constexpr sparse_row() noexcept = default;
    /// @pre `columns.size() == values.size()`; `columns` is strictly ascending.
    constexpr sparse_row(std::span<const Column> columns, std::span<const Value> values) noexcept
        : columns_{columns}, values_{values} {
        assert(columns.size() == values.size());
    }

    [[nodiscard]] constexpr std::span<const Column> columns() const noexcept { return columns_; }
    [[nodiscard]] constexpr std::span<const Value> values() const noexcept { return values_; }
    [[nodiscard]] constexpr std::size_t size() const noexcept { return columns_.size(); }
    [[nodiscard]] constexpr bool empty() const noexcept { return columns_.empty(); }
    [[nodiscard]] constexpr iterator begin() const noexcept {
        return {columns_.data(), values_.data()};
    }
    [[nodiscard]] constexpr iterator end() const noexcept {
        return {columns_.data() + columns_.size(), values_.data() + values_.size()};
    }

    /// Whether `column` has an entry. Complexity: O(log size).
    [[nodiscard]] constexpr bool contains(Column column) const noexcept {
        return std::binary_search(columns_.begin(), columns_.end(), column);
    }
    /// The value at `column`; 0 if it has no entry. Complexity: O(log size).
    [[nodiscard]] constexpr Value value_at(Column column) const noexcept {
        const auto at = std::lower_bound(columns_.begin(), columns_.end(), column);
        return at == columns_.end() || *at != column
                   ? Value{}
                   : values_[static_cast<std::size_t>(at - columns_.begin())];
    }

  private:
    std::span<const Column> columns_;
    std::span<const Value> values_;
};

/// A sparse matrix in compressed rows that somebody else owns.
///
/// Row r holds the entries `offsets[r] … offsets[r + 1]` of `columns` and `values`. Columns are
/// strictly ascending within a row and below `column_count()`. The view never outlives its arrays.
/// Cheap to copy; all members are thread-safe.
template <class Row, class Column, class Value>
class csr_view {
  public:
    using row_index = Row;
    using column_index = Column;
    using value_type = Value;

    constexpr csr_view() noexcept = default;

    /// Views arrays that are known to satisfy the invariants; `view_foreign` checks unknown ones.
    /// @pre `offsets` has one element more than there are rows and starts at 0.
    constexpr csr_view(std::span<const offset> offsets, std::span<const Column> columns,
                       std::span<const Value> values, std::size_t column_count) noexcept
        : offsets_{offsets}, columns_{columns}, values_{values}, column_count_{column_count} {
        assert(!offsets.empty() && offsets.front() == 0 && offsets.back() == columns.size());
        assert(columns.size() == values.size());
    }

    [[nodiscard]] constexpr std::size_t row_count() const noexcept {
        return offsets_.empty() ? 0 : offsets_.size() - 1;
    }
    [[nodiscard]] constexpr std::size_t column_count() const noexcept { return column_count_; }
    [[nodiscard]] constexpr std::size_t entry_count() const noexcept { return columns_.size(); }

    /// The entries of `row`. @pre `row` is below `row_count()`.
    [[nodiscard]] constexpr sparse_row<Column, Value> row(Row row) const noexcept {
        assert(row.value() < row_count());
        const offset begin = offsets_[row.value()];
        const offset size = offsets_[row.value() + 1] - begin;
        return {columns_.subspan(begin, size), values_.subspan(begin, size)};
    }

    [[nodiscard]] constexpr std::span<const offset> offsets() const noexcept { return offsets_; }
    [[nodiscard]] constexpr std::span<const Column> columns() const noexcept { return columns_; }
    [[nodiscard]] constexpr std::span<const Value> values() const noexcept { return values_; }
    [[nodiscard]] constexpr csr_view view() const noexcept { return *this; }

  private:
    std::span<const offset> offsets_;
    std::span<const Column> columns_;
    std::span<const Value> values_;
    std::size_t column_count_ = 0;
};

/// Checks the invariants of `csr_view` and that all values are finite. `columns` may be indices or
/// plain integers. Complexity: O(rows + entries).
/// @throws shape_error if the arrays do not fit together or a column is out of range or out of
///         order, data_error for a non-finite value; both name the row.
template <class Offsets, class Columns, class Values>
void check_csr(const Offsets& offsets, const Columns& columns, const Values& values,
               std::size_t column_count) {
    const auto number = [](const auto& column) -> std::size_t {
        if constexpr (std::integral<std::remove_cvref_t<decltype(column)>>)
            return static_cast<std::size_t>(column); // a negative one becomes huge: out of range
        else
            return column.value();
    };
    if (offsets.empty() || offsets[0] != 0 || columns.size() != values.size() ||
        static_cast<std::size_t>(offsets[offsets.size() - 1]) != columns.size())
        fail<shape_error>({"CSR arrays do not fit together: offsets must start at 0 and end at the "
                           "number of columns, ",
                           columns.size(), ", which must equal the number of values, ",
                           values.size()});
    for (std::size_t row = 0; row + 1 < offsets.size(); ++row) {
        const auto begin = static_cast<std::size_t>(offsets[row]);
        const auto end = static_cast<std::size_t>(offsets[row + 1]);
        if (begin > end || end > columns.size())
            fail<shape_error>(
                {"CSR row ", row, ": offsets must not descend or exceed the number of entries"});
        for (std::size_t entry = begin; entry < end; ++entry) {
            if (number(columns[entry]) >= column_count)
                fail<shape_error>({"CSR row ", row, ": column ", number(columns[entry]),
                                   " is out of range; there are ", column_count});
            if (entry > begin && number(columns[entry - 1]) >= number(columns[entry]))
                fail<shape_error>(
                    {"CSR row ", row,
                     ": columns must ascend without duplicates; use build_csr for unsorted "
                     "entries"});
            if (!std::isfinite(values[entry]))
                fail<data_error>({"CSR row ", row, ", column ", number(columns[entry]),
                                  ": the value is ", values[entry], "; expected a finite number"});
        }
    }
}

/// Marks arrays that are known to satisfy the invariants of `csr_matrix`, as those of an algorithm
/// that has just built them: `csr_matrix{trusted, …}` checks them in debug builds only.
struct trusted_arrays {
    explicit trusted_arrays() = default;
};
inline constexpr trusted_arrays trusted{};

/// The arrays of a `csr_matrix` that has given them away.
template <class Column, class Value>
struct csr_arrays {
    shared_pattern<Column> pattern;
    bulk_vector<Value> values;
    std::size_t column_count = 0;
};

/// A sparse matrix in compressed rows. Its type says what rows and columns are, so a matrix and its
/// transpose cannot be confused: `csr_matrix<user_index, item_index, float>` is `user_items`.
///
/// Invariants: those of `csr_view`, and all values are finite. `build_csr` makes one from entries.
/// Large arrays lie on huge pages and are written by the threads that fill them. Copies have values
/// of their own and share the pattern, which never changes.
template <class Row, class Column, class Value>
class csr_matrix {
  public:
    using row_index = Row;
    using column_index = Column;
    using value_type = Value;
    using view_type = csr_view<Row, Column, Value>;

    csr_matrix() : csr_matrix(0, 0) {}

    /// An empty matrix of the given shape.
    csr_matrix(std::size_t row_count, std::size_t column_count)
        : pattern_{share({bulk_vector<offset>(row_count + 1, offset{0}), {}})},
          column_count_{column_count} {}

    /// Copies arrays that satisfy the invariants of `csr_view`, and checks that they do.
    /// @throws shape_error, data_error naming the row.
    csr_matrix(const std::vector<offset>& offsets, const std::vector<Column>& columns,
               const std::vector<Value>& values, std::size_t column_count)
        : pattern_{share({{offsets.begin(), offsets.end()}, {columns.begin(), columns.end()}})},
          values_{values.begin(), values.end()},
          column_count_{column_count} {
        check_csr(pattern_->offsets, pattern_->columns, values_, column_count_);
    }

    /// A copy of what `view` shows.
    explicit csr_matrix(const view_type& view)
        : pattern_{share({{view.offsets().begin(), view.offsets().end()},
                          {view.columns().begin(), view.columns().end()}})},
          values_{view.values().begin(), view.values().end()},
          column_count_{view.column_count()} {
        if (view.offsets().empty())
            pattern_ = share({});
    }

    /// Takes arrays over. @pre They satisfy the invariants.
    csr_matrix(trusted_arrays, bulk_vector<offset> offsets, bulk_vector<Column> columns,
               bulk_vector<Value> values, std::size_t column_count)
        : csr_matrix{
              trusted,
              {share({std::move(offsets), std::move(columns)}), std::move(values), column_count}} {}
    /// Takes arrays over, such as other values for the pattern of another matrix.
    /// @pre They satisfy the invariants.
    csr_matrix(trusted_arrays, csr_arrays<Column, Value> arrays)
        : pattern_{std::move(arrays.pattern)},
          values_{std::move(arrays.values)},
          column_count_{arrays.column_count} {
#ifndef NDEBUG
        check_csr(pattern_->offsets, pattern_->columns, values_, column_count_);
#endif
    }

    [[nodiscard]] std::size_t row_count() const noexcept { return view().row_count(); }
    [[nodiscard]] std::size_t column_count() const noexcept { return column_count_; }
    [[nodiscard]] std::size_t entry_count() const noexcept { return values_.size(); }
    [[nodiscard]] sparse_row<Column, Value> row(Row row) const noexcept { return view().row(row); }
    [[nodiscard]] std::span<const offset> offsets() const noexcept { return view().offsets(); }
    [[nodiscard]] std::span<const Column> columns() const noexcept { return view().columns(); }
    [[nodiscard]] std::span<const Value> values() const noexcept { return as_span(values_); }
    /// The values may be changed in place; the pattern may not. Keep them finite.
    [[nodiscard]] std::span<Value> values() noexcept { return as_writable_span(values_); }
    /// What matrices with the same entries share; null after a move.
    [[nodiscard]] const shared_pattern<Column>& pattern() const noexcept { return pattern_; }

    [[nodiscard]] view_type view() const noexcept {
        if (!pattern_) // moved from
            return {};
        return {as_span(pattern_->offsets), as_span(pattern_->columns), as_span(values_),
                column_count_};
    }
    operator view_type() const noexcept { return view(); }

    /// Gives the arrays away, so that they can be freed one by one; nothing is left.
    [[nodiscard]] csr_arrays<Column, Value> release() && noexcept {
        return {std::exchange(pattern_, nullptr), std::exchange(values_, {}),
                std::exchange(column_count_, 0)};
    }

    friend bool operator==(const csr_matrix& left, const csr_matrix& right) {
        return left.column_count_ == right.column_count_ && left.values_ == right.values_ &&
               (left.pattern_ == right.pattern_ ||
                (left.pattern_ && right.pattern_ && *left.pattern_ == *right.pattern_));
    }

  private:
    static shared_pattern<Column> share(csr_pattern<Column> pattern) {
        return std::make_shared<const csr_pattern<Column>>(std::move(pattern));
    }

    shared_pattern<Column> pattern_;
    bulk_vector<Value> values_;
    std::size_t column_count_ = 0;
};

/// What users did with items; the input of every collaborative model.
using user_items = csr_matrix<user_index, item_index, float>;
using item_users = csr_matrix<item_index, user_index, float>;
/// What is known about items and about users; the input of models that use content.
using item_features = csr_matrix<item_index, feature_index, float>;
using user_features = csr_matrix<user_index, feature_index, float>;
using user_items_view = csr_view<user_index, item_index, float>;

} // namespace hybrec
