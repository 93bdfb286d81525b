// SPDX-License-Identifier: MIT
/// @file
/// How many floating-point operations an iteration of each solver is said to need.
#pragma once

#include <hybrec/factorization/als/conjugate_gradient.hpp>
#include <hybrec/factorization/als/exact.hpp>
#include <hybrec/factorization/als/subspace.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <vector>

namespace hybrec::benchmarks {

/// `textbook` counts as the papers do, for comparison with other programs: every row in the primal,
/// f × f products in every step. `needed` counts what the problem asks of a program that picks the
/// cheaper form row by row. A multiply-add is two operations; products with the common Gram matrix
/// and its computation are left out of `needed` and, but for CG's and the subspaces' products with
/// it, of `textbook`.
struct solver_flops {
    double textbook = 0;
    double needed = 0;
};

namespace detail {

/// The sum of `row_flops(entries)` over all rows and all columns.
template <class RowFlops>
[[nodiscard]] double both_sides(const user_items& matrix, RowFlops&& row_flops) {
    double total = 0;
    std::vector<std::size_t> columns(matrix.column_count());
    for (const item_index item : matrix.columns())
        ++columns[item.value()];
    for (const std::size_t entries : columns)
        total += row_flops(static_cast<double>(entries));
    for (std::size_t row = 0; row < matrix.row_count(); ++row)
        total += row_flops(static_cast<double>(matrix.offsets()[row + 1] - matrix.offsets()[row]));
    return total;
}

} // namespace detail

/// One triangle: n·f² for the matrix, f³/3 for its factorization, 2f² for the solves. The dual of a
/// row with n < f: n²·f and n³/3.
[[nodiscard]] inline solver_flops flops_per_iteration(const exact&, const user_items& matrix,
                                                      std::size_t factors) {
    const auto f = static_cast<double>(factors);
    const auto primal = [f](double n) { return n * f * f + f * f * f / 3 + 2 * f * f; };
    const auto dual = [f](double n) { return n * n * f + n * n * n / 3; };
    return {detail::both_sides(matrix, primal), detail::both_sides(matrix, [&](double n) {
                return n < f ? std::min(primal(n), dual(n)) : primal(n);
            })};
}

/// s steps and the first residual: 4·n·f and 2f² each; in a basis that makes the common part
/// diagonal the 2f² falls away.
[[nodiscard]] inline solver_flops flops_per_iteration(const conjugate_gradient& solver,
                                                      const user_items& matrix,
                                                      std::size_t factors) {
    const auto f = static_cast<double>(factors);
    const auto products = static_cast<double>(solver.steps + 1);
    const auto sparse = [=](double n) { return products * 4 * n * f; };
    return {detail::both_sides(matrix, [&](double n) { return sparse(n) + products * 2 * f * f; }),
            detail::both_sides(matrix, sparse)};
}

/// Predictions 2·n·f; for each of the f/d blocks the gradient 2·n·d + 2·d·f, one triangle n·d²,
/// its factorization d³/3 and solves 2d², and the predictions' change 2·n·d.
[[nodiscard]] inline solver_flops
flops_per_iteration(const subspace& solver, const user_items& matrix, std::size_t factors) {
    const auto f = static_cast<double>(factors);
    const double d = std::min(f, static_cast<double>(solver.block));
    const auto sparse = [=](double n) {
        return 2 * n * f + f / d * (4 * n * d + n * d * d + d * d * d / 3 + 2 * d * d);
    };
    return {detail::both_sides(matrix, [&](double n) { return sparse(n) + 2 * f * f; }),
            detail::both_sides(matrix, sparse)};
}

} // namespace hybrec::benchmarks
