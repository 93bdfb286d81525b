// SPDX-License-Identifier: MIT
/// @file
/// Solves each row's normal equations exactly: by a factorization in the space of factors or in that of its
/// entries, or by conjugate gradients that end where rounding begins.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/factorization/als/detail/descent.hpp>
#include <hybrec/factorization/als/detail/descent_to_rounding.hpp>
#include <hybrec/factorization/als/detail/rounded_products.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/panel.hpp>
#include <hybrec/simd/syrk.hpp>

#include <algorithm>
#include <cstddef>
#include <string>
#include <type_traits>

namespace hybrec {

/// Exact solution of every row, as in Hu, Koren, Volinsky 2008, equation 4.
///
/// With D = diag(d), Y the row's vectors, S = diag(√a) and Z = S·Y·D^(−1/2), there are three ways to the same
/// solution; the second one follows from the matrix inversion lemma:
///   - primal: (D + YᵀS²Y) x = Yᵀb, a Cholesky factorization of `factors` unknowns;
///   - dual:   x = D⁻¹YᵀS w with (I + ZZᵀ) w = S⁻¹b, of as many unknowns as the row has entries;
///   - descent, in floats: the primal by conjugate gradients from zero, preconditioned by D, until what is
///     left is 10⁻⁶ of x (`detail::descend_to_rounding`). How many it takes is foreseen from how far A is from D.
/// Each row takes the cheapest one; a descent that does not come to an end is followed by another. On processors
/// with products of bfloat16 those of the primal are of floats rounded to it, and iterative refinement makes up for
/// it (`detail::solve_refined`).
/// Complexity of a row with n entries, f factors and s steps: O(min(n·f² + f³/3, n²·f + n³/3, s·n·f)).
struct exact {
    template <class Value>
    struct workspace {
        /// Rows of a panel: enough to amortise the passes over the triangle, few enough to stay
        /// in cache with it.
        static constexpr std::size_t panel_rows = 64;
        /// Two more, so that the blocks of a panel do not start in the same set of the cache.
        static constexpr std::size_t panel_capacity = panel_rows + 2;

        workspace(std::size_t factors, std::size_t longest_row)
            : padded{padded_size<Value>(factors)},
              matrix(padded * padded),
              panel(std::max(panel_capacity, padded) * padded),
              weighted_panel(panel_capacity * padded),
              coefficients(padded_size<Value>(std::max(longest_row, factors))),
              descent{factors} {
            if (std::is_same_v<Value, float> && simd::has_bfloat16_products())
                rounded = detail::rounded_workspace{padded, longest_row};
        }

        std::size_t padded;
        aligned_vector<Value> matrix;
        aligned_vector<Value> panel;
        aligned_vector<Value> weighted_panel;
        aligned_vector<Value> coefficients;
        detail::descent_workspace<Value> descent;
        detail::rounded_workspace rounded; // where products of bfloat16 are fast, else empty
    };

    static constexpr bool uses_start = false;
    /// A descent ends with rounded vectors, if these take little memory and are near.
    [[nodiscard]] static constexpr bool rounds_vectors(std::size_t table_bytes) noexcept {
        return table_bytes <= near_table_bytes;
    }
    static constexpr bool keeps_whole_vectors = true;
    [[nodiscard]] static std::string name() { return "exact"; }
    void check() const {}
    void save(archive_writer auto&) const {}
    [[nodiscard]] static exact load(archive_reader auto&) { return {}; }

    template <class Value>
    [[nodiscard]] bool solve(const normal_equations<Value>& system, Value* x,
                             workspace<Value>& scratch) const noexcept {
        const bool dual = prefers_dual(system);
        if constexpr (std::is_same_v<Value, float>)
            if (prefers_descent(system, dual) &&
                detail::descend_to_rounding(system, x, scratch.descent))
                return true;
        return dual ? solve_dual(system, x, scratch) : solve_primal(system, x, scratch);
    }

