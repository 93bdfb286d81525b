// SPDX-License-Identifier: MIT
/// @file
/// Improves each row by one Newton step per block of factors (iALS++).
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/factorization/als/exact.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

namespace hybrec {

/// Block coordinate descent (Rendle, Krichene, Zhang, Koren 2021, "iALS++: Speeding up matrix
/// factorization with subspace optimization"): the factors are divided into blocks, and each block
/// of a row is solved exactly while the others stand still. As the fixed side does not change
/// during a half-iteration, all blocks of a row are visited before the next row. Rows with so few
/// entries that their exact solution costs less get that.
/// Complexity of a row with n entries, f factors and blocks of d: O(n·f·d + f·d²/3).
struct subspace {
    std::size_t block = 64; ///< factors per block, 1 … 2048; rounded up to whole 64-byte lines

    template <class Value>
    struct workspace {
        workspace(std::size_t factors, std::size_t longest_row)
            : exact_rows{factors, longest_row},
              gradient(padded_size<Value>(factors)),
              predictions(padded_size<Value>(longest_row)) {}

        exact::workspace<Value> exact_rows;
        aligned_vector<Value> gradient;
        aligned_vector<Value> predictions;
    };

    static constexpr bool uses_start = true;
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
        if (exact_is_cheaper(system, width))
            return exact{}.solve(system, x, scratch.exact_rows);
        simd::gathered_dot(system.rows, system.entries, x, system.padded,
                           scratch.predictions.data());
        bool rounded = false;
        if constexpr (std::is_same_v<Value, float>)
            rounded = scratch.exact_rows.rounded.prepare(system, width);
        for (std::size_t begin = 0; begin < system.factors; begin += width)
            if (!solve_block(system, x, begin, std::min(width, system.padded - begin), rounded,
                             scratch))
                return false;
        return true;
    }

    friend bool operator==(const subspace&, const subspace&) = default;

  private:
    template <class Value>
    static bool exact_is_cheaper(const normal_equations<Value>& system,
                                 std::size_t width) noexcept {
        if (width >= system.padded)
            return true; // a single block is the whole system
        const auto n = static_cast<double>(system.entries);
        const auto f = static_cast<double>(system.padded);
        const auto d = static_cast<double>(width);
        return n * n * f + n * n * n / 3 < n * f * d + f * d * d / 3 && exact::prefers_dual(system);
    }

    /// x_B −= H⁻¹·g with g and H the gradient and Hessian of the row's loss in block B.
    /// @param rounded whether H may be of rounded products
    template <class Value>
    static bool solve_block(const normal_equations<Value>& system, Value* x, std::size_t begin,
                            std::size_t width, bool rounded, workspace<Value>& scratch) noexcept {
        const std::size_t used = std::min(width, system.factors - begin);
        Value* const gradient = scratch.gradient.data();
        Value* const predictions = scratch.predictions.data();
        Value* const errors = scratch.exact_rows.coefficients.data();
        Value* const hessian = scratch.exact_rows.matrix.data();
        const std::size_t all = padded_size<Value>(system.entries);
        for (std::size_t k = 0; k < all; ++k)
            errors[k] = system.weights[k] * predictions[k] - system.targets[k];
        const auto set_up = [&](auto&& add_entries) {
            simd::multiply(system.diagonal + begin, x + begin, gradient, width);
            add_entries();
            for (std::size_t factor = 0; factor < used; ++factor)
                hessian[factor * width + factor] += system.diagonal[begin + factor];
            return simd::cholesky_upper(hessian, width, used) == used;
        };
        bool ready = false;
        if constexpr (std::is_same_v<Value, float>)
            if (rounded)
                ready = set_up([&] {
                    detail::multiply_rounded(system, begin, width, errors, hessian, gradient,
                                             scratch.exact_rows.rounded);
                });
        if (!ready && !set_up([&] {
                exact::add_entries(system, begin, width, false, hessian, errors, gradient,
                                   scratch.exact_rows);
            }))
            return false;
        simd::cholesky_solve(hessian, width, used, gradient);
        simd::axpy(Value{-1}, gradient, x + begin, width);
        if (begin + width < system.factors) {
            simd::gathered_dot(system.rows, system.entries, gradient, width, errors, begin);
            for (std::size_t k = 0; k < all; ++k)
                predictions[k] -= errors[k];
        }
        return true;
    }
};

} // namespace hybrec
