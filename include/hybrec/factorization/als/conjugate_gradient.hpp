// SPDX-License-Identifier: MIT
/// @file
/// Improves each row by a few steps of preconditioned conjugate gradients.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>

namespace hybrec {

/// A fixed number of conjugate gradient steps from the row's current vector (Takács, Pilászy, Tikk
/// 2011, "Applications of the conjugate gradient method for implicit feedback collaborative
/// filtering"), preconditioned by the diagonal of A (Jacobi).
/// Complexity of a row with n entries, f factors and s steps: O(s·(n·f + f²)).
struct conjugate_gradient {
    std::size_t steps = 3; ///< steps per row and half-iteration, 1 … 1000

    template <class Value>
    struct workspace {
        workspace(std::size_t factors, std::size_t /*longest_row*/)
            : padded{padded_size<Value>(factors)},
              residual(padded),
              direction(padded),
              product(padded),
              preconditioned(padded),
              inverse_diagonal(padded) {}

        std::size_t padded;
        aligned_vector<Value> residual;
        aligned_vector<Value> direction;
        aligned_vector<Value> product;
        aligned_vector<Value> preconditioned;
        aligned_vector<Value> inverse_diagonal;
    };

    [[nodiscard]] static std::string name() { return "conjugate_gradient"; }
    void check() const {
        require_option(steps >= 1 && steps <= 1000, name(), "steps", static_cast<double>(steps),
                       "1 to 1000");
    }
    void save(archive_writer auto& archive) const {
        archive.write_integer("steps", static_cast<std::int64_t>(steps));
    }
    [[nodiscard]] static conjugate_gradient load(archive_reader auto& archive) {
        const std::int64_t steps = archive.read_integer("steps");
        if (steps < 1 || steps > 1000)
            archive.refuse("steps", "expected 1 to 1000, found " + std::to_string(steps));
        return {.steps = static_cast<std::size_t>(steps)};
    }

    template <class Value>
    [[nodiscard]] bool solve(const normal_equations<Value>& system, Value* x,
                             workspace<Value>& scratch) const noexcept {
        const std::size_t size = system.padded;
        Value* r = scratch.residual.data();
        Value* p = scratch.direction.data();
        Value* product = scratch.product.data();
        Value* z = scratch.preconditioned.data();

        if (!invert_diagonal(system, scratch.inverse_diagonal.data()))
            return false;
        // r = b − A x
        multiply(system, x, r);
        for (std::size_t at = 0; at < size; ++at)
            r[at] = -r[at];
        for (std::size_t k = 0; k < system.rows.size(); ++k)
            simd::axpy(system.targets[k], system.rows[k], r, size);

        Value rz = precondition(scratch.inverse_diagonal.data(), r, z, size);
        std::copy_n(z, size, p);
        for (std::size_t step = 0; step < steps && rz > std::numeric_limits<Value>::min(); ++step) {
            multiply(system, p, product);
            const Value curvature = simd::dot(p, product, size);
            if (!(curvature > Value{0}))
                return step > 0; // a direction without curvature: A is not positive definite
            const Value length = rz / curvature;
            simd::axpy(length, p, x, size);
            simd::axpy(-length, product, r, size);
            const Value next = precondition(scratch.inverse_diagonal.data(), r, z, size);
            simd::xpay(z, next / rz, p, size);
            rz = next;
        }
        return true;
    }

    friend bool operator==(const conjugate_gradient&, const conjugate_gradient&) = default;

  private:
    /// out = A·v
    template <class Value>
    static void multiply(const normal_equations<Value>& system, const Value* v,
                         Value* out) noexcept {
        const std::size_t size = system.padded;
        simd::dot_rows(v, system.gram, size, size, size, out);
        simd::axpy(system.regularization, v, out, size);
        for (std::size_t k = 0; k < system.rows.size(); ++k) {
            const Value along = simd::dot(system.rows[k], v, size);
            simd::axpy(system.weights[k] * along, system.rows[k], out, size);
        }
    }

    /// 1 / diag(A), zero in the padding; false if an element of the diagonal is not positive.
    template <class Value>
    static bool invert_diagonal(const normal_equations<Value>& system, Value* inverse) noexcept {
        const std::size_t size = system.padded;
        for (std::size_t at = 0; at < size; ++at)
            inverse[at] = system.gram[at * size + at] + system.regularization;
        for (std::size_t k = 0; k < system.rows.size(); ++k)
            for (std::size_t at = 0; at < size; ++at)
                inverse[at] += system.weights[k] * system.rows[k][at] * system.rows[k][at];
        for (std::size_t at = 0; at < system.factors; ++at) {
            if (!(inverse[at] > Value{0}))
                return false;
            inverse[at] = Value{1} / inverse[at];
        }
        std::fill(inverse + system.factors, inverse + size, Value{0});
        return true;
    }

    /// z = M⁻¹·r; returns ⟨r, z⟩.
    template <class Value>
    static Value precondition(const Value* inverse, const Value* r, Value* z,
                              std::size_t size) noexcept {
        for (std::size_t at = 0; at < size; ++at)
            z[at] = inverse[at] * r[at];
        return simd::dot(r, z, size);
    }
};

static_assert(least_squares_solver<conjugate_gradient, float> &&
              least_squares_solver<conjugate_gradient, double>);

} // namespace hybrec
