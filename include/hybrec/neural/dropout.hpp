// SPDX-License-Identifier: MIT
/// @file
/// Dropout.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/philox.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
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
    static constexpr std::size_t lanes = 16;          // blocks of random numbers side by side
    static constexpr std::size_t at_once = 4 * lanes; // values that they decide

    void drop(const matrix<T>& in, matrix<T>& out, const pass& pass) const {
        static_assert(rows_at_once * simd::line<T> % at_once == 0);
        const auto bound = static_cast<std::uint32_t>(rate_ * 0x1p32);
        const T scale = T{1} / static_cast<T>(1 - rate_);
        const std::uint64_t stream = pass.step << 16 | stream_;
        out.resize(in.rows(), in.columns());
        pass.where.threads().for_chunks_with_affinity(
            in.size(), rows_at_once * in.stride(),
            [&](std::size_t begin, std::size_t end, std::size_t) {
                alignas(table_alignment) std::array<T, at_once> factors;
                alignas(table_alignment) std::array<std::uint32_t, at_once> draws;
                const T kept = scale; // by value, which the compiler knows to stay
                const std::uint32_t limit = bound;
                for (std::size_t at = begin; at < end; at += at_once) {
                    simd::philox_blocks<lanes>(pass.seed, stream, at / at_once * lanes,
                                               draws.data());
                    for (std::size_t j = 0; j < at_once; ++j)
                        factors[j] = draws[j] < limit ? T{0} : kept;
                    simd::multiply(factors.data(), in.data() + at, out.data() + at,
                                   std::min(at_once, end - at));
                }
            },
            pass.where.stop);
    }

    double rate_ = 0;
    std::uint64_t stream_ = 0;
};

} // namespace hybrec::neural
