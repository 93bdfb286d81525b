// SPDX-License-Identifier: MIT
/// @file
/// Scales every row to a norm of 1.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// What is 1 for every row that was scaled.
enum class row_norm : unsigned char {
    l2, ///< the root of the sum of squares
    l1, ///< the sum of absolute values
    max ///< the largest absolute value
};

/// Divides every row by its norm, so that busy users count no more than others. Signs are kept, and
/// rows that are empty or hold only zeros stay as they are.
struct row_normalization {
    row_norm norm = row_norm::l2; ///< which norm becomes 1

    /// The reweighted matrix, with the same entries; works in place on a `csr_matrix`
    /// that is moved in. Memory otherwise: new values, which share the pattern of a `csr_matrix`; of a
    /// view the pattern is copied.
    /// Complexity: O(entries), one parallel pass.
    template <sparse_source Matrix>
    [[nodiscard]] weighted_matrix<Matrix> operator()(Matrix&& matrix,
                                                     const execution& where = {}) const {
        return apply(detail::source_of(std::forward<Matrix>(matrix)), where);
    }

  private:
    /// @param matrix a `csr_matrix`, which is changed in place, or a `csr_view`
    template <class Matrix>
    [[nodiscard]] auto apply(Matrix matrix, const execution& where) const {
        return detail::change_rows(
            std::move(matrix), where,
            [this]<class Column, class Value>(std::size_t, std::span<const Column>,
                                              std::span<const Value> before,
                                              std::span<Value> after) {
                // Relative to the largest value, sums of squares neither overflow nor vanish.
                double largest = 0;
                for (const Value value : before)
                    largest = std::max(largest, std::abs(static_cast<double>(value)));
                double length = 1;
                if (norm != row_norm::max && largest != 0) {
                    length = 0;
                    for (const Value value : before) {
                        const double part = std::abs(static_cast<double>(value)) / largest;
                        length += norm == row_norm::l2 ? part * part : part;
                    }
                    if (norm == row_norm::l2)
                        length = std::sqrt(length);
                }
                const double divisor = largest == 0 ? 1 : largest;
                for (std::size_t at = 0; at < before.size(); ++at)
                    after[at] =
                        static_cast<Value>(static_cast<double>(before[at]) / divisor / length);
            });
    }
};

} // namespace hybrec
