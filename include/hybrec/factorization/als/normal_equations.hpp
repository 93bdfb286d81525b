// SPDX-License-Identifier: MIT
/// @file
/// The least-squares system of one row, and what a solver of such systems is.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/bfloat16_rows.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <string>

namespace hybrec {

/// Tables of vectors up to this size are near: the caches keep enough of them.
inline constexpr std::size_t near_table_bytes = std::size_t{16} << 20;

/// A x = b with A = G + diag(d) + Σ aₖ·yₖyₖᵀ and b = Σ bₖ·yₖ, in factored form.
///
/// Training rotates the vectors into the eigenbasis of α₀·YᵀY, so that this part of A is diagonal
/// too: then `gram` is null and d = α₀Λ + λ. Single rows are solved in the model's own basis, with
/// `gram` = α₀·YᵀY and d = λ.
///
/// Vectors are padded to whole 64-byte lines. The arrays of entries have room for `entries` rounded
/// up to whole lines; what lies behind `entries` is valid rows with weight and target zero.
template <class Value>
struct normal_equations {
    const Value* gram = nullptr;             ///< G, `padded` rows and columns, or null for zero
    const Value* diagonal = nullptr;         ///< d; 1 in the padding
    const Value* inverse_diagonal = nullptr; ///< 1/d, finite and positive also where d is not
    bool definite = false;                   ///< whether every d is safely above zero
    bool far = false; ///< whether the rows are in a table that outgrows the caches: ask ahead
    std::size_t entries = 0;
    /// yₖ: padded vectors at multiples of 64 bytes. Null if they are given rounded and the solver does not
    /// `keeps_whole_vectors`.
    const Value* const* rows = nullptr;
    /// yₖ as `simd::pack_bfloat16` rounds them, if Value is float and the solver `rounds_vectors(…)`;
    /// else null.
    const simd::bfloat16_pair* const* rounded_rows = nullptr;
    const Value* weights = nullptr; ///< aₖ, of either sign
    const Value* targets = nullptr; ///< bₖ
    std::size_t factors = 0;        ///< length of x
    std::size_t padded = 0;         ///< `factors` rounded up to 64 bytes
};

/// Solves the system of one row. `solve(system, x, workspace)` finds on entry in `x` the row's
/// current vector (padded, at a multiple of 64 bytes) and replaces it; it returns false if the
/// system is singular to the precision of `Value`. `uses_start` says whether the vector on entry
/// matters. A solver may have `rounds_vectors(table_bytes)`, whether it wants `rounded_rows` of a table of that
/// size, and then says by `keeps_whole_vectors` whether it wants `rows` as well. Its scratch
/// memory is a `workspace<Value>{factors, longest_row}`, one per thread;
/// `solve` neither allocates nor throws. In training, `gram` is always null.
/// Models: `exact`, `conjugate_gradient`, `subspace`.
template <class Solver, class Value = float>
concept least_squares_solver = requires(const Solver& solver, const normal_equations<Value>& system,
                                        Value* x,
                                        typename Solver::template workspace<Value>& scratch) {
    { solver.solve(system, x, scratch) }
    noexcept->std::same_as<bool>;
    { Solver::name() } -> std::convertible_to<std::string>;
    { Solver::uses_start } -> std::convertible_to<bool>;
    solver.check();
    requires std::constructible_from<typename Solver::template workspace<Value>, std::size_t,
                                     std::size_t>;
};

} // namespace hybrec