    /// Whether the dual is possible and costs less.
    template <class Value>
    [[nodiscard]] static bool prefers_dual(const normal_equations<Value>& system) noexcept {
        if (system.gram || !system.definite || system.entries >= system.factors)
            return false;
        const auto f = static_cast<double>(system.padded);
        const auto n = static_cast<double>(padded_size<Value>(system.entries));
        // Transposing and the sums over the rows once more cost about as much as 24 products each.
        if (n * n * f + n * n * n / 3 + 24 * n * f > n * f * f + f * f * f / 3)
            return false;
        const auto [least, most] =
            std::minmax_element(system.weights, system.weights + system.entries);
        // A weight of zero or less has no root to divide by, and roots of very different weights
        // would lose digits.
        return *least > *most * Value(1e-6) && *least > Value{0};
    }

    /// Whether conjugate gradients are possible and cost less than the factorization, of the dual or not.
    template <class = on_use>
    [[nodiscard]] static bool prefers_descent(const normal_equations<float>& system,
                                              bool dual) noexcept {
        return detail::prefers_descent(system, cost(system, dual));
    }

    /// Factorizes A into `scratch.matrix` and writes b to `right`; false if A is not safely positive
    /// definite.
    template <class Value>
    [[nodiscard]] static bool factorize(const normal_equations<Value>& system, Value* right,
                                        workspace<Value>& scratch) noexcept {
        const std::size_t size = system.padded;
        Value* const matrix = scratch.matrix.data();
        if (system.gram)
            std::copy_n(system.gram, size * size, matrix);
        std::fill_n(right, size, Value{0});
        add_entries(system, 0, size, system.gram != nullptr, matrix, system.targets, right,
                    scratch);
        for (std::size_t factor = 0; factor < system.factors; ++factor)
            matrix[factor * size + factor] += system.diagonal[factor];
        return simd::cholesky_upper(matrix, size, system.factors) == system.factors;
    }

    /// The upper triangle of Σ aₖ·yₖyₖᵀ, assigned or added to `matrix`, and Σ cₖ·yₖ added to
    /// `vector`, for the block of `width` factors from `from` on.
    template <class Value>
    static void add_entries(const normal_equations<Value>& system, std::size_t from,
                            std::size_t width, bool add, Value* matrix, const Value* coefficients,
                            Value* vector, workspace<Value>& scratch) noexcept {
        using simd::update;
        constexpr std::size_t capacity = workspace<Value>::panel_capacity;
        // Panels of the same depth rather than full ones and a rest.
        constexpr std::size_t most = workspace<Value>::panel_rows;
        const std::size_t panels = (system.entries + most - 1) / most;
        const std::size_t depth = panels == 0 ? 0 : (system.entries + panels - 1) / panels;
        const bool has_negative = std::any_of(system.weights, system.weights + system.entries,
                                              [](Value weight) { return weight < Value{0}; });
        Value* const panel = scratch.panel.data();
        Value* const weighted = has_negative ? scratch.weighted_panel.data() : panel;
        const auto left = simd::panel_view<Value>::packed(weighted, capacity);
        const auto right = simd::panel_view<Value>::packed(panel, capacity);
        for (std::size_t begin = 0; begin < system.entries; begin += depth) {
            const std::size_t end = std::min(system.entries, begin + depth);
            for (std::size_t k = begin; k < end; ++k) {
                const Value* const row = system.rows[k] + from;
                const Value weight = system.weights[k];
                // One panel scaled by √a, or two where a weight has no root.
                if (has_negative) {
                    simd::pack_row(row, Value{1}, panel, capacity, k - begin, width);
                    simd::pack_row(row, weight, weighted, capacity, k - begin, width);
                } else {
                    simd::pack_row(row, std::sqrt(weight), panel, capacity, k - begin, width);
                }
            }
            // While these are in the first-level cache.
            simd::gathered_axpy(system.rows + begin, coefficients + begin, end - begin, vector,
                                width, from);
            // The next vectors travel while these are multiplied: a few at a time, as a core has few
            // requests under way.
            const std::size_t next = system.far ? std::min(depth, system.entries - end) : 0;
            std::size_t step = 0, fetched = 0;
            const auto fetch = [&, steps = simd::syrk_steps<Value>(width)] {
                for (++step; fetched * steps < next * step; ++fetched)
                    simd::prefetch(system.rows[end + fetched] + from, width);
            };
            if (add || begin > 0)
                simd::syrk_upper<Value, simd::default_arch, update::add>(
                    left, right, end - begin, matrix, width, width, fetch);
            else
                simd::syrk_upper<Value, simd::default_arch, update::assign>(
                    left, right, end - begin, matrix, width, width, fetch);
        }
    }

