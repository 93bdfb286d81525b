// SPDX-License-Identifier: MIT
/// @file
/// The least-squares system of one row, and what a solver of such systems is.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/syrk.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>

namespace hybrec {

/// A x = b with A = G + Σ aₖ·yₖyₖᵀ + λI and b = Σ bₖ·yₖ, in factored form.
template <class Value>
struct normal_equations {
    const Value* gram = nullptr;        ///< G = α₀·YᵀY, symmetric, `padded` rows and columns
    Value regularization{};             ///< λ
    std::span<const Value* const> rows; ///< yₖ: padded vectors at multiples of 64 bytes
    std::span<const Value> weights;     ///< aₖ, of either sign
    std::span<const Value> targets;     ///< bₖ
    std::size_t factors = 0;            ///< length of x
    std::size_t padded = 0;             ///< `factors` rounded up to 64 bytes
};

/// Solves the system of one row. `solve(system, x, workspace)` finds on entry in `x` the row's
/// current vector (padded, at a multiple of 64 bytes) and replaces it; it returns false if the
/// system is singular to the precision of `Value`. Its scratch memory is a
/// `workspace<Value>{factors, longest_row}`, one per thread; `solve` neither allocates nor throws.
/// Models: `exact`, `conjugate_gradient`, `subspace`.
template <class Solver, class Value = float>
concept least_squares_solver = requires(const Solver& solver, const normal_equations<Value>& system,
                                        Value* x,
                                        typename Solver::template workspace<Value>& scratch) {
    { solver.solve(system, x, scratch) }
    noexcept->std::same_as<bool>;
    { Solver::name() } -> std::convertible_to<std::string>;
    solver.check();
    requires std::constructible_from<typename Solver::template workspace<Value>, std::size_t,
                                     std::size_t>;
};

/// How many partial sums `gram_matrix` holds at most; each is a matrix.
inline constexpr std::size_t gram_parts = 16;

/// YᵀY for all rows of a table, times `scale`: a symmetric matrix with `table.stride()` rows and
/// columns. The same bits for any number of threads.
/// Complexity: O(rows · factors²).
template <class Index, class Value>
[[nodiscard]] aligned_vector<Value> gram_matrix(const factor_table<Index, Value>& table,
                                                Value scale, const execution& where = {}) {
    const std::size_t size = table.stride();
    // Chunks depend on the number of rows alone, so that the threads leave no trace in the result.
    const std::size_t chunk =
        std::max<std::size_t>(2048, (table.rows() + gram_parts - 1) / gram_parts);
    auto gram = parallel_reduce(
        where.threads(), table.rows(), chunk, aligned_vector<Value>(size * size),
        [&](std::size_t begin, std::size_t end) {
            aligned_vector<Value> part(size * size);
            const Value* rows = table.data() + begin * size;
            simd::syrk_upper(rows, rows, size, end - begin, part.data(), size, size);
            return part;
        },
        [](aligned_vector<Value>& total, const aligned_vector<Value>& part) {
            for (std::size_t at = 0; at < total.size(); ++at)
                total[at] += part[at];
        },
        where.stop);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = i; j < size; ++j) {
            gram[i * size + j] *= scale;
            gram[j * size + i] = gram[i * size + j];
        }
    return gram;
}

} // namespace hybrec
