// SPDX-License-Identifier: MIT
/// @file
/// Improves each row by a few steps of preconditioned conjugate gradients.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/factorization/als/detail/descent.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/gathered.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>

namespace hybrec {

/// A fixed number of conjugate gradient steps from the row's current vector (Takács, Pilászy, Tikk
/// 2011, "Applications of the conjugate gradient method for implicit feedback collaborative
/// filtering"), preconditioned by α₀Λ + λ, the part of A that is diagonal in the eigenbasis of
/// α₀·YᵀY. In this basis a step costs one pass over the row's vectors and no f × f product, and two
/// steps come closer to the solution than three without the preconditioner.
/// Complexity of a row with n entries, f factors and s steps: O(s·n·f).
struct conjugate_gradient {
    std::size_t steps = 2; ///< steps per row and half-iteration, 1 … 1000
    /// Up to so many steps, floats are read rounded to bfloat16, from half of the memory. On ml1m
    /// that puts a solution .001 off (relatively) where two steps leave .006 (f = 64) to .010 (256).
    /// 0: never.
    std::size_t rounded_steps = 3;

    template <class Value>
    struct workspace : detail::descent_workspace<Value> {
        workspace(std::size_t factors, std::size_t /*longest_row*/)
            : detail::descent_workspace<Value>{factors} {}
    };

    static constexpr bool uses_start = true;
    [[nodiscard]] static std::string name() { return "conjugate_gradient"; }
    void check() const {
        require_option(steps >= 1 && steps <= 1000, name(), "steps", static_cast<double>(steps),
                       "1 to 1000");
    }
    /// Whether `solve` reads the rounded vectors; there are none of double.
    [[nodiscard]] bool rounds_vectors(std::size_t /*table_bytes*/) const noexcept {
        return steps <= rounded_steps;
    }
    /// and not the whole ones then.
    static constexpr bool keeps_whole_vectors = false;
    void save(archive_writer auto& archive) const {
        archive.write_integer("steps", static_cast<std::int64_t>(steps));
        archive.write_integer("rounded_steps", static_cast<std::int64_t>(rounded_steps));
    }
    [[nodiscard]] static conjugate_gradient load(archive_reader auto& archive) {
        const std::int64_t steps = archive.read_integer("steps");
        if (steps < 1 || steps > 1000)
            archive.refuse("steps", "expected 1 to 1000, found " + std::to_string(steps));
        conjugate_gradient solver{.steps = static_cast<std::size_t>(steps)};
        if (archive.has("rounded_steps")) { // not in the first archives
            const std::int64_t rounded = archive.read_integer("rounded_steps");
            if (rounded < 0)
                archive.refuse("rounded_steps",
                               "expected at least 0, found " + std::to_string(rounded));
            solver.rounded_steps = static_cast<std::size_t>(rounded);
        }
        return solver;
    }

    template <class Value>
    [[nodiscard]] bool solve(const normal_equations<Value>& system, Value* x,
                             workspace<Value>& scratch) const noexcept {
        if constexpr (std::same_as<Value, float>)
            if (system.rounded_rows)
                return descend(system, system.rounded_rows, x, scratch);
        return descend(system, system.rows, x, scratch);
    }

    friend bool operator==(const conjugate_gradient&, const conjugate_gradient&) = default;

  private:
    template <class Value, class Element>
    bool descend(const normal_equations<Value>& system, const Element* const* rows, Value* x,
                 workspace<Value>& scratch) const noexcept {
        const std::size_t size = system.padded;
        Value* const r = scratch.residual.data(); // b − A x
        for (std::size_t at = 0; at < size; ++at)
            r[at] = -system.diagonal[at] * x[at];
        simd::gathered_dot_axpy(
            rows, system.entries, x, size, r, [&](std::size_t k, const auto& along) {
                return simd::subtract_product(simd::load_lanes<Value>(system.weights + k), along,
                                              simd::load_lanes<Value>(system.targets + k));
            });
        const auto end = detail::descend(
            system,
            [&](const Value* p, Value* out, Value) {
                return detail::curvature_along(system, rows, p, out);
            },
            x, steps, scratch, [](const auto&) { return detail::verdict::go_on; });
        return end.positive || end.steps > 0;
    }
};

} // namespace hybrec
