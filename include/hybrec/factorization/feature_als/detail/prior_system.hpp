// SPDX-License-Identifier: MIT
/// @file
/// The least-squares systems of ALS whose vectors are drawn to a prior.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/detail/row_solver.hpp>
#include <hybrec/factorization/feature_als/detail/feature_map.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>
#include <string>

namespace hybrec::detail {

template <class = on_use>
[[noreturn]] void throw_singular_prior(const std::string& what) {
    fail<numeric_error>({"feature_als: the least-squares system of ", what,
                         " is singular or not finite; expected a larger regularization or smaller "
                         "confidence values"});
}

/// (α₀YᵀY + YᵀAY + λI) x = Yᵀb + λ·prior, for rows of interactions.
template <class Confidence>
struct prior_system {
    const Confidence& confidence;
    std::size_t factors;
    double regularization; ///< λ

    /// Starts the system of a row that has no prior.
    template <class Column, class Entry>
    void start(const sparse_row<Column, Entry>& entries, const factor_table<Column, float>& fixed,
               row_solver<float>& solver) const {
        solver.start([&](std::size_t) { return regularization; });
        for (const auto [column, entry] : entries) {
            const auto value = static_cast<double>(entry);
            solver.add(fixed.padded_row(column), static_cast<float>(confidence.weight(value)),
                       static_cast<float>(confidence.target(value)));
        }
    }

    /// Replaces the prior in `x` by the solution; false if there is none.
    /// @param gram α₀YᵀY
    template <class Column, class Entry>
    [[nodiscard]] bool
    solve(const sparse_row<Column, Entry>& entries, const factor_table<Column, float>& fixed,
          const aligned_vector<float>& gram, row_solver<float>& solver, float* x) const {
        start(entries, fixed, solver);
        aligned_vector<float> prior(x, x + fixed.stride());
        solver.add(prior.data(), 0, static_cast<float>(regularization));
        return solver.solve(gram.data(), x);
    }

    /// Solves all rows of one side, with the priors W·f; rows are independent of each other. One
    /// without interactions gets its prior.
    template <class Row, class Column, class Entry>
    void solve_all(const csr_view<Row, Column, Entry>& interactions,
                   const factor_table<Column, float>& fixed,
                   const csr_matrix<Row, feature_index, float>& features,
                   const factor_table<feature_index, float>& weights,
                   factor_table<Row, float>& solved, const execution& where) const {
        const auto gram = gram_matrix(fixed, static_cast<float>(confidence.unobserved()), where);
        solve_rows(interactions, factors, 1, where,
                   [&](Row row, const auto& entries, row_solver<float>& solver) {
                       float* const x = solved.padded_row(row);
                       map_features(weights, features, row, x);
                       if (!entries.empty() && !solve(entries, fixed, gram, solver, x))
                           throw_singular_prior("row " + std::to_string(row.value()));
                   });
    }
};

} // namespace hybrec::detail
