// SPDX-License-Identifier: MIT
/// @file
/// The largest singular values of a sparse matrix, and their vectors.
#pragma once

#include <hybrec/concepts/progress.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/progress.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/eigen.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/simd/multiply_rows.hpp>
#include <hybrec/sparse/csr.hpp>
#include <hybrec/sparse/multiply_table.hpp>
#include <hybrec/sparse/transpose.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

namespace hybrec {

/// Options of `truncated_svd`.
struct svd_options {
    std::size_t factors = 64;      ///< singular values wanted, 1 … 2048
    std::size_t oversampling = 32; ///< further vectors that the iteration carries along
    std::size_t iterations = 8;    ///< power iterations; the more, the closer the last values
    std::uint64_t seed = 42;       ///< of the random start

    friend bool operator==(const svd_options&, const svd_options&) = default;
};

/// Checks every field in the name of `owner`. @throws option_error
inline void validate(const svd_options& options, const char* owner = "truncated_svd") {
    require_option(options.factors >= 1 && options.factors <= 2048, owner, "factors",
                   static_cast<double>(options.factors), "1 to 2048");
    require_option(options.oversampling <= 2048, owner, "oversampling",
                   static_cast<double>(options.oversampling), "0 to 2048");
    require_option(options.iterations >= 1, owner, "iterations",
                   static_cast<double>(options.iterations), "at least 1");
}

/// A ≈ U·diag(values)·Vᵀ.
template <class Row, class Column>
struct singular_vectors {
    factor_table<Row, float> left;     ///< U: one row per row of A; columns of length 1, or zero
    std::vector<float> values;         ///< descending; zero beyond the rank
    factor_table<Column, float> right; ///< V: one row per column of A
};

namespace detail {

/// The lengths of the columns of a table, once it has been turned to make them orthogonal.
struct svd_rotation {
    std::vector<double> lengths;  ///< descending
    aligned_vector<float> turned; ///< the rotation, as many rows and columns as the stride
};

/// Replaces the columns of `table` by orthonormal ones that span the same space: T ← T·Q·Λ^(−1/2)
/// with TᵀT = QΛQᵀ. A direction that is only rounding becomes zero.
template <class Index>
[[nodiscard]] svd_rotation orthonormalize(factor_table<Index, float>& table,
                                          const execution& where) {
    const std::size_t size = table.stride();
    const std::size_t count = table.factors();
    const auto gram = gram_matrix(table, 1.0F, where);
    const aligned_vector<double> exact{gram.begin(), gram.end()};
    const auto eigen = simd::symmetric_eigen(exact.data(), size, count, where);
    if (!eigen.converged)
        fail<numeric_error>({"truncated_svd: the products of the matrix are not finite; expected "
                             "values whose squares can be added up"});
    svd_rotation result{std::vector<double>(count), aligned_vector<float>(size * size)};
    aligned_vector<float> shrunk(size * size);
    const double least = 1e-10 * eigen.values[0];
    for (std::size_t j = 0; j < count; ++j)
        if (const double value = eigen.values[j]; value > least && value > 0) {
            result.lengths[j] = std::sqrt(value);
            for (std::size_t i = 0; i < count; ++i) {
                const double entry = eigen.vectors[j * eigen.stride + i];
                result.turned[i * size + j] = static_cast<float>(entry);
                shrunk[i * size + j] = static_cast<float>(entry / result.lengths[j]);
            }
        }
    multiply_rows(table, shrunk, where);
    return result;
}

/// The first `factors` columns; zero where the table has fewer.
template <class Index>
[[nodiscard]] factor_table<Index, float> with_columns(const factor_table<Index, float>& table,
                                                      std::size_t factors) {
    factor_table<Index, float> result(table.rows(), factors);
    for (std::size_t row = 0; row < table.rows(); ++row)
        std::copy_n(table.padded_row(Index(row)), std::min(factors, table.factors()),
                    result.padded_row(Index(row)));
    return result;
}

} // namespace detail

/// The largest singular values of `matrix` and their vectors, by randomized subspace iteration
/// (Halko, Martinsson, Tropp 2011, algorithm 4.4): a random block is multiplied by A and Aᵀ in turn
/// and made orthonormal after each product; in the space that it then spans, the decomposition is
/// exact.
///
/// The relative error of the j-th value falls like (σ_l / σ_j)^(4·iterations), where l is `factors`
/// plus `oversampling`. Singular values below 1e-5 of the largest are taken for zero, and so are
/// those that a matrix with fewer rows or columns than `factors` does not have. The signs are such
/// that the largest entry of each right vector is positive. The same bits for any number of threads.
/// @param progress told of every iteration
/// @throws option_error, numeric_error, cancelled.
/// Complexity: O(iterations · (entries·l + (rows + columns)·l² + l³)); memory for about three tables
/// of l columns.
template <class Row, class Column, progress_observer Progress = no_progress>
[[nodiscard]] singular_vectors<Row, Column>
truncated_svd(const csr_view<Row, Column, float>& matrix, const svd_options& options = {},
              Progress&& progress = {}, const execution& where = {}) {
    validate(options);
    const auto transposed = transpose(matrix, where);
    const std::size_t size = std::min(
        {options.factors + options.oversampling, matrix.row_count(), matrix.column_count()});
    singular_vectors<Row, Column> result;
    result.values.resize(options.factors);
    if (size == 0) {
        result.left = {matrix.row_count(), options.factors};
        result.right = {matrix.column_count(), options.factors};
        return result;
    }

    factor_table<Column, float> right(matrix.column_count(), size);
    const counter_random random{options.seed};
    for (std::size_t row = 0; row < right.rows(); ++row)
        for (std::size_t at = 0; at < size; ++at)
            right.row(Column(row))[at] = static_cast<float>(random.normal(row * size + at));

    const auto report = [&](std::size_t step) {
        progress({.phase = "truncated SVD", .step = step, .steps = options.iterations});
    };
    report(0);
    auto left = multiply_table(matrix, right, where);
    (void)detail::orthonormalize(left, where);
    for (std::size_t step = 1; step < options.iterations; ++step) {
        right = multiply_table(transposed.view(), left, where);
        (void)detail::orthonormalize(right, where);
        left = multiply_table(matrix, right, where);
        (void)detail::orthonormalize(left, where);
        report(step);
    }
    // UᵀA = (AᵀU)ᵀ = (VΛ^(1/2)Qᵀ)ᵀ = QΛ^(1/2)Vᵀ, so that A ≈ UUᵀA = (UQ)·Λ^(1/2)·Vᵀ.
    right = multiply_table(transposed.view(), left, where);
    const auto rotation = detail::orthonormalize(right, where);
    multiply_rows(left, rotation.turned, where);
    report(options.iterations);

    const std::size_t kept = std::min(options.factors, size);
    for (std::size_t at = 0; at < kept; ++at) {
        result.values[at] = static_cast<float>(rotation.lengths[at]);
        float largest = 0;
        for (std::size_t row = 0; row < right.rows(); ++row)
            if (const float value = right.row(Column(row))[at]; std::abs(value) > std::abs(largest))
                largest = value;
        if (largest < 0) {
            for (std::size_t row = 0; row < right.rows(); ++row)
                right.row(Column(row))[at] *= -1;
            for (std::size_t row = 0; row < left.rows(); ++row)
                left.row(Row(row))[at] *= -1;
        }
    }
    result.left = detail::with_columns(left, options.factors);
    result.right = detail::with_columns(right, options.factors);
    return result;
}

} // namespace hybrec
