// SPDX-License-Identifier: MIT
/// @file
/// Dropout.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// In training, each value is 0 with probability `rate` and else divided by 1 − rate (Srivastava et
/// al. 2014, in the inverted form that leaves inference alone).
///
/// Which values are dropped depends on the seed, the step, the layer's `stream` and the place alone;
/// the backward pass draws them again instead of remembering them.
template <class T = float>
class dropout {
  public:
    using value_type = T;
    using workspace = no_workspace;

    dropout() = default;
    /// @param stream tells the dropouts of a network apart; below 2¹⁶
    explicit dropout(double rate, std::uint64_t stream = 0) : rate_{rate}, stream_{stream} {
        require_option(rate >= 0 && rate < 1, "dropout", "rate", rate, "at least 0 and below 1");
    }

    [[nodiscard]] std::size_t outputs(std::size_t inputs) const noexcept { return inputs; }

    void apply(const matrix<T>& in, matrix<T>& out, workspace&, const execution&) const {
        out.resize(in.rows(), in.columns());
        std::copy_n(in.data(), in.size(), out.data());
    }
    void forward(const matrix<T>& in, matrix<T>& out, workspace&, const pass& pass) {
        drop(in, out, pass);
    }
    void backward(const matrix<T>&, const matrix<T>&, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace&, const pass& pass) {
        drop(out_gradient, in_gradient, pass);
    }
    template <class Visitor>
    void visit(Visitor&&) const noexcept {}

    friend bool operator==(const dropout&, const dropout&) = default;

  private:
    void drop(const matrix<T>& in, matrix<T>& out, const pass& pass) const {
        const counter_random random{pass.seed, pass.step << 16 | stream_};
        const auto bound = static_cast<std::uint64_t>(rate_ * 0x1p32);
        const T scale = T{1} / static_cast<T>(1 - rate_);
        out.resize(in.rows(), in.columns());
        const std::size_t pairs = (in.columns() + 1) / 2;
        for_each_row(in.rows(), pass.where, [&](std::size_t row) {
            const T* const x = in.row(row);
            T* const y = out.row(row);
            for (std::size_t pair = 0; pair < pairs; ++pair) { // one draw serves two values
                const std::uint64_t bits = random.bits(row * pairs + pair);
                y[2 * pair] = (bits & 0xFFFFFFFF) < bound ? T{0} : scale * x[2 * pair];
                if (2 * pair + 1 < in.columns())
                    y[2 * pair + 1] = (bits >> 32) < bound ? T{0} : scale * x[2 * pair + 1];
            }
        });
    }

    double rate_ = 0;
    std::uint64_t stream_ = 0;
};

static_assert(layer<dropout<float>>);

} // namespace hybrec::neural
