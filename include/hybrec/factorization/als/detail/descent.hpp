// SPDX-License-Identifier: MIT
/// @file
/// Preconditioned conjugate gradients on the system of one row: the loop that solvers share.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
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
          product(residual.size()),
          preconditioned(residual.size()) {}

    aligned_vector<Value> residual;
    aligned_vector<Value> direction;
    aligned_vector<Value> product;
    aligned_vector<Value> preconditioned;
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
                                    const Element* const* rows, const Value* p, Value* out,
                                    Value* scratch) noexcept {
    const std::size_t size = system.padded;
    const auto weights = [&](std::size_t k) {
        return simd::load<Value, simd::default_arch>(system.weights + k);
    };
    if (out) {
        simd::multiply(system.diagonal, p, out, size);
        simd::gathered_dot_axpy(
            rows, system.entries, p, size, out,
            [&](std::size_t k, const auto& along) { return weights(k) * along; });
        return simd::dot(p, out, size);
    }
    simd::multiply(system.diagonal, p, scratch, size);
    return simd::dot(p, scratch, size) +
           simd::gathered_dot_sum(
               rows, system.entries, p, size,
               [&](std::size_t k, const auto& along) { return weights(k) * along * along; });
}

/// Takes up to `most` steps from x, whose residual b − A x is in `scratch.residual`, in directions that are
/// conjugate; preconditioned by diag(d), all of A but the row's entries (Hestenes and Stiefel 1952, "Methods of
/// conjugate gradients for solving linear systems"; Saad 2003, "Iterative methods for sparse linear systems",
/// algorithm 9.1). Stops where nothing of the residual is left, too.
/// @param rows  of the system, whole or rounded
/// @param judge called after each step but the last one possible: (its number, its length along
///              `scratch.direction`)
/// @pre `system.gram` is null. Complexity: O(n·f) a step.
template <class Value, class Element, class Judge>
descent_end descend(const normal_equations<Value>& system, const Element* const* rows, Value* x,
                    std::size_t most, descent_workspace<Value>& scratch,
                    const Judge& judge) noexcept {
    assert(!system.gram);
    const std::size_t size = system.padded;
    Value* const r = scratch.residual.data();
    Value* const p = scratch.direction.data();
    Value* const product = scratch.product.data();
    Value* const z = scratch.preconditioned.data();
    simd::multiply(system.inverse_diagonal, r, z, size);
    Value rz = simd::dot(r, z, size);
    std::copy_n(z, size, p);
    std::size_t step = 0;
    while (rz > std::numeric_limits<Value>::min()) {
        const bool last = step + 1 >= most;
        const Value curvature = curvature_along(system, rows, p, last ? nullptr : product, z);
        if (!(curvature > Value{0}))
            return {step, false};
        ++step;
        const Value length = rz / curvature;
        simd::axpy(length, p, x, size);
        if (last)
            break;
        if (judge(step, length) == verdict::enough)
            break;
        simd::axpy(-length, product, r, size);
        simd::multiply(system.inverse_diagonal, r, z, size);
        const Value next = simd::dot(r, z, size);
        simd::xpay(z, next / rz, p, size);
        rz = next;
    }
    return {step, true};
}

} // namespace hybrec::detail
