// SPDX-License-Identifier: MIT
/// @file
/// DeepFM: a factorization machine and a deep network on the same embeddings.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_network.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/fm_interaction.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// What a pass of `deep_fm_network` needs.
template <class T>
struct deep_fm_memory {
    matrix<T> vectors, weights; ///< of the fields, side by side
    matrix<T> pairs;            ///< the machine's part of the logit; the tower's is added to it
    matrix<T> weight_slopes, pair_slopes, deep_slopes;
    typename field_encoder<T>::workspace vector_rows, weight_rows;
    typename fm_interaction<T>::workspace machine;
    typename tower<T>::workspace deep;
};

/// logit = b + Σ_f w_f + ½ Σ_k [(Σ_f v_fk)² − Σ_f v_fk²] + MLP(v₁, …, v_F) with the weight w_f and the
/// vector v_f of every field (Guo et al. 2017, equations 1 to 4).
template <class T = float>
class deep_fm_network : public feature_network<deep_fm_network<T>, T, deep_fm_memory<T>> {
  public:
    using workspace = deep_fm_memory<T>;

    deep_fm_network() = default;
    /// @param options those of `deep_fm`
    template <class Users, class Items, class Options>
    deep_fm_network(const Users& users, const Items& items, const Options& options)
        : weights_{users, items, 1, counter_random{options.seed}, std::uint64_t{1} << 20, 0},
          vectors_{users,
                   items,
                   options.embedding,
                   counter_random{options.seed},
                   std::uint64_t{2} << 20,
                   options.initial_deviation},
          machine_{vectors_.fields()},
          deep_{vectors_.outputs(),
                {{options.hidden.begin(), options.hidden.end()}, false, options.dropout},
                counter_random{options.seed},
                1} {}

    [[nodiscard]] const field_encoder<T>& encoder() const noexcept { return vectors_; }
    [[nodiscard]] const tower<T>& deep() const noexcept { return deep_; }

    void apply(const feature_batch<T>& batch, matrix<T>& logits, workspace& memory,
               const execution& where) const {
        look_up(batch, memory, where);
        deep_.apply(memory.vectors, logits, memory.deep, where);
        add_up(logits, memory, where);
    }
    void forward(const feature_batch<T>& batch, matrix<T>& logits, workspace& memory,
                 const pass& pass) {
        look_up(batch, memory, pass.where);
        deep_.forward(memory.vectors, logits, memory.deep, pass);
        add_up(logits, memory, pass.where);
    }

    /// The logit is a sum: its derivatives are those of all parts.
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        machine_.backward(memory.vectors, memory.pairs, slopes, memory.pair_slopes, memory.machine,
                          pass);
        deep_.backward(memory.vectors, memory.pairs, slopes, memory.deep_slopes, memory.deep, pass);
        memory.weight_slopes.resize(batch.size(), weights_.outputs());
        for_each_row(batch.size(), pass.where, [&](std::size_t row) {
            simd::axpy(T{1}, memory.pair_slopes.row(row), memory.deep_slopes.row(row),
                       memory.deep_slopes.stride());
            std::fill_n(memory.weight_slopes.row(row), weights_.outputs(), slopes(row, 0));
        });
        bias_.gradient(0, 0) = T{0};
        for (std::size_t row = 0; row < batch.size(); ++row)
            bias_.gradient(0, 0) += slopes(row, 0);
        vectors_.backward(batch, memory.deep_slopes, memory.vector_rows, pass);
        weights_.backward(batch, memory.weight_slopes, memory.weight_rows, pass);
    }

    /// The weights and the vectors of users, then items, the bias, the tower.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        weights_.visit(visitor), vectors_.visit(visitor), visitor(bias_), deep_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        weights_.visit(visitor), vectors_.visit(visitor), visitor(bias_), deep_.visit(visitor);
    }

    /// What users add to a logit by themselves: the bias, their weights, their pairs.
    void prepare_users(const batch_side<T>& side, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        prepare(side, weights_.users(), vectors, 0, out, memory.weights, memory.weight_rows.users,
                where);
        for (std::size_t row = 0; row < out.rest.rows(); ++row)
            out.rest(row, 0) += bias_.value(0, 0);
        deep_.add_first_bias(out.hidden);
    }
    void prepare_items(const batch_side<T>& side, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        prepare(side, weights_.items(), vectors, vectors_.users().outputs(), out, memory.weights,
                memory.weight_rows.items, where);
    }
    /// What is left for a pair, but the tower: the pairs of the user's fields with the item's.
    [[nodiscard]] T pair_logit(const prepared_rows<T>& user, const prepared_rows<T>& items,
                               std::size_t item) const noexcept {
        return simd::dot(user.vectors.row(0), items.vectors.row(item), items.vectors.stride());
    }
    void pair_backward(const prepared_rows<T>& items, std::size_t item, T slope,
                       prepared_rows<T>& user_slopes) const noexcept {
        simd::axpy(slope, items.vectors.row(item), user_slopes.vectors.row(0),
                   items.vectors.stride());
    }
    /// Adds the derivatives by the vector of a user's id, from those by what was prepared, but for
    /// the tower's.
    void prepare_backward(const matrix<T>& vectors, const prepared_rows<T>& user,
                          const prepared_rows<T>& slopes, T* id_slopes) const noexcept {
        for (std::size_t k = 0; k < user.vectors.columns(); ++k)
            id_slopes[k] +=
                slopes.vectors(0, k) + slopes.rest(0, 0) * (user.vectors(0, k) - vectors(0, k));
    }

  private:
    void look_up(const feature_batch<T>& batch, workspace& memory, const execution& where) const {
        vectors_.apply(batch, memory.vectors, memory.vector_rows, where);
        weights_.apply(batch, memory.weights, memory.weight_rows, where);
    }
    void add_up(matrix<T>& logits, workspace& memory, const execution& where) const {
        machine_.apply(memory.vectors, memory.pairs, memory.machine, where);
        for_each_row(logits.rows(), where, [&](std::size_t row) {
            T logit = bias_.value(0, 0) + memory.pairs(row, 0) + logits(row, 0);
            for (std::size_t field = 0; field < memory.weights.columns(); ++field)
                logit += memory.weights(row, field);
            logits(row, 0) = logit;
        });
    }

    void prepare(const batch_side<T>& side, const side_encoder<T>& weights,
                 const matrix<T>& vectors, std::size_t column, prepared_rows<T>& out,
                 matrix<T>& linear, typename side_encoder<T>::workspace& rows,
                 const execution& where) const {
        const std::size_t size = vectors_.users().size();
        out.resize(vectors.rows(), size, deep_.first_width());
        linear.resize(vectors.rows(), weights.outputs());
        weights.apply(side, linear, 0, rows, where);
        out.hidden.fill_zero();
        deep_.add_first_layer(vectors, column, out.hidden);
        sum_columns(linear, out.rest);
        sum_fields(vectors, out.vectors);
        for (std::size_t row = 0; row < vectors.rows(); ++row) { // the pairs within the side
            T pairs = simd::dot(out.vectors.row(row), out.vectors.row(row), out.vectors.stride());
            for (std::size_t at = 0; at < vectors.columns(); ++at)
                pairs -= vectors(row, at) * vectors(row, at);
            out.rest(row, 0) += pairs / T{2};
        }
    }

    field_encoder<T> weights_;
    field_encoder<T> vectors_;
    parameter<T> bias_{1, 1};
    fm_interaction<T> machine_;
    tower<T> deep_;
};

} // namespace hybrec::neural
