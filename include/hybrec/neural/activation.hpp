// SPDX-License-Identifier: MIT
/// @file
/// Activations: functions of single values.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <cmath>
#include <cstddef>

namespace hybrec::neural {

namespace detail {

struct relu_function {
    /// NaN stays NaN, for the trainer to see.
    template <class T>
    [[nodiscard]] static T value(T x) noexcept {
        return x < T{0} ? T{0} : x;
    }
    template <class T>
    [[nodiscard]] static T slope(T y) noexcept {
        return y > T{0} ? T{1} : T{0};
    }
};

struct sigmoid_function {
    template <class T>
    [[nodiscard]] static T value(T x) noexcept {
        return T{1} / (T{1} + std::exp(-x));
    }
    template <class T>
    [[nodiscard]] static T slope(T y) noexcept {
        return y * (T{1} - y);
    }
};

struct tanh_function {
    template <class T>
    [[nodiscard]] static T value(T x) noexcept {
        return std::tanh(x);
    }
    template <class T>
    [[nodiscard]] static T slope(T y) noexcept {
        return T{1} - y * y;
    }
};

} // namespace detail

/// y = f(x) for every value. `Function` gives f(x), and f′ as a function of y.
template <class Function, class T>
class activation {
  public:
    using value_type = T;
    using workspace = no_workspace;

    [[nodiscard]] std::size_t outputs(std::size_t inputs) const noexcept { return inputs; }

    void apply(const matrix<T>& in, matrix<T>& out, workspace&, const execution& where) const {
        out.resize(in.rows(), in.columns());
        for_each_row(in.rows(), where, [&](std::size_t row) {
            const T* const x = in.row(row);
            T* const y = out.row(row);
            for (std::size_t at = 0; at < in.columns(); ++at)
                y[at] = Function::value(x[at]);
        });
    }
    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        apply(in, out, memory, pass.where);
    }
    void backward(const matrix<T>&, const matrix<T>& out, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace&, const pass& pass) {
        in_gradient.resize(out.rows(), out.columns());
        for_each_row(out.rows(), pass.where, [&](std::size_t row) {
            const T* const y = out.row(row);
            const T* const from = out_gradient.row(row);
            T* const to = in_gradient.row(row);
            for (std::size_t at = 0; at < out.columns(); ++at)
                to[at] = from[at] * Function::slope(y[at]);
        });
    }
    template <class Visitor>
    void visit(Visitor&&) const noexcept {}

    friend bool operator==(const activation&, const activation&) = default;
};

/// max(x, 0); its derivative at 0 is 0.
template <class T = float>
using relu = activation<detail::relu_function, T>;
/// 1 / (1 + e⁻ˣ).
template <class T = float>
using sigmoid = activation<detail::sigmoid_function, T>;
template <class T = float>
using tanh = activation<detail::tanh_function, T>;

static_assert(layer<relu<float>> && layer<sigmoid<float>> && layer<tanh<float>>);

} // namespace hybrec::neural
