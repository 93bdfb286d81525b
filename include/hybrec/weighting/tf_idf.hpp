// SPDX-License-Identifier: MIT
/// @file
/// TF-IDF: square roots of the values, lowered for frequent terms.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>
#include <hybrec/weighting/detail/totals.hpp>
#include <hybrec/weighting/document_side.hpp>

#include <cmath>
#include <cstddef>
#include <limits>
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

    /// The reweighted matrix, with the same entries; works in place on a matrix that is moved in.
    /// A document without any weight stays without.
    /// Complexity: O(entries + rows + columns), two parallel passes, three with `normalize`; the
    /// same bits for any number of threads.
    /// @throws option_error for an option out of range, data_error for a negative value, naming row
    ///         and column.
    template <class Row, class Column, class Value>
    [[nodiscard]] csr_matrix<Row, Column, Value> operator()(csr_matrix<Row, Column, Value> matrix,
                                                            const execution& where = {}) const {
        require_option(minimum_idf < std::numeric_limits<double>::infinity(), "tf_idf",
                       "minimum_idf", minimum_idf, "a number or minus infinity");

        const detail::matrix_totals totals =
            detail::totals_of(matrix.view(), "tf_idf", where,
                              [](double value, std::size_t, std::size_t) { return value; });
        const bool by_row = documents == document_side::rows;
        const std::vector<double> idf = detail::inverse_document_frequencies(
            by_row ? matrix.row_count() : matrix.column_count(),
            by_row ? totals.columns.counts : totals.rows.counts, minimum_idf);
        const auto weigh = [&](double value, std::size_t row, std::size_t column) {
            return std::sqrt(value) * idf[by_row ? column : row];
        };

        std::vector<double> squared_length; // of every document, if it is asked for
        if (normalize) {
            detail::matrix_totals squares =
                detail::totals_of(matrix.view(), "tf_idf", where,
                                  [&](double value, std::size_t row, std::size_t column) {
                                      const double weight = weigh(value, row, column);
                                      return weight * weight;
                                  });
            squared_length = std::move(by_row ? squares.rows.sums : squares.columns.sums);
        }
        return detail::map_values(
            std::move(matrix), "tf_idf", where,
            [&](Value value, std::size_t row, std::size_t column) -> double {
                const double weight = weigh(static_cast<double>(value), row, column);
                if (!normalize || weight == 0)
                    return weight;
                return weight / std::sqrt(squared_length[by_row ? row : column]);
            });
    }

    /// The same for a view, whose entries are copied.
    template <class Row, class Column, class Value>
    [[nodiscard]] csr_matrix<Row, Column, Value>
    operator()(const csr_view<Row, Column, Value>& matrix, const execution& where = {}) const {
        return (*this)(detail::owned(matrix), where);
    }
};

} // namespace hybrec
