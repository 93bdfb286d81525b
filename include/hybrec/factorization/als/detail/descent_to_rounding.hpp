// SPDX-License-Identifier: MIT
/// @file
/// Conjugate gradients until what is left is rounding: for many rows the cheapest way to the solution.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/factorization/als/detail/descent.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>

namespace hybrec::detail {

/// A descent ends where what is left to go is no longer than this, relative to x.
inline constexpr float left_over = 1e-6F;

/// Whether products with vectors rounded to bfloat16 do for the rest of a descent that has brought rᵀD⁻¹r from
/// `first` to `rest` in so many steps.
///
/// An error of a product counts for as much as is left to do, and for the more, the worse the condition is and the
/// more steps are taken (Simoncini and Szyld 2003, "Theory of inexact Krylov subspace methods"). In a descent of eight
/// steps or fewer the residual has to be 10⁻³ of what it was, in one of m that times (8/m)²: measured on ml1m with
/// α = 40, errors then are up to a tenth larger than those of whole floats.
template <class = on_use>
[[nodiscard]] bool may_round(std::size_t steps, float rest, float first) noexcept {
    const float shrunk = rest / first; // a square, as both are
    if (!(shrunk <= 1e-6F))
        return false;
    const float expected =
        static_cast<float>(steps) * std::log(left_over * left_over) / std::log(shrunk);
    const float share = std::min(1.0F, 8 / expected);
    return shrunk <= 1e-6F * (share * share) * (share * share);
}

/// Whether a descent has come to its end, asked after each of its steps.
///
/// What is left is foreseen from the last two steps, as if each were a certain share of the one before. That share
/// varies, so that no less than a tenth and no more than nine tenths are believed. (Measured on ml1m and ml20m: a
/// tenth less steps than until a step is that short, and errors, most of which is the rounding of floats, as large.)
class rounding_judge {
  public:
    [[nodiscard]] verdict operator()(const step_lengths<float>& step) noexcept {
        const float share = std::clamp(std::sqrt(step.moved / before_), 0.1F, 0.9F);
        const float left = share / (1 - share); // of the last step: share + share² + …
        before_ = step.moved;
        settled_ = left * left * step.moved <= left_over * left_over * step.solution &&
                   std::isfinite(step.solution);
        return settled_ ? verdict::enough : verdict::go_on;
    }
    /// Whether the last step asked about was the end; never where something is not finite.
    [[nodiscard]] bool settled() const noexcept { return settled_; }

  private:
    float before_ = std::numeric_limits<float>::infinity(); // |.|², as of all steps
    bool settled_ = false;
};

/// How many steps a descent takes to its end, about.
///
/// With the preconditioner D, the eigenvalues of a row's system are those of I + Σ aₖ·zₖzₖᵀ, zₖ = D^(−1/2)·yₖ, and
/// their sum beyond 1 is `spread`, Σ aₖ·|zₖ|². Were the zₖ without a preferred direction, those of eigenvectors that
/// b has a part in would lie between 1 + spread·(1/√n ∓ 1/√f)² (Marchenko and Pastur 1967), and steps would shrink
/// by (√κ − 1) / (√κ + 1), κ being what the largest is of the smallest (Saad 2003, theorem 6.29). That they have
/// some takes a quarter more: nine rows in ten on ml1m took 5 to 44 steps (64 to 256 factors, α from 1 to 40).
template <class = on_use>
[[nodiscard]] double steps_to_rounding(double spread, double entries, double factors) noexcept {
    const double of_entries = 1 / std::sqrt(entries), of_factors = 1 / std::sqrt(factors);
    const auto edge = [&](double width) { return 1 + spread * width * width; };
    const double root = std::sqrt(edge(of_factors + of_entries) / edge(of_factors - of_entries));
    if (!(root > 1))
        return 1;
    const double digits = std::log(2 / static_cast<double>(left_over));
    // Without those that are left over.
    return std::clamp(1.25 * digits / std::log((root + 1) / (root - 1)) - 1, 1.0, entries + 1);
}

/// Σ aₖ·yₖᵀD⁻¹yₖ, judged by eight entries. @pre There is at least one.
template <class = on_use>
[[nodiscard]] double spread_of(const normal_equations<float>& system) noexcept {
    using arch = simd::default_arch;
    const std::size_t looked_at = std::min<std::size_t>(8, system.entries);
    double total = 0;
    for (std::size_t at = 0; at < looked_at; ++at) {
        const std::size_t k = at * system.entries / looked_at;
        auto length = simd::broadcast<float, arch>(0.0F);
        for (std::size_t j = 0; j < system.padded; j += simd::width<float>) {
            const auto values = simd::load<float, arch>(system.rows[k] + j);
            length = simd::multiply_add(
                values * values, simd::load<float, arch>(system.inverse_diagonal + j), length);
        }
        total += static_cast<double>(system.weights[k]) * static_cast<double>(simd::sum(length));
    }
    return total * static_cast<double>(system.entries) / static_cast<double>(looked_at);
}

/// Whether a descent is a way to the solution of this system, and cheaper than another one that costs `direct`
/// flops at the rate of the rank-k update in floats.
///
/// A step passes over the row's vectors twice, and over vectors of f values some times. This takes a quarter longer
/// than its flops would at that rate; and twice as long where the vectors of a row outgrow the second-level cache.
template <class = on_use>
[[nodiscard]] bool prefers_descent(const normal_equations<float>& system, double direct) noexcept {
    constexpr double second_level = 1 << 20;
    const auto f = static_cast<double>(system.padded);
    const auto n = static_cast<double>(system.entries);
    if (system.gram || !system.definite)
        return false;
    const bool outgrows = n * f * sizeof(float) > second_level;
    if (outgrows && system.far)
        return false;
    const double pass = (outgrows ? 2 : 1) * 5 * n * f + 25 * f + 5000;
    if (pass > direct) // spares the rest for short rows
        return false;
    const double steps = steps_to_rounding(spread_of(system), n, f);
    return (steps + 0.5) * pass < direct && // half for b
           std::none_of(system.weights, system.weights + system.entries,
                        [](float weight) { return weight < 0; });
}

/// Solves A x = b from x = 0 by conjugate gradients. As A ≥ D and D is the preconditioner, x cannot be far off
/// when the steps are small: on ml1m the error is that of a Cholesky factorization in floats.
///
/// False if the steps do not get short: then `x` is of no use. @pre `prefers_descent(system, …)`
template <class = on_use>
[[nodiscard]] bool descend_to_rounding(const normal_equations<float>& system, float* x,
                                       descent_workspace<float>& scratch) noexcept {
    constexpr std::size_t most = 100; // more than cost less than another way
    const std::size_t size = system.padded;
    float* const residual = scratch.residual.data();
    std::fill_n(x, size, 0.0F);
    std::fill_n(residual, size, 0.0F);
    simd::gathered_axpy(system.rows, system.targets, system.entries, residual, size);
    rounding_judge judge;
    float at_first = 0;
    std::size_t passes = 0;
    bool rounds = false;
    descend(
        system,
        [&](const float* p, float* out, float rest) {
            if (passes == 0)
                at_first = rest;
            rounds = rounds || (system.rounded_rows && may_round(passes, rest, at_first));
            ++passes;
            return rounds ? curvature_along(system, system.rounded_rows, p, out)
                          : curvature_along(system, system.rows, p, out);
        },
        x, most, scratch, judge);
    return judge.settled();
}

} // namespace hybrec::detail
