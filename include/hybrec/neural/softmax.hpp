// SPDX-License-Identifier: MIT
/// @file
/// Softmax of every row.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec::neural {

/// y[i] = e^x[i] / Σ e^x[j] in place, with the largest x taken off first so that nothing overflows.
/// @pre `size` is above 0.
template <class T>
void softmax_of(T* values, std::size_t size) noexcept {
    const T largest = *std::max_element(values, values + size);
    T total{0};
    for (std::size_t at = 0; at < size; ++at) {
        values[at] = std::exp(values[at] - largest);
        total += values[at];
    }
    for (std::size_t at = 0; at < size; ++at)
        values[at] /= total;
}

/// ∂x[i] = y[i]·(∂y[i] − Σ ∂y[j]·y[j]), for y from `softmax_of`. `gradient` may be `out_gradient`.
template <class T>
void softmax_gradient(const T* out, const T* out_gradient, T* gradient, std::size_t size) noexcept {
    T total{0};
    for (std::size_t at = 0; at < size; ++at)
        total += out_gradient[at] * out[at];
    for (std::size_t at = 0; at < size; ++at)
        gradient[at] = out[at] * (out_gradient[at] - total);
}

/// The softmax of every row.
template <class T = float>
class softmax {
  public:
    using value_type = T;
    using workspace = no_workspace;

    [[nodiscard]] std::size_t outputs(std::size_t inputs) const noexcept { return inputs; }

    void apply(const matrix<T>& in, matrix<T>& out, workspace&, const execution& where) const {
        out.resize(in.rows(), in.columns());
        for_each_row(in.rows(), where, [&](std::size_t row) {
            std::copy_n(in.row(row), in.columns(), out.row(row));
            softmax_of(out.row(row), in.columns());
        });
    }
    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        apply(in, out, memory, pass.where);
    }
    void backward(const matrix<T>&, const matrix<T>& out, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace&, const pass& pass) {
        in_gradient.resize(out.rows(), out.columns());
        for_each_row(out.rows(), pass.where, [&](std::size_t row) {
            softmax_gradient(out.row(row), out_gradient.row(row), in_gradient.row(row),
                             out.columns());
        });
    }
    template <class Visitor>
    void visit(Visitor&&) const noexcept {}

    friend bool operator==(const softmax&, const softmax&) = default;
};

} // namespace hybrec::neural
