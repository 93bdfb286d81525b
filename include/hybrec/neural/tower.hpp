// SPDX-License-Identifier: MIT
/// @file
/// A deep network of as many hidden layers as options say, with one output.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/batch_normalization.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/dropout.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gemm.hpp>
#include <hybrec/simd/vector.hpp>

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::neural {

/// The shape of a `tower`.
struct tower_shape {
    std::vector<std::size_t> hidden; ///< widths of the hidden layers
    bool normalize = false;          ///< batch normalization after their activation
    double dropout = 0;              ///< after that; at least 0 and below 1
};

/// Hidden layers [dense, max(x, 0), batch normalization, dropout], the latter two by choice; then a
/// dense layer of one output. Itself a layer.
template <class T = float>
class tower {
  public:
    using value_type = T;
    struct hidden_layer {
        dense<T> map;
        batch_normalization<T> norm;
        dropout<T> drop;
        friend bool operator==(const hidden_layer&, const hidden_layer&) = default;
    };
    struct workspace {
        struct level {
            matrix<T> active; ///< max(x·W + b, 0)
            matrix<T> out;    ///< of the hidden layer, if it has more than that
            matrix<T> gradient, inner_gradient;
            typename dense<T>::workspace map;
            typename batch_normalization<T>::workspace norm;
        };
        std::vector<level> levels;
        typename dense<T>::workspace last;
        no_workspace drop;
    };

    tower() = default;
    /// @param random the layers use the streams from `stream` on
    tower(std::size_t inputs, const tower_shape& shape, const counter_random& random,
          std::uint64_t stream)
        : normalizes_{shape.normalize}, drops_{shape.dropout > 0} {
        for (const std::size_t width : shape.hidden) {
            hidden_.push_back(
                {dense<T>{inputs, width, random.stream(stream)},
                 shape.normalize ? batch_normalization<T>{width} : batch_normalization<T>{},
                 dropout<T>{shape.dropout, stream & 0xFFFF}});
            inputs = width;
            ++stream;
        }
        last_ = dense<T>{inputs, 1, random.stream(stream)};
        keep_ = T{1} / static_cast<T>(1 - shape.dropout);
    }

    [[nodiscard]] std::size_t outputs(std::size_t = 0) const noexcept { return 1; }
    [[nodiscard]] bool normalizes() const noexcept { return normalizes_; }
    [[nodiscard]] const std::vector<hidden_layer>& hidden() const noexcept { return hidden_; }
    [[nodiscard]] const dense<T>& last() const noexcept { return last_; }

    void apply(const matrix<T>& in, matrix<T>& out, workspace& memory,
               const execution& where) const {
        memory.levels.resize(hidden_.size());
        const matrix<T>* from = &in;
        for (std::size_t at = 0; at < hidden_.size(); ++at) {
            auto& level = memory.levels[at];
            hidden_[at].map.apply(*from, level.active, level.map, where);
            activate(level.active, where);
            from = &level.active;
            if (normalizes_) {
                hidden_[at].norm.apply(level.active, level.out, level.norm, where);
                from = &level.out;
            }
        }
        last_.apply(*from, out, memory.last, where);
    }

    void forward(const matrix<T>& in, matrix<T>& out, workspace& memory, const pass& pass) {
        memory.levels.resize(hidden_.size());
        const matrix<T>* from = &in;
        for (std::size_t at = 0; at < hidden_.size(); ++at) {
            auto& level = memory.levels[at];
            auto& layer = hidden_[at];
            layer.map.forward(*from, level.active, level.map, pass);
            activate(level.active, pass.where);
            matrix<T>& result = normalizes_ ? level.out : level.active;
            if (normalizes_)
                layer.norm.forward(level.active, level.out, level.norm, pass);
            if (drops_)
                layer.drop.forward(result, result, memory.drop, pass);
            from = &result;
        }
        last_.forward(*from, out, memory.last, pass);
    }

    void backward(const matrix<T>& in, const matrix<T>& out, const matrix<T>& out_gradient,
                  matrix<T>& in_gradient, workspace& memory, const pass& pass) {
        const auto result = [&](std::size_t at) -> const matrix<T>& {
            return normalizes_ ? memory.levels[at].out : memory.levels[at].active;
        };
        const auto source = [&](std::size_t at) -> const matrix<T>& {
            return at == 0 ? in : result(at - 1);
        };
        const auto gradient = [&](std::size_t at) -> matrix<T>& {
            return at == 0 ? in_gradient : memory.levels[at - 1].gradient;
        };
        last_.backward(source(hidden_.size()), out, out_gradient, gradient(hidden_.size()),
                       memory.last, pass);
        for (std::size_t at = hidden_.size(); at-- > 0;) {
            auto& level = memory.levels[at];
            auto& layer = hidden_[at];
            matrix<T>* slopes = &level.gradient;
            if (normalizes_) {
                if (drops_)
                    layer.drop.backward(result(at), result(at), *slopes, *slopes, memory.drop,
                                        pass);
                layer.norm.backward(level.active, level.out, *slopes, level.inner_gradient,
                                    level.norm, pass);
                slopes = &level.inner_gradient;
                // What was dropped is 0 in `active` only if nothing lies between.
                deactivate(level.active, T{1}, *slopes, pass.where);
            } else {
                deactivate(level.active, drops_ ? keep_ : T{1}, *slopes, pass.where);
            }
            layer.map.backward(source(at), level.active, *slopes, gradient(at), level.map, pass);
        }
    }

    /// Adds to `out` what columns `from`, `from` + 1, … of the input add to the first hidden layer
    /// before its activation, without its bias. For inputs of which a part is shared by many rows.
    void add_first_layer(const matrix<T>& part, std::size_t from, matrix<T>& out) const {
        const matrix<T>& weights = hidden_.front().map.weights();
        assert(part.rows() == out.rows() && from + part.columns() <= weights.rows());
        simd::gemm<T, simd::default_arch, simd::update::add>(
            part.data(), part.stride(), weights.row(from), weights.stride(), part.rows(),
            part.columns(), out.stride(), out.data(), out.stride());
    }

    void add_first_bias(matrix<T>& out) const {
        for (std::size_t row = 0; row < out.rows(); ++row)
            simd::axpy(T{1}, hidden_.front().map.bias().data(), out.row(row), out.stride());
    }
    [[nodiscard]] std::size_t first_width() const noexcept { return hidden_.front().map.outputs(); }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        visit_all(*this, visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visit_all(*this, visitor);
    }

    friend bool operator==(const tower&, const tower&) = default;

  private:
    template <class Self, class Visitor>
    static void visit_all(Self& self, Visitor& visitor) {
        for (auto& layer : self.hidden_) {
            layer.map.visit(visitor);
            if (self.normalizes_)
                layer.norm.visit(visitor);
        }
        self.last_.visit(visitor);
    }

    /// max(x, 0) in place; NaN stays, for the trainer to see.
    static void activate(matrix<T>& values, const execution& where) {
        for_each_line(values, where, [](T* x, std::size_t) {
            for (std::size_t j = 0; j < simd::line<T>; ++j)
                x[j] = x[j] < T{0} ? T{0} : x[j];
        });
    }
    /// The derivatives by what was activated, and kept by a dropout that multiplies by `factor`:
    /// both leave something above 0, or 0.
    static void deactivate(const matrix<T>& active, T factor, matrix<T>& slopes,
                           const execution& where) {
        for_each_line(slopes, where, [&active, factor](T* slope, std::size_t place) {
            const T* const y = active.data() + place;
            const T kept = factor; // by value, and apart from the slopes: then registers do it
            alignas(table_alignment) std::array<T, simd::line<T>> factors;
            for (std::size_t j = 0; j < simd::line<T>; ++j)
                factors[j] = y[j] > T{0} ? kept : T{0};
            simd::multiply(factors.data(), slope, slope, simd::line<T>);
        });
    }
    template <class Body>
    static void for_each_line(matrix<T>& values, const execution& where, Body&& body) {
        for_each_row(values.rows(), where, [&](std::size_t row) {
            const std::size_t begin = row * values.stride();
            for (std::size_t at = begin; at < begin + values.stride(); at += simd::line<T>)
                body(values.data() + at, at);
        });
    }

    std::vector<hidden_layer> hidden_;
    dense<T> last_;
    bool normalizes_ = false;
    bool drops_ = false;
    T keep_ = 1;
};

} // namespace hybrec::neural
