// SPDX-License-Identifier: MIT
/// @file
/// Batch normalization.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/batch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <utility>

namespace hybrec::neural {

struct batch_normalization_options {
    double momentum = 0.1; ///< weight of the newest batch in the running mean and variance
    double epsilon = 1e-5; ///< added to the variance
};

/// y = γ·(x − μ)/√(σ² + ε) + β per column (Ioffe and Szegedy 2015, algorithm 1). In training μ and σ²
/// are those of the batch (divisor n); in inference running ones, which take the batch's variance
/// with divisor n − 1. A batch of one row leaves the running variance alone.
template <class T = float>
class batch_normalization {
  public:
    using value_type = T;
    struct workspace {
        matrix<T> normalized;        ///< (x − μ)/√(σ² + ε)
        matrix<T> inverse_deviation; ///< 1/√(σ² + ε)
    };

    batch_normalization() = default;
    explicit batch_normalization(std::size_t columns, batch_normalization_options options = {})
        : options_{options},
          scale_{1, columns},
          shift_{1, columns},
          mean_{1, columns, false},
          variance_{1, columns, false} {
        std::fill_n(scale_.value.data(), columns, T{1});
        std::fill_n(variance_.value.data(), columns, T{1});
    }

    [[nodiscard]] std::size_t outputs(std::size_t = 0) const noexcept {
        return scale_.value.columns();
    }

    /// What inference makes of a column is a line: its slope and its value at 0.
    [[nodiscard]] std::pair<T, T> line_of(std::size_t column) const noexcept {
        const T slope = scale_.value(0, column) / std::sqrt(variance_.value(0, column) + epsilon());
        return {slope, shift_.value(0, column) - slope * mean_.value(0, column)};
    }

    void apply(const matrix<T>& in, matrix<T>& out, workspace&, const execution& where) const {
        out.resize(in.rows(), in.columns());
        for_each_row(in.rows(), where, [&](std::size_t row) {
            for (std::size_t at = 0; at < in.columns(); ++at)
                out(row, at) = scale_.value(0, at) * (in(row, at) - mean_.value(0, at)) /
                                   std::sqrt(variance_.value(0, at) + epsilon()) +
                               shift_.value(0, at);
        });
    }

    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        const std::size_t rows = in.rows();
        out.resize(rows, in.columns());
        memory.normalized.resize(rows, in.columns());
        memory.inverse_deviation.resize(1, in.columns());
        for_each_line(in.columns(), pass, [&](std::size_t from, std::size_t count) {
            line mean{}, variance{};
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t j = 0; j < width; ++j)
                    mean[j] += in.row(row)[from + j];
            for (T& value : mean)
                value /= static_cast<T>(rows);
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t j = 0; j < width; ++j) {
                    const T deviation = in.row(row)[from + j] - mean[j];
                    variance[j] += deviation * deviation;
                }
            line inverse{};
            for (std::size_t j = 0; j < count; ++j) {
                inverse[j] = T{1} / std::sqrt(variance[j] / static_cast<T>(rows) + epsilon());
                memory.inverse_deviation.data()[from + j] = inverse[j];
                remember(from + j, mean[j], variance[j], rows);
            }
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t j = 0; j < width; ++j) { // the padding stays 0: inverse is 0 there
                    const T value = (in.row(row)[from + j] - mean[j]) * inverse[j];
                    memory.normalized.row(row)[from + j] = value;
                    out.row(row)[from + j] =
                        scale_.value.data()[from + j] * value + shift_.value.data()[from + j];
                }
        });
    }

    /// With x̂ = (x − μ)/√(σ² + ε): ∂β = Σ∂y, ∂γ = Σ∂y·x̂,
    /// ∂x = γ/√(σ² + ε)·(∂y − (∂β + x̂·∂γ)/n).
    void backward(const matrix<T>& in, const matrix<T>&, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace& memory, const pass& pass) {
        const std::size_t rows = in.rows();
        in_gradient.resize(rows, in.columns());
        for_each_line(in.columns(), pass, [&](std::size_t from, std::size_t) {
            line shift{}, scale{}, factor{};
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t j = 0; j < width; ++j) {
                    const T slope = out_gradient.row(row)[from + j];
                    shift[j] += slope;
                    scale[j] += slope * memory.normalized.row(row)[from + j];
                }
            for (std::size_t j = 0; j < width; ++j) {
                shift_.gradient.data()[from + j] = shift[j];
                scale_.gradient.data()[from + j] = scale[j];
                factor[j] =
                    scale_.value.data()[from + j] * memory.inverse_deviation.data()[from + j];
                shift[j] /= static_cast<T>(rows);
                scale[j] /= static_cast<T>(rows);
            }
            for (std::size_t row = 0; row < rows; ++row)
                for (std::size_t j = 0; j < width; ++j)
                    in_gradient.row(row)[from + j] =
                        factor[j] * (out_gradient.row(row)[from + j] - shift[j] -
                                     memory.normalized.row(row)[from + j] * scale[j]);
        });
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        visitor(scale_);
        visitor(shift_);
        visitor(mean_);
        visitor(variance_);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visitor(scale_);
        visitor(shift_);
        visitor(mean_);
        visitor(variance_);
    }

    friend bool operator==(const batch_normalization& left, const batch_normalization& right) {
        return left.scale_ == right.scale_ && left.shift_ == right.shift_ &&
               left.mean_ == right.mean_ && left.variance_ == right.variance_;
    }

  private:
    static constexpr std::size_t width = simd::line<T>;
    using line = std::array<T, width>;

    [[nodiscard]] T epsilon() const noexcept { return static_cast<T>(options_.epsilon); }

    /// Sums run down columns: a thread takes a cache line of them, with rows in their order.
    template <class Body>
    static void for_each_line(std::size_t columns, const pass& pass, Body&& body) {
        pass.where.threads().for_chunks(
            columns, width,
            [&](std::size_t begin, std::size_t end, std::size_t) { body(begin, end - begin); },
            pass.where.stop);
    }

    void remember(std::size_t column, T mean, T squares, std::size_t rows) noexcept {
        const T share = static_cast<T>(options_.momentum);
        T& running_mean = mean_.value.data()[column];
        running_mean += share * (mean - running_mean);
        if (rows < 2)
            return;
        T& running = variance_.value.data()[column];
        running += share * (squares / static_cast<T>(rows - 1) - running);
    }

    batch_normalization_options options_;
    parameter<T> scale_;
    parameter<T> shift_;
    parameter<T> mean_;
    parameter<T> variance_;
};

static_assert(layer<batch_normalization<float>>);

} // namespace hybrec::neural
