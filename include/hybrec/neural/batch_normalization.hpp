// SPDX-License-Identifier: MIT
/// @file
/// Batch normalization.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
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
        matrix<T> parts;             ///< sums of blocks of rows
        matrix<T> first, second, third;
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
        const std::size_t rows = in.rows(), size = in.columns();
        const T count = static_cast<T>(rows);
        out.resize(rows, size);
        memory.normalized.resize(rows, size);
        matrix<T>& mean = memory.first;
        matrix<T>& squares = memory.second;
        sum_rows(rows, size, memory, mean, pass, [&](std::size_t row, std::size_t at, line& sum) {
            for (std::size_t j = 0; j < width; ++j)
                sum[j] += in.row(row)[at + j];
        });
        for (std::size_t at = 0; at < mean.stride(); ++at)
            mean.data()[at] /= count;
        sum_rows(rows, size, memory, squares, pass,
                 [&](std::size_t row, std::size_t at, line& sum) {
                     for (std::size_t j = 0; j < width; ++j) {
                         const T deviation = in.row(row)[at + j] - mean.data()[at + j];
                         sum[j] += deviation * deviation;
                     }
                 });
        matrix<T>& inverse = memory.inverse_deviation;
        inverse.resize(1, size); // the padding stays 0, and so that of the results
        for (std::size_t at = 0; at < size; ++at) {
            inverse(0, at) = T{1} / std::sqrt(squares(0, at) / count + epsilon());
            remember(at, mean(0, at), squares(0, at), rows);
        }
        for_each_line(rows, size, pass, [&](std::size_t row, std::size_t at) {
            line normal, result;
            for (std::size_t j = 0; j < width; ++j) {
                normal[j] = (in.row(row)[at + j] - mean.data()[at + j]) * inverse.data()[at + j];
                result[j] = scale_.value.data()[at + j] * normal[j] + shift_.value.data()[at + j];
            }
            std::copy_n(normal.data(), width, memory.normalized.row(row) + at);
            std::copy_n(result.data(), width, out.row(row) + at);
        });
    }

    /// With x̂ = (x − μ)/√(σ² + ε): ∂β = Σ∂y, ∂γ = Σ∂y·x̂,
    /// ∂x = γ/√(σ² + ε)·(∂y − (∂β + x̂·∂γ)/n).
    void backward(const matrix<T>& in, const matrix<T>&, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace& memory, const pass& pass) {
        const std::size_t rows = in.rows(), size = in.columns();
        const T count = static_cast<T>(rows);
        const matrix<T>& normalized = memory.normalized;
        in_gradient.resize(rows, size);
        sum_rows(rows, size, memory, shift_.gradient, pass,
                 [&](std::size_t row, std::size_t at, line& sum) {
                     for (std::size_t j = 0; j < width; ++j)
                         sum[j] += out_gradient.row(row)[at + j];
                 });
        sum_rows(rows, size, memory, scale_.gradient, pass,
                 [&](std::size_t row, std::size_t at, line& sum) {
                     for (std::size_t j = 0; j < width; ++j)
                         sum[j] += out_gradient.row(row)[at + j] * normalized.row(row)[at + j];
                 });
        matrix<T>&factor = memory.first, &mean_shift = memory.second, &mean_scale = memory.third;
        for (matrix<T>* each : {&factor, &mean_shift, &mean_scale})
            each->resize(1, size);
        for (std::size_t at = 0; at < size; ++at) {
            factor(0, at) = scale_.value(0, at) * memory.inverse_deviation(0, at);
            mean_shift(0, at) = shift_.gradient(0, at) / count;
            mean_scale(0, at) = scale_.gradient(0, at) / count;
        }
        for_each_line(rows, size, pass, [&](std::size_t row, std::size_t at) {
            line slope;
            for (std::size_t j = 0; j < width; ++j)
                slope[j] = factor.data()[at + j] *
                           (out_gradient.row(row)[at + j] - mean_shift.data()[at + j] -
                            normalized.row(row)[at + j] * mean_scale.data()[at + j]);
            std::copy_n(slope.data(), width, in_gradient.row(row) + at);
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

    static constexpr std::size_t block = 4 * rows_at_once; // rows whose sums are one part

    template <class Body>
    static void for_each_line(std::size_t rows, std::size_t columns, const pass& pass,
                              Body&& body) {
        for_each_row(rows, pass.where, [&](std::size_t row) {
            for (std::size_t at = 0; at < columns; at += width)
                body(row, at);
        });
    }
    /// Σ over the rows of what `add(row, column, sums of a line)` adds. Memory is read in its order:
    /// threads take blocks of rows, whose sums are then added in theirs.
    template <class Add>
    static void sum_rows(std::size_t rows, std::size_t columns, workspace& memory, matrix<T>& total,
                         const pass& pass, Add&& add) {
        matrix<T>& parts = memory.parts;
        parts.resize((rows + block - 1) / block, columns);
        pass.where.threads().for_chunks_with_affinity(
            rows, block,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t at = 0; at < columns; at += width) {
                    line sum{};
                    for (std::size_t row = begin; row < end; ++row)
                        add(row, at, sum);
                    std::copy_n(sum.data(), width, parts.row(begin / block) + at);
                }
            },
            pass.where.stop);
        total.resize(1, columns);
        total.fill_zero();
        for (std::size_t part = 0; part < parts.rows(); ++part)
            simd::axpy(T{1}, parts.row(part), total.data(), total.stride());
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

} // namespace hybrec::neural
