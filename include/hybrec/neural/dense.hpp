// SPDX-License-Identifier: MIT
/// @file
/// The fully connected layer.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/gemm_transposed.hpp>
#include <hybrec/simd/tile.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>

namespace hybrec::neural {

/// y = x·W + b. The weights are stored as inputs × outputs.
template <class T = float>
class dense {
  public:
    using value_type = T;
    struct workspace {
        matrix<T> transposed; ///< Wᵀ
    };

    dense() = default;
    /// Weights and bias start uniform on ±1/√inputs.
    dense(std::size_t inputs, std::size_t outputs, const counter_random& random)
        : weights_{inputs, outputs}, bias_{1, outputs} {
        const double bound = 1 / std::sqrt(static_cast<double>(inputs));
        weights_.randomize(random, bound);
        for (std::size_t at = 0; at < outputs; ++at)
            bias_.value(0, at) =
                static_cast<T>(bound * (2 * random.uniform(inputs * outputs + at) - 1));
    }

    [[nodiscard]] std::size_t inputs() const noexcept { return weights_.value.rows(); }
    [[nodiscard]] std::size_t outputs(std::size_t = 0) const noexcept {
        return weights_.value.columns();
    }
    [[nodiscard]] const matrix<T>& weights() const noexcept { return weights_.value; }
    [[nodiscard]] const matrix<T>& bias() const noexcept { return bias_.value; }

    /// Complexity: O(rows · inputs · outputs), as of `backward`.
    void apply(const matrix<T>& in, matrix<T>& out, workspace&, const execution& where) const {
        assert(in.columns() == inputs());
        const matrix<T>& weights = weights_.value;
        out.resize(in.rows(), outputs());
        where.threads().for_chunks_with_affinity(
            in.rows(), rows_at_once,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t row = begin; row < end; ++row)
                    detail::copy_row(bias_.value.data(), out.row(row), out.stride());
                simd::gemm<T, simd::default_arch, simd::update::add>(
                    in.row(begin), in.stride(), weights.data(), weights.stride(), end - begin,
                    inputs(), out.stride(), out.row(begin), out.stride());
            },
            where.stop);
    }
    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        apply(in, out, memory, pass.where);
    }

    /// ∂W = xᵀ·∂y, ∂b = Σ ∂y, ∂x = ∂y·Wᵀ.
    void backward(const matrix<T>& in, const matrix<T>&, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace& memory, const pass& pass) {
        // Threads take stripes of W: every derivative is one sum over the batch in its order. Each
        // stripe reads all of ∂y, so wider ones read less.
        constexpr std::size_t stripe = 2 * simd::line<T>;
        pass.where.threads().for_chunks_with_affinity(
            inputs(), stripe,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                matrix<T>& target = weights_.gradient;
                simd::gemm_transposed(in.data() + begin, in.stride(), out_gradient.data(),
                                      out_gradient.stride(), end - begin, in.rows(),
                                      target.stride(), target.row(begin), target.stride());
            },
            pass.where.stop);
        bias_.gradient.fill_zero();
        for (std::size_t row = 0; row < in.rows(); ++row)
            simd::axpy(T{1}, out_gradient.row(row), bias_.gradient.data(), out_gradient.stride());

        matrix<T>& transposed = memory.transposed;
        transposed.resize(outputs(), inputs());
        for (std::size_t row = 0; row < inputs(); ++row)
            for (std::size_t column = 0; column < outputs(); ++column)
                transposed(column, row) = weights_.value(row, column);
        in_gradient.resize(in.rows(), inputs());
        pass.where.threads().for_chunks_with_affinity(
            in.rows(), rows_at_once,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                simd::gemm(out_gradient.row(begin), out_gradient.stride(), transposed.data(),
                           transposed.stride(), end - begin, outputs(), transposed.stride(),
                           in_gradient.row(begin), in_gradient.stride());
            },
            pass.where.stop);
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(weights_);
        visitor(bias_);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visitor(weights_);
        visitor(bias_);
    }

    friend bool operator==(const dense&, const dense&) = default;

  private:
    parameter<T> weights_;
    parameter<T> bias_;
};

} // namespace hybrec::neural
