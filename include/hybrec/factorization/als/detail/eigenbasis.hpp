// SPDX-License-Identifier: MIT
/// @file
/// The eigenbasis of one side's Gram matrix.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/eigen.hpp>
#include <hybrec/simd/gram_matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hybrec::detail {

/// Q and Λ with scale·YᵀY = QΛQᵀ, Λ descending. In the coordinates Qᵀy the Gram matrix is diagonal;
/// scores do not change if both sides are turned.
template <class Value>
struct eigenbasis {
    aligned_vector<Value> values;    ///< Λ; zero in the padding
    aligned_vector<Value> vectors;   ///< Qᵀ: an eigenvector per row, `values.size()` apart
    aligned_vector<Value> transpose; ///< Q
};

/// @throws numeric_error if the vectors of `table` are not finite.
/// Complexity: O(rows·f² + f³). The eigenvectors are computed in double: small eigenvalues next to
/// large ones matter, as they are what regularization is compared with.
template <class Value>
[[nodiscard]] eigenbasis<Value> eigenbasis_of(const table_rows<const Value>& table, Value scale,
                                              const execution& where) {
    const std::size_t factors = table.factors;
    const std::size_t size = table.stride;
    const auto gram = gram_matrix(table, scale, where);
    const aligned_vector<double> exact_gram{gram.begin(), gram.end()};
    const auto eigen =
        simd::symmetric_eigen(exact_gram.data(), size, factors, {.pool = where.pool});
    if (!eigen.converged)
        fail<numeric_error>({"implicit_als: the factors are not finite; expected a larger "
                             "regularization or smaller confidence values"});
    eigenbasis<Value> basis{aligned_vector<Value>(size), aligned_vector<Value>(size * size),
                            aligned_vector<Value>(size * size)};
    for (std::size_t j = 0; j < factors; ++j) {
        basis.values[j] = static_cast<Value>(std::max(0.0, eigen.values[j]));
        for (std::size_t i = 0; i < factors; ++i) {
            basis.vectors[j * size + i] = static_cast<Value>(eigen.vectors[j * eigen.stride + i]);
            basis.transpose[i * size + j] = basis.vectors[j * size + i];
        }
    }
    return basis;
}
template <class Index, class Value>
[[nodiscard]] eigenbasis<Value> eigenbasis_of(const factor_table<Index, Value>& table, Value scale,
                                              const execution& where) {
    return eigenbasis_of(table.all_rows(), scale, where);
}

} // namespace hybrec::detail
