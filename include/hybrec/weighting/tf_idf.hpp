// SPDX-License-Identifier: MIT
/// @file
/// TF-IDF: square roots of the values, lowered for frequent terms.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>
#include <hybrec/weighting/detail/totals.hpp>
#include <hybrec/weighting/document_side.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

/// Term frequency times inverse document frequency, as Python's
/// `implicit.nearest_neighbours.tfidf_weight` defines it. For the value x of term t, with N
/// documents of which df(t) have an entry for t:
///
///     weight = √x · idf(t),   idf(t) = max(minimum_idf, ln N − ln(1 + df(t)))
///
/// The floor of the idf, 0 by default, keeps a term that every document has from turning into a
/// dislike; −infinity gives the formula of implicit, entry by entry.
struct tf_idf {
    bool normalize = false; ///< scale every document to unit length afterwards
    double minimum_idf = 0; ///< the floor of the inverse document frequency; −infinity: none
    document_side documents = document_side::rows; ///< which side plays the document

    /// The reweighted matrix, with the same entries; works in place on a `csr_matrix`
    /// that is moved in. Memory otherwise: new values, which share the pattern of a `csr_matrix`; of a
    /// view the pattern is copied.
    /// A document without any weight stays without.
    /// Complexity: O(entries + rows + columns), two parallel passes, three with `normalize`; the
    /// same bits for any number of threads.
    /// @throws option_error for an option out of range, data_error for a negative value, naming row
    ///         and column.
    template <sparse_source Matrix>
    [[nodiscard]] weighted_matrix<Matrix> operator()(Matrix&& matrix,
                                                     const execution& where = {}) const {
        return apply(detail::source_of(std::forward<Matrix>(matrix)), where);
    }

  private:
    /// @param matrix a `csr_matrix`, which is changed in place, or a `csr_view`
    template <class Matrix>
    [[nodiscard]] auto apply(Matrix matrix, const execution& where) const {
        require_option(minimum_idf < std::numeric_limits<double>::infinity(), "tf_idf",
                       "minimum_idf", minimum_idf, "a number or minus infinity");

        const bool by_row = documents == document_side::rows;
        const detail::document_totals totals =
            detail::totals_of(matrix.view(), by_row, false, "tf_idf", where);
        const std::vector<double> idf = detail::inverse_document_frequencies(
            by_row ? matrix.row_count() : matrix.column_count(), totals.frequencies, minimum_idf);
        const auto weigh = [&](double value, std::size_t row, std::size_t column) {
            return std::sqrt(value) * idf[by_row ? column : row];
        };
        if (!normalize)
            return detail::map_values(std::move(matrix), "tf_idf", where,
                                      [&](auto value, std::size_t row, std::size_t column) {
                                          return weigh(static_cast<double>(value), row, column);
                                      });

        // Rows find their lengths as they pass by; those of columns take a pass of their own.
        if (by_row)
            return detail::change_rows(
                std::move(matrix), where,
                [&]<class Column, class Value>(std::size_t row, std::span<const Column> columns,
                                               std::span<const Value> before,
                                               std::span<Value> after) {
                    double squares = 0;
                    for (std::size_t at = 0; at < before.size(); ++at) {
                        const double weight =
                            weigh(static_cast<double>(before[at]), row, columns[at].value());
                        squares += weight * weight;
                    }
                    const double length = squares == 0 ? 1 : std::sqrt(squares);
                    for (std::size_t at = 0; at < before.size(); ++at)
                        after[at] = static_cast<Value>(
                            weigh(static_cast<double>(before[at]), row, columns[at].value()) /
                            length);
                    detail::require_finite_weights(columns, std::span<const Value>{after}, "tf_idf",
                                                   row);
                });
        std::vector<double> lengths = detail::column_sums(
            matrix.view(), where, [&](double value, std::size_t row, std::size_t column) {
                const double weight = weigh(value, row, column);
                return weight * weight;
            });
        for (double& length : lengths)
            length = length == 0 ? 1 : std::sqrt(length);
        return detail::map_values(std::move(matrix), "tf_idf", where,
                                  [&](auto value, std::size_t row, std::size_t column) {
                                      return weigh(static_cast<double>(value), row, column) /
                                             lengths[column];
                                  });
    }
};

} // namespace hybrec
