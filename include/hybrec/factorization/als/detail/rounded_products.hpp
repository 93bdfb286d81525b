// SPDX-License-Identifier: MIT
/// @file
/// Systems whose products are of values rounded to bfloat16, for processors that multiply these
/// faster than floats.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/syrk_bfloat16.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::detail {

/// Scratch memory of one thread; empty where the processor has no products of bfloat16.
struct rounded_workspace {
    rounded_workspace() = default;
    rounded_workspace(std::size_t factors, std::size_t longest_row)
        : panel{padded_size<float>(factors)},
          roots(padded_size<float>(longest_row)),
          right(padded_size<float>(factors)),
          step(padded_size<float>(factors)) {}

    /// Takes the roots of a row's weights. False if there is one without, and where products of `width`
    /// factors are not faster so: without products of bfloat16, and of a few.
    template <class = on_use>
    [[nodiscard]] bool prepare(const normal_equations<float>& system, std::size_t width) noexcept {
        if (roots.empty() || system.entries < 16 || width <= 32)
            return false;
        using arch = simd::default_arch;
        std::uint32_t negative = 0;
        for (std::size_t k = 0; k < system.entries; k += simd::width<float>) {
            const auto weights = simd::load<float, arch>(system.weights + k);
            negative |= simd::bits_of<arch>(weights < simd::broadcast<float, arch>(0.0F));
            simd::square_root(weights).store_aligned(roots.data() + k);
        }
        return negative == 0;
    }

    simd::bfloat16_panel panel;
    aligned_vector<float> roots; ///< of the weights
    aligned_vector<float> right; ///< b
    aligned_vector<float> step;
};

/// Assigns the upper triangle of Σ aₖ·yₖyₖᵀ, of √aₖ·yₖ rounded to bfloat16, to `matrix`, and adds Σ cₖ·yₖ to
/// `vector`, for the block of `width` factors from `from` on. @pre `scratch.prepare(system, …)` was true.
template <class = on_use>
void multiply_rounded(const normal_equations<float>& system, std::size_t from, std::size_t width,
                      const float* coefficients, float* matrix, float* vector,
                      rounded_workspace& scratch) noexcept {
    simd::syrk_bfloat16<simd::update::assign>(
        {system.rows, scratch.roots.data(), coefficients, system.entries}, from, system.far, matrix,
        width, width, vector, scratch.panel);
}

/// residual = b − A x, of whole floats.
template <class = on_use>
void write_residual(const normal_equations<float>& system, const float* right, const float* x,
                    float* residual) noexcept {
    const std::size_t size = system.padded;
    for (std::size_t at = 0; at < size; ++at)
        residual[at] = right[at] - system.diagonal[at] * x[at];
    for (std::size_t factor = 0; system.gram && factor < system.factors; ++factor)
        simd::axpy(-x[factor], system.gram + factor * size, residual, size);
    // Vectors from afar are asked for while those before them are added.
    const std::size_t block = system.far ? 32 : system.entries;
    for (std::size_t begin = 0, end = 0; begin < system.entries; begin = end) {
        end = std::min(begin + block, system.entries);
        for (std::size_t k = end; k < std::min(end + block, system.entries); ++k)
            simd::prefetch(system.rows[k], size);
        const float* const weights = system.weights + begin;
        simd::gathered_dot_axpy(system.rows + begin, end - begin, x, size, residual,
                                [weights](std::size_t k, const auto& along) {
                                    using arch = simd::default_arch;
                                    return simd::subtract_product(
                                        simd::load_lanes<float, arch>(weights + k), along,
                                        simd::broadcast<float, arch>(0.0F));
                                });
    }
}

/// Solves A x = b by a Cholesky factorization of A with rounded products, and steps of iterative refinement
/// with residuals of whole floats (Higham 2002, "Accuracy and Stability of Numerical Algorithms", chapter 12;
/// Carson and Higham 2018 on factorizations in a lower precision). A step brings the rounding, 2⁻⁸ and less,
/// down by itself: on ml1m one is enough for most rows, and errors are those of a factorization in floats.
///
/// False if the factorization fails, or the steps do not shrink fast: x is then of no use, and whole floats
/// have to be factorized. `matrix` is overwritten. @pre `scratch.prepare(system, …)` was true.
template <class = on_use>
[[nodiscard]] bool solve_refined(const normal_equations<float>& system, float* x, float* matrix,
                                 rounded_workspace& scratch) noexcept {
    // What is left is about the last step times what it is of the one before, both relative to x.
    constexpr float enough = 1e-5F, slow = 0.25F;
    const std::size_t size = system.padded;
    float* const right = scratch.right.data();
    float* const step = scratch.step.data();
    std::fill_n(right, size, 0.0F);
    multiply_rounded(system, 0, size, system.targets, matrix, right, scratch);
    for (std::size_t i = 0; system.gram && i < system.factors; ++i)
        simd::axpy(1.0F, system.gram + i * size, matrix + i * size, size);
    for (std::size_t factor = 0; factor < system.factors; ++factor)
        matrix[factor * size + factor] += system.diagonal[factor];
    if (simd::cholesky_upper(matrix, size, system.factors) != system.factors)
        return false;
    std::copy_n(right, size, x);
    simd::cholesky_solve(matrix, size, system.factors, x);
    for (float before = 1;;) {
        write_residual(system, right, x, step);
        simd::cholesky_solve(matrix, size, system.factors, step);
        simd::axpy(1.0F, step, x, size);
        const float moved = simd::dot(step, step, size);
        const float now = std::sqrt(moved / simd::dot(x, x, size));
        if (moved == 0 || now * now <= enough * before)
            return true;
        if (!(now <= slow * before)) // as well if it is not a number
            return false;
        before = now;
    }
}

} // namespace hybrec::detail
