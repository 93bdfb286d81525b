// SPDX-License-Identifier: MIT
/// @file
/// A linear map from the features of one side to its vectors, found by ridge regression.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Σ value·weights[feature] over the features of one row, written to `out` (padded).
inline void map_features(const factor_table<feature_index, float>& weights,
                         const sparse_row<feature_index, float>& features, float* out) noexcept {
    std::fill_n(out, weights.stride(), 0.0F);
    for (const auto [feature, value] : features)
        simd::axpy(value, weights.padded_row(feature), out, weights.stride());
}

/// The same for a row of a matrix, which may be without columns.
template <class Row>
void map_features(const factor_table<feature_index, float>& weights,
                  const csr_matrix<Row, feature_index, float>& features, Row row,
                  float* out) noexcept {
    if (features.column_count() == 0)
        std::fill_n(out, weights.stride(), 0.0F);
    else
        map_features(weights, features.row(row), out);
}

/// Finds W with the least Σ |x − Wf|² + ρ|W|² over the rows of one side that have interactions.
///
/// The normal equations (FᵀF + ρI) W = FᵀX are solved by conjugate gradients for all columns of X at
/// once, from the W before: FᵀF is never formed, so features may be as many as words.
template <class Index>
class feature_regression {
  public:
    using table = factor_table<feature_index, float>;

    /// @param features rows × features; those of rows that `counts(row)` denies are left out
    template <class Counts>
    feature_regression(const csr_view<Index, feature_index, float>& features, Counts&& counts,
                       const execution& where) {
        bulk_vector<offset> offsets(features.row_count() + 1);
        bulk_vector<feature_index> columns;
        bulk_vector<float> values;
        offsets[0] = 0;
        for (std::size_t row = 0; row < features.row_count(); ++row) {
            if (counts(Index(row)))
                for (const auto [feature, value] : features.row(Index(row))) {
                    columns.push_back(feature);
                    values.push_back(value);
                }
            offsets[row + 1] = columns.size();
        }
        by_row_ = {trusted, std::move(offsets), std::move(columns), std::move(values),
                   features.column_count()};
        by_feature_ = transpose(by_row_, where);
    }

    /// Improves `weights` by at most `steps` steps. Complexity: O(steps · features' entries · f).
    void improve(const factor_table<Index, float>& vectors, double ridge, std::size_t steps,
                 table& weights, const execution& where) const {
        const std::size_t size = weights.stride();
        table residual = product(by_feature_, vectors, where);
        subtract(residual, apply(weights, ridge, where));
        table direction = residual;
        std::vector<double> lengths = column_products(residual, residual);
        const std::vector<double> goal = lengths;
        for (std::size_t step = 0; step < steps; ++step) {
            const table image = apply(direction, ridge, where);
            const std::vector<double> curvature = column_products(direction, image);
            std::vector<float> rate(size);
            for (std::size_t k = 0; k < size; ++k)
                if (lengths[k] > 1e-12 * goal[k] && curvature[k] > 0)
                    rate[k] = static_cast<float>(lengths[k] / curvature[k]);
            for (std::size_t at = 0; at < weights.rows() * size; ++at) {
                weights.data()[at] += rate[at % size] * direction.data()[at];
                residual.data()[at] -= rate[at % size] * image.data()[at];
            }
            std::vector<double> next = column_products(residual, residual);
            for (std::size_t at = 0; at < weights.rows() * size; ++at) {
                const std::size_t k = at % size;
                const double ratio = lengths[k] > 0 ? next[k] / lengths[k] : 0;
                direction.data()[at] =
                    residual.data()[at] + static_cast<float>(ratio) * direction.data()[at];
            }
            lengths = std::move(next);
        }
    }

  private:
    /// M·T for a sparse M; rows are independent.
    template <class Row, class Column>
    [[nodiscard]] static factor_table<Row, float>
    product(const csr_matrix<Row, Column, float>& matrix, const factor_table<Column, float>& table,
            const execution& where) {
        factor_table<Row, float> result(matrix.row_count(), table.factors());
        where.threads().for_chunks(
            matrix.row_count(), 64,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t row = begin; row < end; ++row)
                    for (const auto [column, value] : matrix.row(Row(row)))
                        simd::axpy(value, table.padded_row(column), result.padded_row(Row(row)),
                                   table.stride());
            },
            where.stop);
        return result;
    }
    /// (FᵀF + ρI) W
    [[nodiscard]] table apply(const table& weights, double ridge, const execution& where) const {
        table result = product(by_feature_, product(by_row_, weights, where), where);
        for (std::size_t at = 0; at < result.rows() * result.stride(); ++at)
            result.data()[at] += static_cast<float>(ridge) * weights.data()[at];
        return result;
    }
    static void subtract(table& from, const table& what) noexcept {
        for (std::size_t at = 0; at < from.rows() * from.stride(); ++at)
            from.data()[at] -= what.data()[at];
    }
    /// The inner product of each pair of columns.
    [[nodiscard]] static std::vector<double> column_products(const table& left,
                                                             const table& right) {
        std::vector<double> total(left.stride());
        for (std::size_t at = 0; at < left.rows() * left.stride(); ++at)
            total[at % left.stride()] +=
                static_cast<double>(left.data()[at]) * static_cast<double>(right.data()[at]);
        return total;
    }

    csr_matrix<Index, feature_index, float> by_row_;
    csr_matrix<feature_index, Index, float> by_feature_;
};

} // namespace hybrec::detail
