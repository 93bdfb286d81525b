// SPDX-License-Identifier: MIT
/// @file
/// Preconditioned conjugate gradients on the system of one row: the loop that solvers share.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/vector.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <limits>

namespace hybrec::detail {

/// Scratch memory of one thread.
template <class Value>
struct descent_workspace {
    explicit descent_workspace(std::size_t factors)
        : residual(padded_size<Value>(factors)),
          direction(residual.size()),
          product(residual.size()) {}

    aligned_vector<Value> residual;
    aligned_vector<Value> direction;
    aligned_vector<Value> product;
};

/// What is thought of a step.
enum class verdict : unsigned char { go_on, enough };

/// How a descent ended.
struct descent_end {
    std::size_t steps; ///< taken
    bool positive; ///< whether the last direction had curvature; else A is not positive definite
};

/// pᵀA p; also writes A p unless `out` is null, which saves half.
template <class Value, class Element>
[[nodiscard]] Value curvature_along(const normal_equations<Value>& system,
                                    const Element* const* rows, const Value* p,
                                    Value* out) noexcept {
    using arch = simd::default_arch;
    const std::size_t size = system.padded;
    const auto weights = [&](std::size_t k) {
        return simd::load_lanes<Value, arch>(system.weights + k);
    };
    if (out) {
        simd::multiply(system.diagonal, p, out, size);
        simd::gathered_dot_axpy(
            rows, system.entries, p, size, out,
            [&](std::size_t k, const auto& along) { return weights(k) * along; });
        return simd::dot(p, out, size);
    }
    auto of_diagonal = simd::broadcast<Value, arch>(Value{0});
    for (std::size_t at = 0; at < size; at += simd::width<Value>) {
        const auto values = simd::load<Value, arch>(p + at);
        of_diagonal = simd::multiply_add(values * simd::load<Value, arch>(system.diagonal + at),
                                         values, of_diagonal);
    }
    return simd::sum(of_diagonal) + simd::gathered_dot_sum(rows, system.entries, p, size,
                                                           [&](std::size_t k, const auto& along) {
                                                               return weights(k) * along * along;
                                                           });
}

/// What a step has left behind.
template <class Value>
struct step_lengths {
    Value moved;    ///< |the step|²
    Value solution; ///< |x|²
    Value residual; ///< rᵀD⁻¹r, before the step
};

/// x += length·p, r −= length·(A p); in one pass that also finds the new rᵀD⁻¹r, returned in the third place after
/// |p|² and |x|².
template <class Value>
[[nodiscard]] std::array<Value, 3> take_step(Value length, const Value* inverse_diagonal,
                                             std::size_t size, Value* x,
                                             descent_workspace<Value>& scratch) noexcept {
    using arch = simd::default_arch;
    const auto by = simd::broadcast<Value, arch>(length);
    auto moved = simd::broadcast<Value, arch>(Value{0}), solution = moved, rest = moved;
    for (std::size_t at = 0; at < size; at += simd::width<Value>) {
        const auto p = simd::load<Value, arch>(scratch.direction.data() + at);
        const auto next = simd::multiply_add(by, p, simd::load<Value, arch>(x + at));
        const auto r =
            simd::subtract_product(by, simd::load<Value, arch>(scratch.product.data() + at),
                                   simd::load<Value, arch>(scratch.residual.data() + at));
        next.store_aligned(x + at);
        r.store_aligned(scratch.residual.data() + at);
        moved = simd::multiply_add(p, p, moved);
        solution = simd::multiply_add(next, next, solution);
        rest = simd::multiply_add(r * simd::load<Value, arch>(inverse_diagonal + at), r, rest);
    }
    return {simd::sum(moved), simd::sum(solution), simd::sum(rest)};
}

/// p = D⁻¹r + share·p
template <class Value>
void turn_direction(Value share, const Value* inverse_diagonal, std::size_t size,
                    descent_workspace<Value>& scratch) noexcept {
    using arch = simd::default_arch;
    Value* const p = scratch.direction.data();
    const auto by = simd::broadcast<Value, arch>(share);
    for (std::size_t at = 0; at < size; at += simd::width<Value>)
        simd::multiply_add(by, simd::load<Value, arch>(p + at),
                           simd::load<Value, arch>(inverse_diagonal + at) *
                               simd::load<Value, arch>(scratch.residual.data() + at))
            .store_aligned(p + at);
}

/// Takes up to `most` steps from x, whose residual b − A x is in `scratch.residual`, in directions that are
/// conjugate; preconditioned by diag(d), all of A but the row's entries (Hestenes and Stiefel 1952, "Methods of
/// conjugate gradients for solving linear systems"; Saad 2003, "Iterative methods for sparse linear systems",
/// algorithm 9.1). Stops where nothing of the residual is left, too.
/// @param pass  what passes over the row's vectors with a `curvature_along`, whole or rounded:
///              pass(p, out, rᵀD⁻¹r), with `out` for A p or null
/// @param judge called with `step_lengths` after each step but the last one possible
/// @pre `system.gram` is null. Complexity: O(n·f) a step.
template <class Value, class Pass, class Judge>
descent_end descend(const normal_equations<Value>& system, const Pass& pass, Value* x,
                    std::size_t most, descent_workspace<Value>& scratch, Judge&& judge) noexcept {
    assert(!system.gram);
    const std::size_t size = system.padded;
    Value* const p = scratch.direction.data();
    simd::multiply(system.inverse_diagonal, scratch.residual.data(), p, size);
    Value rest = simd::dot(scratch.residual.data(), p, size);
    std::size_t step = 0;
    while (rest > std::numeric_limits<Value>::min()) {
        const bool last = step + 1 >= most;
        const Value curvature = pass(p, last ? nullptr : scratch.product.data(), rest);
        if (!(curvature > Value{0}))
            return {step, false};
        ++step;
        const Value length = rest / curvature;
        if (last) {
            simd::axpy(length, p, x, size);
            break;
        }
        const auto [squared, solution, next] =
            take_step(length, system.inverse_diagonal, size, x, scratch);
        if (judge(step_lengths<Value>{length * length * squared, solution, rest}) ==
            verdict::enough)
            break;
        turn_direction(next / rest, system.inverse_diagonal, size, scratch);
        rest = next;
    }
    return {step, true};
}

} // namespace hybrec::detail
