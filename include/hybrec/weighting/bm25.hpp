// SPDX-License-Identifier: MIT
/// @file
/// BM25: saturates large values and lowers those of long documents and frequent terms.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/weighting/detail/change_rows.hpp>
#include <hybrec/weighting/detail/totals.hpp>
#include <hybrec/weighting/document_side.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

/// Okapi BM25 (Robertson and Zaragoza 2009), with the inverse document frequency of Python's
/// `implicit.nearest_neighbours.bm25_weight`. For the value x of term t in document d, with N
/// documents of which df(t) have an entry for t:
///
///     idf(t) = max(minimum_idf, ln N − ln(1 + df(t)))
///     norm(d) = (1 − b) + b · Σx(d) / mean of Σx over all documents
///     weight = x · (k1 + 1) / (k1 · norm(d) + x) · idf(t)
///
/// The raw idf is negative for a term that every document has. A negative weight would mean
/// "dislike" to a model, so the default floors it at 0; a floor of −infinity gives the formula of
/// implicit, entry by entry.
struct bm25 {
    double k1 = 100;        ///< how slowly large values saturate, at least 0; 0: all values alike
    double b = 0.8;         ///< how much long documents are lowered, in [0, 1]
    double minimum_idf = 0; ///< the floor of the inverse document frequency; −infinity: none
    document_side documents = document_side::rows; ///< which side plays the document

    /// The reweighted matrix, with the same entries; works in place on a `csr_matrix`
    /// that is moved in. Memory otherwise: new values, which share the pattern of a `csr_matrix`; of a
    /// view the pattern is copied.
    /// Complexity: O(entries + rows + columns), two parallel passes; the same bits for any number
    /// of threads.
    /// @throws option_error for an option out of range, data_error for a negative value,
    ///         numeric_error for a weight that overflows; the latter two name row and column.
    template <sparse_source Matrix>
    [[nodiscard]] weighted_matrix<Matrix> operator()(Matrix&& matrix,
                                                     const execution& where = {}) const {
        return apply(detail::source_of(std::forward<Matrix>(matrix)), where);
    }

  private:
    /// @param matrix a `csr_matrix`, which is changed in place, or a `csr_view`
    template <class Matrix>
    [[nodiscard]] auto apply(Matrix matrix, const execution& where) const {
        require_option(k1 >= 0 && std::isfinite(k1), "bm25", "k1", k1, "a number of at least 0");
        require_option(b >= 0 && b <= 1, "bm25", "b", b, "a number from 0 to 1");
        require_option(minimum_idf < std::numeric_limits<double>::infinity(), "bm25", "minimum_idf",
                       minimum_idf, "a number or minus infinity");

        const bool by_row = documents == document_side::rows;
        const detail::document_totals totals =
            detail::totals_of(matrix.view(), by_row, true, "bm25", where);
        const std::vector<double>& lengths = totals.lengths;
        const double sum = std::accumulate(lengths.begin(), lengths.end(), 0.0);
        const double mean = sum / static_cast<double>(lengths.size());
        const std::vector<double> idf =
            detail::inverse_document_frequencies(lengths.size(), totals.frequencies, minimum_idf);

        // The value with half of the most, by document, and the most, by term; as the matrix has
        // them. The former is never 0, so that a stored zero stays one: 0 / tiny.
        using value_type = typename Matrix::value_type;
        std::vector<value_type> halves(lengths.size());
        for (std::size_t document = 0; document < lengths.size(); ++document)
            halves[document] = static_cast<value_type>(
                sum > 0 ? k1 * ((1 - b) + b * lengths[document] / mean) : 0.0);
        for (value_type& half : halves)
            half = std::max(half, std::numeric_limits<value_type>::denorm_min());
        std::vector<value_type> tops(idf.size());
        for (std::size_t term = 0; term < idf.size(); ++term)
            tops[term] = static_cast<value_type>((k1 + 1) * idf[term]);

        const auto change =
            [&]<class Column, class Value>(std::size_t row, std::span<const Column> columns,
                                           std::span<const Value> before, std::span<Value> after) {
                if (by_row)
                    detail::combine_with_columns(
                        columns, before, after, tops.data(),
                        [half = halves[row]](Value x, Value top) { return x / (half + x) * top; });
                else
                    detail::combine_with_columns(
                        columns, before, after, halves.data(),
                        [top = tops[row]](Value x, Value half) { return x / (half + x) * top; });
                detail::require_finite_weights(columns, std::span<const Value>{after}, "bm25", row);
            };
        return detail::change_rows(std::move(matrix), where, change);
    }
};

} // namespace hybrec