    friend bool operator==(const exact&, const exact&) = default;

  private:
    /// What a factorization costs, in flops at the rate of the rank-k update in floats: its products, by what the
    /// processor has for them; a Cholesky factorization at two thirds of that rate; and passes over the vectors.
    template <class = on_use>
    [[nodiscard]] static double cost(const normal_equations<float>& system, bool dual) noexcept {
        const auto f = static_cast<double>(system.padded);
        const auto n = static_cast<double>(system.entries);
        if (dual)
            return n * n * f + n * n * n / 2 + 24 * n * f;
        const bool rounded = simd::has_bfloat16_products();
        const double products = simd::has_processor_tiles() ? 0.25 : rounded ? 0.55 : 1;
        return products * n * f * f + f * f * f / 2 + (rounded ? 48 : 24) * n * f;
    }

    template <class Value, class Products = simd::bfloat16_products>
    static bool solve_primal(const normal_equations<Value>& system, Value* x,
                             workspace<Value>& scratch) noexcept {
        if constexpr (std::is_same_v<Value, float> && Products::possible)
            if (scratch.rounded.prepare(system, system.padded) &&
                detail::solve_refined(system, x, scratch.matrix.data(), scratch.rounded))
                return true;
        if (!factorize(system, x, scratch))
            return false;
        simd::cholesky_solve(scratch.matrix.data(), system.padded, system.factors, x);
        return true;
    }

    template <class Value>
    static bool solve_dual(const normal_equations<Value>& system, Value* x,
                           workspace<Value>& scratch) noexcept {
        const std::size_t entries = system.entries;
        const std::size_t size = padded_size<Value>(entries);
        Value* const matrix = scratch.matrix.data();
        Value* const root = scratch.weighted_panel.data(); // D^(−1/2), then S
        Value* const roots_of_weights = root + system.padded;
        for (std::size_t factor = 0; factor < system.padded; ++factor)
            root[factor] = std::sqrt(system.inverse_diagonal[factor]);
        for (std::size_t k = 0; k < size; ++k)
            roots_of_weights[k] = std::sqrt(system.weights[k]);

        Value* const panel = scratch.panel.data();
        simd::pack_transposed(system.rows, roots_of_weights, root, entries, system.padded, panel);
        const auto columns = simd::panel_view<Value>::packed(panel, system.padded);
        simd::syrk_upper<Value, simd::default_arch, simd::update::assign>(
            columns, columns, system.padded, matrix, size, size);
        Value* const w = scratch.coefficients.data();
        for (std::size_t k = 0; k < entries; ++k) {
            matrix[k * size + k] += Value{1};
            w[k] = system.targets[k] / roots_of_weights[k];
        }
        std::fill(w + entries, w + size, Value{0});
        if (simd::cholesky_upper(matrix, size, entries) != entries)
            return false;
        simd::cholesky_solve(matrix, size, entries, w);
        for (std::size_t k = 0; k < entries; ++k)
            w[k] *= roots_of_weights[k];
        std::fill_n(x, system.padded, Value{0});
        simd::gathered_axpy(system.rows, w, entries, x, system.padded);
        for (std::size_t factor = 0; factor < system.padded; ++factor)
            x[factor] *= system.inverse_diagonal[factor];
        return true;
    }
};

} // namespace hybrec
