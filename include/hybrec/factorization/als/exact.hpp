// SPDX-License-Identifier: MIT
/// @file
/// Solves each row's normal equations exactly, by Cholesky factorization.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/syrk.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <string>

namespace hybrec {

/// Exact solution of every row, as in Hu, Koren, Volinsky 2008, equation 4.
/// Complexity of a row with n entries and f factors: O(n·f² + f³/3).
struct exact {
    template <class Value>
    struct workspace {
        /// Rows of a panel: enough to amortise the passes over the triangle, few enough to stay
        /// in the second-level cache with it.
        static constexpr std::size_t panel_rows = 64;

        workspace(std::size_t factors, std::size_t /*longest_row*/)
            : padded{padded_size<Value>(factors)},
              matrix(padded * padded),
              panel(panel_rows * padded),
              weighted_panel(panel_rows * padded) {}

        std::size_t padded;
        aligned_vector<Value> matrix;
        aligned_vector<Value> panel;
        aligned_vector<Value> weighted_panel;
    };

    [[nodiscard]] static std::string name() { return "exact"; }
    void check() const {}
    void save(archive_writer auto&) const {}
    [[nodiscard]] static exact load(archive_reader auto&) { return {}; }

    /// Factorizes A into `scratch.matrix`; false if it is not safely positive definite.
    template <class Value>
    [[nodiscard]] static bool factorize(const normal_equations<Value>& system,
                                        workspace<Value>& scratch) noexcept {
        const std::size_t size = system.padded;
        Value* matrix = scratch.matrix.data();
        std::copy_n(system.gram, size * size, matrix);
        for (std::size_t factor = 0; factor < system.factors; ++factor)
            matrix[factor * size + factor] += system.regularization;
        for (std::size_t begin = 0; begin < system.rows.size();
             begin += workspace<Value>::panel_rows) {
            const std::size_t depth =
                std::min(workspace<Value>::panel_rows, system.rows.size() - begin);
            // Two panels instead of one scaled by √a: a weight may be negative.
            for (std::size_t r = 0; r < depth; ++r) {
                const Value* row = system.rows[begin + r];
                std::copy_n(row, size, scratch.panel.data() + r * size);
                simd::scale(system.weights[begin + r], row,
                            scratch.weighted_panel.data() + r * size, size);
            }
            simd::syrk_upper(scratch.weighted_panel.data(), scratch.panel.data(), size, depth,
                             matrix, size, size);
        }
        return simd::cholesky_upper(matrix, size, system.factors) == system.factors;
    }

    template <class Value>
    [[nodiscard]] bool solve(const normal_equations<Value>& system, Value* x,
                             workspace<Value>& scratch) const noexcept {
        if (!factorize(system, scratch))
            return false;
        std::fill_n(x, system.padded, Value{0});
        for (std::size_t k = 0; k < system.rows.size(); ++k)
            simd::axpy(system.targets[k], system.rows[k], x, system.padded);
        simd::cholesky_solve(scratch.matrix.data(), system.padded, system.factors, x);
        return true;
    }

    friend bool operator==(const exact&, const exact&) = default;
};

static_assert(least_squares_solver<exact, float> && least_squares_solver<exact, double>);

} // namespace hybrec
