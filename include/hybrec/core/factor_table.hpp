// SPDX-License-Identifier: MIT
/// @file
/// A dense table of factor vectors, one row per user or item.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <span>

namespace hybrec {

/// The rows of a factor table, whoever they belong to: what does not care takes this, and is compiled once.
template <class Value>
struct table_rows {
    Value* data; ///< at a multiple of 64 bytes
    std::size_t count;
    std::size_t factors;
    std::size_t stride; ///< from row to row; see `factor_table::stride`
};

/// Row-major factors, one row per `Index`. Each row starts at a multiple of 64 bytes and is padded
/// with zeros to a multiple of 64 bytes, so that kernels need no tails and the layout does not
/// depend on compiler flags.
///
/// Invariant: the padding of every row is zero; writers through `padded_row` keep it so.
template <class Index, class Value>
class factor_table {
  public:
    using index_type = Index;
    using value_type = Value;

    factor_table() = default;

    /// `rows` zero vectors of `factors` values each. Complexity: O(rows · factors).
    factor_table(std::size_t rows, std::size_t factors)
        : rows_{rows},
          factors_{factors},
          stride_{padded_size<Value>(factors)},
          values_(rows * stride_) {}

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t factors() const noexcept { return factors_; }
    /// The distance between two rows in values: `factors` rounded up to a multiple of 64 bytes.
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return values_.size() * sizeof(Value); }

    /// The vector of `index`, without the padding. @pre `index` is below `rows()`.
    [[nodiscard]] std::span<const Value> row(Index index) const noexcept {
        return {padded_row(index), factors_};
    }
    [[nodiscard]] std::span<Value> row(Index index) noexcept {
        return {padded_row(index), factors_};
    }

    /// The vector of `index` with its padding: `stride()` values at a multiple of 64 bytes.
    /// @pre `index` is below `rows()`.
    [[nodiscard]] const Value* padded_row(Index index) const noexcept {
        assert(index.value() < rows_);
        return values_.data() + index.value() * stride_;
    }
    [[nodiscard]] Value* padded_row(Index index) noexcept {
        assert(index.value() < rows_);
        return values_.data() + index.value() * stride_;
    }

    [[nodiscard]] table_rows<const Value> all_rows() const noexcept {
        return {values_.data(), rows_, factors_, stride_};
    }
    [[nodiscard]] table_rows<Value> all_rows() noexcept {
        return {values_.data(), rows_, factors_, stride_};
    }
    [[nodiscard]] const Value* data() const noexcept { return values_.data(); }
    [[nodiscard]] Value* data() noexcept { return values_.data(); }

    /// Adds zero vectors, or removes the last ones, until there are `rows`.
    void resize(std::size_t rows) {
        values_.resize(rows * stride_);
        rows_ = rows;
    }

    friend bool operator==(const factor_table&, const factor_table&) = default;

  private:
    std::size_t rows_ = 0;
    std::size_t factors_ = 0;
    std::size_t stride_ = 0;
    aligned_vector<Value> values_;
};

} // namespace hybrec
