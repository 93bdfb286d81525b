// SPDX-License-Identifier: MIT
/// @file
/// DeepFM: a factorization machine and a deep network on the same embeddings.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/field_weights.hpp>
#include <hybrec/neural/detail/tower_network.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/fm_interaction.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// What a pass of `deep_fm_network` needs.
template <class T>
struct deep_fm_memory : detail::tower_memory<T, side_encoder<T>> {
    matrix<T> pairs; ///< the machine's part of the logit; the tower's is added to it
    matrix<T> deep_slopes;
    typename detail::field_weights<T>::workspace weights;
    typename fm_interaction<T>::workspace machine;
};

/// logit = b + Σ_f w_f + ½ Σ_k [(Σ_f v_fk)² − Σ_f v_fk²] + MLP(v₁, …, v_F) with the weight w_f and the
/// vector v_f of every field (Guo et al. 2017, equations 1 to 4).
template <class T = float>
class deep_fm_network : public detail::tower_network<deep_fm_network<T>, T, deep_fm_memory<T>> {
  public:
    using workspace = deep_fm_memory<T>;

    deep_fm_network() = default;
    /// @param options those of `deep_fm`
    template <class Users, class Items, class Options>
    deep_fm_network(const Users& users, const Items& items, const Options& options)
        : base{users, items, options, false},
          weights_{users, items, counter_random{options.seed}},
          machine_{vectors_.fields()} {}

    const matrix<T>& look_up(const feature_batch<T>& batch, workspace& memory,
                             const execution& where) const {
        vectors_.apply(batch, memory.vectors, memory.vector_rows, where);
        weights_.look_up(batch, memory.weights, where);
        return memory.vectors;
    }
    void add_rest(matrix<T>& logits, workspace& memory, const execution& where) const {
        machine_.apply(memory.vectors, memory.pairs, memory.machine, where);
        for_each_row(logits.rows(), where, [&](std::size_t row) {
            logits(row, 0) = weights_.add(bias_.value(0, 0) + memory.pairs(row, 0) + logits(row, 0),
                                          row, memory.weights);
        });
    }

    /// The logit is a sum: its derivatives are those of all parts.
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        deep_.backward(memory.vectors, memory.pairs, slopes, memory.deep_slopes, memory.deep, pass);
        machine_.add_backward(memory.vectors, slopes, memory.deep_slopes, memory.machine,
                              pass.where);
        bias_.gradient(0, 0) = T{0};
        for (std::size_t row = 0; row < batch.size(); ++row)
            bias_.gradient(0, 0) += slopes(row, 0);
        vectors_.backward(batch, memory.deep_slopes, memory.vector_rows, pass);
        weights_.backward(batch, slopes, memory.weights, pass);
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
        this->prepare(vectors, 0, out);
        weights_.sum_users(side, out.rest, memory.weights, where);
        add_pairs(vectors, out);
        for (std::size_t row = 0; row < out.rest.rows(); ++row)
            out.rest(row, 0) += bias_.value(0, 0);
        deep_.add_first_bias(out.hidden);
    }
    void prepare_items(const batch_side<T>& side, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        this->prepare(vectors, vectors_.users().outputs(), out);
        weights_.sum_items(side, out.rest, memory.weights, where);
        add_pairs(vectors, out);
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
    using base = detail::tower_network<deep_fm_network, T, workspace>;
    using base::deep_;
    using base::vectors_;

    /// The pairs within one side.
    static void add_pairs(const matrix<T>& vectors, prepared_rows<T>& out) {
        for (std::size_t row = 0; row < vectors.rows(); ++row) {
            T pairs = simd::dot(out.vectors.row(row), out.vectors.row(row), out.vectors.stride());
            for (std::size_t at = 0; at < vectors.columns(); ++at)
                pairs -= vectors(row, at) * vectors(row, at);
            out.rest(row, 0) += pairs / T{2};
        }
    }

    detail::field_weights<T> weights_;
    parameter<T> bias_{1, 1};
    fm_interaction<T> machine_;
};

} // namespace hybrec::neural
