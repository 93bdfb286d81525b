// SPDX-License-Identifier: MIT
/// @file
/// Improves each row by one Newton step per block of factors (iALS++).
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/syrk.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace hybrec {

/// Block coordinate descent (Rendle, Krichene, Zhang, Koren 2021, "iALS++: Speeding up matrix
/// factorization with subspace optimization"): the factors are divided into blocks, and each block
/// of a row is solved exactly while the others stand still. As the fixed side does not change
/// during a half-iteration, all blocks of a row are visited before the next row.
/// Complexity of a row with n entries, f factors and blocks of d: O(n·f·d + f² + f·d²/3).
struct subspace {
    std::size_t block = 64; ///< factors per block, 1 … 2048; rounded up to whole 64-byte lines

    template <class Value>
    struct workspace {
        static constexpr std::size_t panel_rows = 64;

        workspace(std::size_t factors, std::size_t longest_row)
            : padded{padded_size<Value>(factors)},
              matrix(padded * padded),
              step(padded),
              panel(panel_rows * padded),
              weighted_panel(panel_rows * padded),
              predictions(longest_row) {}

        std::size_t padded;
        aligned_vector<Value> matrix;
        aligned_vector<Value> step;
        aligned_vector<Value> panel;
        aligned_vector<Value> weighted_panel;
        std::vector<Value> predictions;
    };

    [[nodiscard]] static std::string name() { return "subspace"; }
    void check() const {
        require_option(block >= 1 && block <= 2048, name(), "block", static_cast<double>(block),
                       "1 to 2048");
    }
    void save(archive_writer auto& archive) const {
        archive.write_integer("block", static_cast<std::int64_t>(block));
    }
    [[nodiscard]] static subspace load(archive_reader auto& archive) {
        const std::int64_t block = archive.read_integer("block");
        if (block < 1 || block > 2048)
            archive.refuse("block", "expected 1 to 2048, found " + std::to_string(block));
        return {.block = static_cast<std::size_t>(block)};
    }

    template <class Value>
    [[nodiscard]] bool solve(const normal_equations<Value>& system, Value* x,
                             workspace<Value>& scratch) const noexcept {
        const std::size_t width = padded_size<Value>(block);
        for (std::size_t k = 0; k < system.rows.size(); ++k)
            scratch.predictions[k] = simd::dot(system.rows[k], x, system.padded);
        for (std::size_t begin = 0; begin < system.factors; begin += width)
            if (!solve_block(system, x, begin, std::min(width, system.padded - begin), scratch))
                return false;
        return true;
    }

    friend bool operator==(const subspace&, const subspace&) = default;

  private:
    /// x_B −= H⁻¹·g with g and H the gradient and Hessian of the row's loss in block B.
    template <class Value>
    static bool solve_block(const normal_equations<Value>& system, Value* x, std::size_t begin,
                            std::size_t width, workspace<Value>& scratch) noexcept {
        const std::size_t size = system.padded;
        const std::size_t used = std::min(width, system.factors - begin);
        Value* gradient = scratch.step.data();
        Value* hessian = scratch.matrix.data();

        simd::dot_rows(x, system.gram + begin * size, size, width, size, gradient);
        simd::axpy(system.regularization, x + begin, gradient, width);
        for (std::size_t row = 0; row < width; ++row)
            std::copy_n(system.gram + (begin + row) * size + begin, width, hessian + row * width);
        for (std::size_t row = 0; row < used; ++row)
            hessian[row * width + row] += system.regularization;

        for (std::size_t first = 0; first < system.rows.size();
             first += workspace<Value>::panel_rows) {
            const std::size_t depth =
                std::min(workspace<Value>::panel_rows, system.rows.size() - first);
            for (std::size_t r = 0; r < depth; ++r) {
                const std::size_t k = first + r;
                const Value* row = system.rows[k] + begin;
                simd::axpy(system.weights[k] * scratch.predictions[k] - system.targets[k], row,
                           gradient, width);
                std::copy_n(row, width, scratch.panel.data() + r * width);
                simd::scale(system.weights[k], row, scratch.weighted_panel.data() + r * width,
                            width);
            }
            simd::syrk_upper(scratch.weighted_panel.data(), scratch.panel.data(), width, depth,
                             hessian, width, width);
        }
        if (simd::cholesky_upper(hessian, width, used) != used)
            return false;
        simd::cholesky_solve(hessian, width, used, gradient);
        simd::axpy(Value{-1}, gradient, x + begin, width);
        for (std::size_t k = 0; k < system.rows.size(); ++k)
            scratch.predictions[k] -= simd::dot(system.rows[k] + begin, gradient, width);
        return true;
    }
};

static_assert(least_squares_solver<subspace, float> && least_squares_solver<subspace, double>);

} // namespace hybrec
