// SPDX-License-Identifier: MIT
/// @file
/// One deep network over the vectors of user and item and their contents.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/content_encoder.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_network.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/tower.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// What a pass of `feature_combination_network` needs.
template <class T>
struct feature_combination_memory {
    matrix<T> vectors, slopes; ///< of ids and contents, side by side
    typename field_encoder<T, content_encoder<T>>::workspace rows;
    typename tower<T>::workspace deep;
};

/// logit = MLP(x, c_x, y, c_y): the vectors of user and item, each followed by its content, joined
/// and passed through [dense, max(·, 0), batch normalization, dropout] layers and a dense one.
template <class T = float>
class feature_combination_network
    : public feature_network<feature_combination_network<T>, T, feature_combination_memory<T>> {
  public:
    using workspace = feature_combination_memory<T>;

    feature_combination_network() = default;
    /// @param options those of `feature_combination_net`
    template <class Users, class Items, class Options>
    feature_combination_network(const Users& users, const Items& items, const Options& options)
        : vectors_{users,
                   items,
                   options.embedding,
                   counter_random{options.seed},
                   std::uint64_t{2} << 20,
                   options.initial_deviation,
                   options.content_hidden},
          deep_{vectors_.outputs(),
                {{options.hidden.begin(), options.hidden.end()}, true, options.dropout},
                counter_random{options.seed},
                1} {}

    [[nodiscard]] const auto& encoder() const noexcept { return vectors_; }
    [[nodiscard]] const tower<T>& deep() const noexcept { return deep_; }

    void apply(const feature_batch<T>& batch, matrix<T>& logits, workspace& memory,
               const execution& where) const {
        vectors_.apply(batch, memory.vectors, memory.rows, where);
        deep_.apply(memory.vectors, logits, memory.deep, where);
    }
    void forward(const feature_batch<T>& batch, matrix<T>& logits, workspace& memory,
                 const pass& pass) {
        vectors_.apply(batch, memory.vectors, memory.rows, pass.where);
        deep_.forward(memory.vectors, logits, memory.deep, pass);
    }
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        deep_.backward(memory.vectors, slopes, slopes, memory.slopes, memory.deep, pass);
        vectors_.backward(batch, memory.slopes, memory.rows, pass);
    }

    /// Users, then items, the tower.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        vectors_.visit(visitor), deep_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        vectors_.visit(visitor), deep_.visit(visitor);
    }

    void prepare_users(const batch_side<T>&, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace&, const execution&) const {
        prepare(vectors, 0, out);
        deep_.add_first_bias(out.hidden);
    }
    void prepare_items(const batch_side<T>&, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace&, const execution&) const {
        prepare(vectors, vectors_.users().outputs(), out);
    }
    /// Nothing is left for a pair but the tower.
    [[nodiscard]] T pair_logit(const prepared_rows<T>&, const prepared_rows<T>&,
                               std::size_t) const noexcept {
        return T{0};
    }
    void pair_backward(const prepared_rows<T>&, std::size_t, T, prepared_rows<T>&) const noexcept {}
    void prepare_backward(const matrix<T>&, const prepared_rows<T>&, const prepared_rows<T>&,
                          T*) const noexcept {}

  private:
    void prepare(const matrix<T>& vectors, std::size_t column, prepared_rows<T>& out) const {
        out.resize(vectors.rows(), vectors_.users().size(), deep_.first_width());
        sum_fields(vectors, out.vectors);
        out.rest.fill_zero();
        out.hidden.fill_zero();
        deep_.add_first_layer(vectors, column, out.hidden);
    }

    field_encoder<T, content_encoder<T>> vectors_;
    tower<T> deep_;
};

} // namespace hybrec::neural
