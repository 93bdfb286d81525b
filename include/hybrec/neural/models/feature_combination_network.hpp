// SPDX-License-Identifier: MIT
/// @file
/// One deep network over the vectors of user and item and their contents.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/content_encoder.hpp>
#include <hybrec/neural/detail/tower_network.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/tower.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// What a pass of `feature_combination_network` needs.
template <class T>
struct feature_combination_memory : detail::tower_memory<T, content_encoder<T>> {
    matrix<T> slopes;
};

/// logit = MLP(x, c_x, y, c_y): the vectors of user and item, each followed by its content, joined
/// and passed through [dense, max(·, 0), batch normalization, dropout] layers and a dense one.
template <class T = float>
class feature_combination_network
    : public detail::tower_network<feature_combination_network<T>, T, feature_combination_memory<T>,
                                   content_encoder<T>> {
  public:
    using workspace = feature_combination_memory<T>;

    feature_combination_network() = default;
    /// @param options those of `feature_combination_net`
    template <class Users, class Items, class Options>
    feature_combination_network(const Users& users, const Items& items, const Options& options)
        : base{users, items, options, true, options.content_hidden} {}

    const matrix<T>& look_up(const feature_batch<T>& batch, workspace& memory,
                             const execution& where) const {
        vectors_.apply(batch, memory.vectors, memory.vector_rows, where);
        return memory.vectors;
    }
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        deep_.backward(memory.vectors, slopes, slopes, memory.slopes, memory.deep, pass);
        vectors_.backward(batch, memory.slopes, memory.vector_rows, pass);
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
        this->prepare(vectors, 0, out);
        deep_.add_first_bias(out.hidden);
    }
    void prepare_items(const batch_side<T>&, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace&, const execution&) const {
        this->prepare(vectors, vectors_.users().outputs(), out);
    }

  private:
    using base =
        detail::tower_network<feature_combination_network, T, workspace, content_encoder<T>>;
    using base::deep_;
    using base::vectors_;
};

} // namespace hybrec::neural
