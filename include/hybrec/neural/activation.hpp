// SPDX-License-Identifier: MIT
/// @file
/// Activations: functions of single values.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/math.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec::neural {

namespace detail {

struct relu_function {
    /// NaN stays NaN, for the trainer to see.
    template <class T, class Arch>
    [[nodiscard]] static auto value(const simd::batch<T, Arch>& x) noexcept {
        const auto zero = simd::broadcast<T, Arch>(T{0});
        return xsimd::select(x < zero, zero, x);
    }
    template <class T, class Arch>
    [[nodiscard]] static auto slope(const simd::batch<T, Arch>& y) noexcept {
        const auto zero = simd::broadcast<T, Arch>(T{0});
        return xsimd::select(y > zero, simd::broadcast<T, Arch>(T{1}), zero);
    }
};

struct sigmoid_function {
    template <class T, class Arch>
    [[nodiscard]] static auto value(const simd::batch<T, Arch>& x) noexcept {
        return simd::sigmoid<T, Arch>(x);
    }
    template <class T, class Arch>
    [[nodiscard]] static auto slope(const simd::batch<T, Arch>& y) noexcept {
        return y * (simd::broadcast<T, Arch>(T{1}) - y);
    }
};

struct tanh_function {
    template <class T, class Arch>
    [[nodiscard]] static auto value(const simd::batch<T, Arch>& x) noexcept {
        return simd::tanh<T, Arch>(x);
    }
    template <class T, class Arch>
    [[nodiscard]] static auto slope(const simd::batch<T, Arch>& y) noexcept {
        return simd::subtract_product(y, y, simd::broadcast<T, Arch>(T{1}));
    }
};

/// One row: y = f(x). The padding, which registers run over, is zero again afterwards.
template <class Function, class T, class Arch = simd::default_arch>
void activate(const T* x, T* y, std::size_t columns, std::size_t stride) noexcept {
    for (std::size_t at = 0; at < stride; at += simd::width<T, Arch>)
        Function::value(simd::load<T, Arch>(x + at)).store_aligned(y + at);
    std::fill(y + columns, y + stride, T{0});
}

/// to = from·f′. The padding stays zero, as that of `from` is.
template <class Function, class T, class Arch = simd::default_arch>
void multiply_by_slope(const T* y, const T* from, T* to, std::size_t stride) noexcept {
    for (std::size_t at = 0; at < stride; at += simd::width<T, Arch>)
        (simd::load<T, Arch>(from + at) * Function::slope(simd::load<T, Arch>(y + at)))
            .store_aligned(to + at);
}

} // namespace detail

/// y = f(x) for every value. `Function` gives f(x) of a register, and f′ as a function of y.
template <class Function, class T>
class activation {
  public:
    using value_type = T;
    using workspace = no_workspace;

    [[nodiscard]] std::size_t outputs(std::size_t inputs) const noexcept { return inputs; }

    void apply(const matrix<T>& in, matrix<T>& out, workspace&, const execution& where) const {
        out.resize(in.rows(), in.columns());
        for_each_row(in.rows(), where, [&](std::size_t row) {
            detail::activate<Function>(in.row(row), out.row(row), in.columns(), in.stride());
        });
    }
    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        apply(in, out, memory, pass.where);
    }
    void backward(const matrix<T>&, const matrix<T>& out, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace&, const pass& pass) {
        in_gradient.resize(out.rows(), out.columns());
        for_each_row(out.rows(), pass.where, [&](std::size_t row) {
            detail::multiply_by_slope<Function>(out.row(row), out_gradient.row(row),
                                                in_gradient.row(row), out.stride());
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

} // namespace hybrec::neural
