// SPDX-License-Identifier: MIT
/// @file
/// Vectors of indices, with gradients for the rows that a batch touches.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/row_groups.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hybrec::neural {

/// A table of which a batch touches a few rows. The gradient has a row for each of them, in the
/// order of `touched.rows()`; that of the others is zero (see `optimizer`).
template <class T>
struct sparse_parameter {
    matrix<T> value;
    row_groups touched;
    matrix<T> gradient;

    friend bool operator==(const sparse_parameter& left, const sparse_parameter& right) noexcept {
        return left.value == right.value;
    }
};

/// out[r] = table[ids[r]]: one vector per index.
template <class T = float>
class embedding {
  public:
    using value_type = T;

    embedding() = default;
    /// Vectors of normal numbers with the given standard deviation; a row's depend on the stream and
    /// the row alone.
    embedding(std::size_t rows, std::size_t columns, const counter_random& random,
              double deviation = 1) {
        table_.value.resize(rows, columns);
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t at = 0; at < columns; ++at)
                table_.value(row, at) =
                    static_cast<T>(deviation * random.normal(row * columns + at));
    }

    [[nodiscard]] std::size_t rows() const noexcept { return table_.value.rows(); }
    [[nodiscard]] std::size_t outputs() const noexcept { return table_.value.columns(); }
    [[nodiscard]] const matrix<T>& table() const noexcept { return table_.value; }

    /// Writes the vectors to the columns of `out` from `column` on. @pre `out` has their shape.
    void apply(std::span<const std::uint32_t> ids, matrix<T>& out, std::size_t column,
               const execution& where) const {
        assert(out.rows() == ids.size() && column + outputs() <= out.columns());
        for_each_row(ids.size(), where, [&](std::size_t row) {
            detail::copy_row(table_.value.row(ids[row]), out.row(row) + column, outputs());
        });
    }
    /// Sums the derivatives by each touched row, in the order of the batch.
    void backward(std::span<const std::uint32_t> ids, const matrix<T>& out_gradient,
                  std::size_t column, const execution& where) {
        table_.touched.group(ids, rows());
        table_.gradient.resize(table_.touched.size(), outputs());
        for_each_row(table_.touched.size(), where, [&](std::size_t touched) {
            T* const to = table_.gradient.row(touched);
            std::fill_n(to, outputs(), T{0});
            for (const std::uint32_t row : table_.touched.members(touched))
                detail::add_row(T{1}, out_gradient.row(row) + column, to, outputs());
        });
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(table_);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visitor(table_);
    }

    friend bool operator==(const embedding&, const embedding&) = default;

  private:
    sparse_parameter<T> table_;
};

} // namespace hybrec::neural
