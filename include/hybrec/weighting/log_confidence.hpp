// SPDX-License-Identifier: MIT
/// @file
/// Confidence that grows with the logarithm of the value.
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

/// c = 1 + α·ln(1 + r/ε) (Hu, Koren, Volinsky 2008, eq. 6): for counts that range over several
/// orders of magnitude.
struct log_confidence {
    double alpha = 40;  ///< how much the logarithm adds, at least 0
    double epsilon = 1; ///< the value from which on growth slows down, above 0

    /// The reweighted matrix, with the same entries; works in place on a `csr_matrix`
    /// that is moved in. Memory otherwise: new values, which share the pattern of a `csr_matrix`; of a
    /// view the pattern is copied.
    /// Complexity: O(entries), one parallel pass.
    /// @throws option_error for an option out of range; data_error for a negative value and
    ///         numeric_error for a confidence that overflows, both naming row and column.
    template <sparse_source Matrix>
    [[nodiscard]] weighted_matrix<Matrix> operator()(Matrix&& matrix,
                                                     const execution& where = {}) const {
        return apply(detail::source_of(std::forward<Matrix>(matrix)), where);
    }

  private:
    /// @param matrix a `csr_matrix`, which is changed in place, or a `csr_view`
    template <class Matrix>
    [[nodiscard]] auto apply(Matrix matrix, const execution& where) const {
        require_option(alpha >= 0 && std::isfinite(alpha), "log_confidence", "alpha", alpha,
                       "a number of at least 0");
        require_option(epsilon > 0 && std::isfinite(epsilon), "log_confidence", "epsilon", epsilon,
                       "a number above 0");
        return detail::map_values(std::move(matrix), "log_confidence", where,
                                  [this](auto value, std::size_t row, std::size_t column) {
                                      const double r = detail::not_negative(value, "log_confidence",
                                                                            row, column);
                                      return 1 + alpha * std::log1p(r / epsilon);
                                  });
    }
};

} // namespace hybrec
