// SPDX-License-Identifier: MIT
/// @file
/// Confidence that grows linearly with the value.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>

#include <cstddef>
#include <utility>

namespace hybrec {

/// c = 1 + α·r (Hu, Koren, Volinsky 2008, section 4): an observed value r is trusted 1 + α·r times
/// as much as an unobserved one. Negative values mean "dislike" and stay so: c = −(1 + α·|r|); the
/// formula itself would turn small dislikes into likes.
struct linear_confidence {
    double alpha = 40; ///< how much one unit of value adds, at least 0; 40 as in the paper

    /// The reweighted matrix, with the same entries; works in place on a `csr_matrix`
    /// that is moved in. Memory otherwise: new values, which share the pattern of a `csr_matrix`; of a
    /// view the pattern is copied.
    /// Complexity: O(entries), one parallel pass.
    /// @throws option_error for an option out of range, numeric_error for a confidence that
    ///         overflows, naming row and column.
    template <sparse_source Matrix>
    [[nodiscard]] weighted_matrix<Matrix> operator()(Matrix&& matrix,
                                                     const execution& where = {}) const {
        return apply(detail::source_of(std::forward<Matrix>(matrix)), where);
    }

  private:
    /// @param matrix a `csr_matrix`, which is changed in place, or a `csr_view`
    template <class Matrix>
    [[nodiscard]] auto apply(Matrix matrix, const execution& where) const {
        require_option(alpha >= 0 && std::isfinite(alpha), "linear_confidence", "alpha", alpha,
                       "a number of at least 0");
        return detail::map_values(std::move(matrix), "linear_confidence", where,
                                  [this](auto value, std::size_t, std::size_t) {
                                      const auto r = static_cast<double>(value);
                                      return r < 0 ? alpha * r - 1 : alpha * r + 1;
                                  });
    }
};

} // namespace hybrec
