// SPDX-License-Identifier: MIT
/// @file
/// Multi-head cross-attention of one query per sample over a few tokens.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/softmax.hpp>
#include <hybrec/simd/vector.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// A sample's query looks at its `tokens` tokens: q = W_q·query, kⱼ = W_k·tokenⱼ, vⱼ = W_v·tokenⱼ, all
/// cut into heads of d = size / heads values; a head's weights are softmaxⱼ(⟨q, kⱼ⟩/√d), its output
/// Σⱼ aⱼ·vⱼ; the heads' outputs together pass through W_o (Vaswani et al. 2017, section 3.2). All maps
/// have biases.
///
/// Tokens are a matrix of samples·tokens rows: those of a sample are next to each other.
template <class T = float>
class cross_attention {
  public:
    using value_type = T;
    struct workspace {
        matrix<T> query, keys, values, fused; ///< q, k, v and the heads' outputs
        matrix<T> weights;                    ///< a: per sample, head after head, token after token
        matrix<T> query_gradient, keys_gradient, values_gradient, fused_gradient, rest;
        typename dense<T>::workspace maps;
    };

    cross_attention() = default;
    /// @param random the four maps use the streams from `stream` on
    /// @throws option_error if the heads do not divide the size
    cross_attention(std::size_t size, std::size_t heads, std::size_t tokens,
                    const counter_random& random, std::uint64_t stream)
        : heads_{heads},
          tokens_{tokens},
          query_{size, size, random.stream(stream)},
          key_{size, size, random.stream(stream + 1)},
          value_{size, size, random.stream(stream + 2)},
          out_{size, size, random.stream(stream + 3)} {
        require_option(heads >= 1 && size % heads == 0, "cross_attention", "heads",
                       static_cast<double>(heads), "a divisor of the size");
    }

    [[nodiscard]] std::size_t heads() const noexcept { return heads_; }
    [[nodiscard]] std::size_t head_size() const noexcept { return query_.outputs() / heads_; }
    /// W_q, W_k, W_v and W_o, each with its bias.
    [[nodiscard]] const dense<T>& query_map() const noexcept { return query_; }
    [[nodiscard]] const dense<T>& key_map() const noexcept { return key_; }
    [[nodiscard]] const dense<T>& value_map() const noexcept { return value_; }
    [[nodiscard]] const dense<T>& out_map() const noexcept { return out_; }
    /// 1/√d.
    [[nodiscard]] T scale() const noexcept { return T{1} / std::sqrt(static_cast<T>(head_size())); }

    void apply(const matrix<T>& query, const matrix<T>& tokens, matrix<T>& out, workspace& memory,
               const execution& where) const {
        assert(tokens.rows() == query.rows() * tokens_);
        query_.apply(query, memory.query, memory.maps, where);
        key_.apply(tokens, memory.keys, memory.maps, where);
        value_.apply(tokens, memory.values, memory.maps, where);
        memory.weights.resize(query.rows(), heads_ * tokens_);
        memory.fused.resize(query.rows(), query.columns());
        const std::size_t size = head_size();
        for_each_row(query.rows(), where, [&](std::size_t row) {
            for (std::size_t head = 0; head < heads_; ++head) {
                const std::size_t from = head * size;
                T* const weights = memory.weights.row(row) + head * tokens_;
                for (std::size_t token = 0; token < tokens_; ++token)
                    weights[token] = product(memory.query.row(row) + from,
                                             memory.keys.row(row * tokens_ + token) + from) *
                                     scale();
                softmax_of(weights, tokens_);
                for (std::size_t at = from; at < from + size; ++at) {
                    T total{0};
                    for (std::size_t token = 0; token < tokens_; ++token)
                        total += weights[token] * memory.values(row * tokens_ + token, at);
                    memory.fused(row, at) = total;
                }
            }
        });
        out_.apply(memory.fused, out, memory.maps, where);
    }

    void backward(const matrix<T>& query, const matrix<T>& tokens, const matrix<T>& out,
                  const matrix<T>& out_gradient, matrix<T>& query_gradient,
                  matrix<T>& tokens_gradient, workspace& memory, const pass& pass) {
        out_.backward(memory.fused, out, out_gradient, memory.fused_gradient, memory.maps, pass);
        memory.query_gradient.resize(query.rows(), query.columns());
        memory.keys_gradient.resize(tokens.rows(), tokens.columns());
        memory.values_gradient.resize(tokens.rows(), tokens.columns());
        memory.rest.resize(query.rows(), heads_ * tokens_);
        const std::size_t size = head_size();
        for_each_row(query.rows(), pass.where, [&](std::size_t row) {
            for (std::size_t head = 0; head < heads_; ++head) {
                const std::size_t from = head * size;
                const T* const weights = memory.weights.row(row) + head * tokens_;
                T* const slopes = memory.rest.row(row) + head * tokens_;
                const T* const fused = memory.fused_gradient.row(row);
                for (std::size_t token = 0; token < tokens_; ++token) {
                    const std::size_t place = row * tokens_ + token;
                    slopes[token] = product(fused + from, memory.values.row(place) + from);
                    for (std::size_t at = from; at < from + size; ++at)
                        memory.values_gradient(place, at) = weights[token] * fused[at];
                }
                softmax_gradient(weights, slopes, slopes, tokens_);
                for (std::size_t at = from; at < from + size; ++at) {
                    T total{0};
                    for (std::size_t token = 0; token < tokens_; ++token) {
                        const std::size_t place = row * tokens_ + token;
                        total += slopes[token] * memory.keys(place, at);
                        memory.keys_gradient(place, at) =
                            slopes[token] * scale() * memory.query(row, at);
                    }
                    memory.query_gradient(row, at) = total * scale();
                }
            }
        });
        query_.backward(query, memory.query, memory.query_gradient, query_gradient, memory.maps,
                        pass);
        key_.backward(tokens, memory.keys, memory.keys_gradient, tokens_gradient, memory.maps,
                      pass);
        value_.backward(tokens, memory.values, memory.values_gradient, memory.keys_gradient,
                        memory.maps, pass);
        for_each_row(tokens.rows(), pass.where, [&](std::size_t row) {
            simd::axpy(T{1}, memory.keys_gradient.row(row), tokens_gradient.row(row),
                       tokens.stride());
        });
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        query_.visit(visitor), key_.visit(visitor), value_.visit(visitor), out_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        query_.visit(visitor), key_.visit(visitor), value_.visit(visitor), out_.visit(visitor);
    }

    friend bool operator==(const cross_attention&, const cross_attention&) = default;

  private:
    [[nodiscard]] T product(const T* left, const T* right) const noexcept {
        T total{0};
        for (std::size_t at = 0; at < head_size(); ++at)
            total += left[at] * right[at];
        return total;
    }

    std::size_t heads_ = 1;
    std::size_t tokens_ = 1;
    dense<T> query_;
    dense<T> key_;
    dense<T> value_;
    dense<T> out_;
};

} // namespace hybrec::neural
