// SPDX-License-Identifier: MIT
/// @file
/// Layer normalization.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec::neural {

/// y = γ·(x − μ)/√(σ² + ε) + β with mean and variance (divisor: the number of columns) of each row
/// (Ba, Kiros, Hinton 2016, equation 4).
template <class T = float>
class layer_normalization {
  public:
    using value_type = T;
    struct workspace {
        matrix<T> normalized;        ///< (x − μ)/√(σ² + ε)
        matrix<T> inverse_deviation; ///< one per row
    };

    layer_normalization() = default;
    explicit layer_normalization(std::size_t columns, double epsilon = 1e-5)
        : epsilon_{epsilon}, scale_{1, columns}, shift_{1, columns} {
        std::fill_n(scale_.value.data(), columns, T{1});
    }

    [[nodiscard]] std::size_t outputs(std::size_t = 0) const noexcept {
        return scale_.value.columns();
    }

    void apply(const matrix<T>& in, matrix<T>& out, workspace& memory,
               const execution& where) const {
        const std::size_t columns = in.columns();
        const auto count = static_cast<T>(columns);
        out.resize(in.rows(), columns);
        memory.normalized.resize(in.rows(), columns);
        memory.inverse_deviation.resize(in.rows(), 1);
        for_each_row(in.rows(), where, [&](std::size_t row) {
            const T* const x = in.row(row);
            T mean{0}, variance{0};
            for (std::size_t at = 0; at < columns; ++at)
                mean += x[at];
            mean /= count;
            for (std::size_t at = 0; at < columns; ++at)
                variance += (x[at] - mean) * (x[at] - mean);
            const T inverse = T{1} / std::sqrt(variance / count + static_cast<T>(epsilon_));
            memory.inverse_deviation(row, 0) = inverse;
            for (std::size_t at = 0; at < columns; ++at) {
                const T value = (x[at] - mean) * inverse;
                memory.normalized(row, at) = value;
                out(row, at) = scale_.value(0, at) * value + shift_.value(0, at);
            }
        });
    }
    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        apply(in, out, memory, pass.where);
    }

    /// As `batch_normalization`, with means over the row, of g = γ·∂y.
    void backward(const matrix<T>& in, const matrix<T>&, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace& memory, const pass& pass) {
        const std::size_t columns = in.columns();
        const auto count = static_cast<T>(columns);
        in_gradient.resize(in.rows(), columns);
        for_each_row(in.rows(), pass.where, [&](std::size_t row) {
            const T* const normalized = memory.normalized.row(row);
            const T* const slope = out_gradient.row(row);
            T total{0}, product{0};
            for (std::size_t at = 0; at < columns; ++at) {
                const T scaled = scale_.value(0, at) * slope[at];
                total += scaled;
                product += scaled * normalized[at];
            }
            for (std::size_t at = 0; at < columns; ++at)
                in_gradient(row, at) = memory.inverse_deviation(row, 0) *
                                       (scale_.value(0, at) * slope[at] - total / count -
                                        normalized[at] * product / count);
        });
        scale_.gradient.fill_zero();
        shift_.gradient.fill_zero();
        for (std::size_t row = 0; row < in.rows(); ++row)
            for (std::size_t at = 0; at < columns; ++at) {
                scale_.gradient(0, at) += out_gradient(row, at) * memory.normalized(row, at);
                shift_.gradient(0, at) += out_gradient(row, at);
            }
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(scale_);
        visitor(shift_);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visitor(scale_);
        visitor(shift_);
    }

    friend bool operator==(const layer_normalization&, const layer_normalization&) = default;

  private:
    double epsilon_ = 1e-5;
    parameter<T> scale_;
    parameter<T> shift_;
};

} // namespace hybrec::neural
