// SPDX-License-Identifier: MIT
/// @file
/// The tensor of networks: a batch of rows, or a table of parameters.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>

namespace hybrec::neural {

/// A row-major matrix whose rows start at multiples of 64 bytes and are padded with zeros to such a
/// multiple. In a batch a row is a sample.
///
/// Invariant: the padding of every row is zero, so that products need no tails.
template <class T>
class matrix {
  public:
    using value_type = T;

    matrix() = default;
    /// All zero.
    matrix(std::size_t rows, std::size_t columns) { resize(rows, columns); }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t columns() const noexcept { return columns_; }
    /// The distance between two rows in values.
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    /// The values with their padding.
    [[nodiscard]] std::size_t size() const noexcept { return rows_ * stride_; }

    [[nodiscard]] T* data() noexcept { return values_.data(); }
    [[nodiscard]] const T* data() const noexcept { return values_.data(); }
    /// @pre `row` is below `rows()`.
    [[nodiscard]] T* row(std::size_t row) noexcept {
        assert(row < rows_);
        return values_.data() + row * stride_;
    }
    [[nodiscard]] const T* row(std::size_t row) const noexcept {
        assert(row < rows_);
        return values_.data() + row * stride_;
    }
    [[nodiscard]] T& operator()(std::size_t row, std::size_t column) noexcept {
        assert(column < columns_);
        return this->row(row)[column];
    }
    [[nodiscard]] const T& operator()(std::size_t row, std::size_t column) const noexcept {
        assert(column < columns_);
        return this->row(row)[column];
    }

    /// Another shape; the values are then zero if the number of columns changed, else unspecified.
    /// Memory is kept: a workspace that saw the largest batch allocates no more.
    void resize(std::size_t rows, std::size_t columns) {
        if (columns != columns_) {
            values_.clear();
            columns_ = columns;
            stride_ = padded_size<T>(columns);
        }
        rows_ = rows;
        if (values_.size() < rows * stride_)
            values_.resize(rows * stride_);
    }
    void fill_zero() noexcept { std::fill_n(values_.begin(), size(), T{0}); }

    friend bool operator==(const matrix& left, const matrix& right) noexcept {
        return left.rows_ == right.rows_ && left.columns_ == right.columns_ &&
               std::equal(left.data(), left.data() + left.size(), right.data());
    }

  private:
    std::size_t rows_ = 0;
    std::size_t columns_ = 0;
    std::size_t stride_ = 0;
    aligned_vector<T> values_; // may hold more than the shape needs
};

} // namespace hybrec::neural
