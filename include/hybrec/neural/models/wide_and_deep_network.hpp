// SPDX-License-Identifier: MIT
/// @file
/// Wide & Deep: a linear model of crossed features beside a deep network.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/crossed_categories.hpp>
#include <hybrec/neural/embedding_bag.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_network.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// What a pass of `wide_and_deep_network` needs.
template <class T>
struct wide_and_deep_memory {
    matrix<T> vectors, weights, crosses; ///< of the fields, side by side; of the crosses, summed
    matrix<T> weight_slopes, deep_slopes;
    weighted_lists<T> crossed;
    typename field_encoder<T>::workspace vector_rows, weight_rows;
    typename tower<T>::workspace deep;
};

/// logit = w_wideᵀ·[x, φ(x)] + w_deepᵀ·a + b (Cheng et al. 2016, equation 3). The wide part has a
/// weight for each id and category x and for each cross φ(x) of the user with a category of the item
/// (see `crossed_categories`), and no bias; a is the last hidden layer over the fields' vectors, and
/// w_deep and b its output layer.
template <class T = float>
class wide_and_deep_network
    : public feature_network<wide_and_deep_network<T>, T, wide_and_deep_memory<T>> {
  public:
    using workspace = wide_and_deep_memory<T>;

    wide_and_deep_network() = default;
    /// @param options those of `wide_and_deep`
    template <class Users, class Items, class Options>
    wide_and_deep_network(const Users& users, const Items& items, const Options& options)
        : weights_{users, items, 1, counter_random{options.seed}, std::uint64_t{1} << 20, 0},
          crosses_{options.cross_slots, 1, counter_random{options.seed, 0}, 0},
          crossed_{users, items, options.cross_slots},
          vectors_{users,
                   items,
                   options.embedding,
                   counter_random{options.seed},
                   std::uint64_t{2} << 20,
                   options.initial_deviation},
          deep_{vectors_.outputs(),
                {{options.hidden.begin(), options.hidden.end()}, true, options.dropout},
                counter_random{options.seed},
                1} {}

    [[nodiscard]] const field_encoder<T>& encoder() const noexcept { return vectors_; }
    [[nodiscard]] const tower<T>& deep() const noexcept { return deep_; }

    void apply(const feature_batch<T>& batch, matrix<T>& logits, workspace& memory,
               const execution& where) const {
        look_up(batch, memory, where);
        deep_.apply(memory.vectors, logits, memory.deep, where);
        add_wide(logits, memory, where);
    }
    void forward(const feature_batch<T>& batch, matrix<T>& logits, workspace& memory,
                 const pass& pass) {
        look_up(batch, memory, pass.where);
        deep_.forward(memory.vectors, logits, memory.deep, pass);
        add_wide(logits, memory, pass.where);
    }
    /// The logit is a sum: its derivatives are those of all parts.
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        deep_.backward(memory.vectors, memory.crosses, slopes, memory.deep_slopes, memory.deep,
                       pass);
        memory.weight_slopes.resize(batch.size(), weights_.outputs());
        for_each_row(batch.size(), pass.where, [&](std::size_t row) {
            std::fill_n(memory.weight_slopes.row(row), weights_.outputs(), slopes(row, 0));
        });
        vectors_.backward(batch, memory.deep_slopes, memory.vector_rows, pass);
        weights_.backward(batch, memory.weight_slopes, memory.weight_rows, pass);
        crosses_.backward(memory.crossed, slopes, 0, pass.where);
    }

    /// The weights of users, then items, those of the crosses, the vectors, the tower.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        weights_.visit(visitor), crosses_.visit(visitor);
        vectors_.visit(visitor), deep_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        weights_.visit(visitor), crosses_.visit(visitor);
        vectors_.visit(visitor), deep_.visit(visitor);
    }

    void prepare_users(const batch_side<T>& side, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        prepare(side, weights_.users(), vectors, 0, out, memory.weights, memory.weight_rows.users,
                where);
        deep_.add_first_bias(out.hidden);
        crossed_.list_users(side, out.keys);
    }
    void prepare_items(const batch_side<T>& side, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        prepare(side, weights_.items(), vectors, vectors_.users().outputs(), out, memory.weights,
                memory.weight_rows.items, where);
        crossed_.list_items(side, out.keys);
    }
    /// What is left for a pair, but the tower: the crosses.
    [[nodiscard]] T pair_logit(const prepared_rows<T>& user, const prepared_rows<T>& items,
                               std::size_t item) const noexcept {
        T total{0};
        crossed_.for_each(user.keys, 0, items.keys, item, [&](std::uint32_t slot, T weight) {
            total += weight * crosses_.table()(slot, 0);
        });
        return total;
    }
    void pair_backward(const prepared_rows<T>&, std::size_t, T, prepared_rows<T>&) const noexcept {}
    void prepare_backward(const matrix<T>&, const prepared_rows<T>&, const prepared_rows<T>&,
                          T*) const noexcept {}

  private:
    void look_up(const feature_batch<T>& batch, workspace& memory, const execution& where) const {
        vectors_.apply(batch, memory.vectors, memory.vector_rows, where);
        weights_.apply(batch, memory.weights, memory.weight_rows, where);
        crossed_.list(batch, memory.crossed);
        memory.crosses.resize(batch.size(), 1);
        crosses_.apply(memory.crossed, memory.crosses, 0, where);
    }
    void add_wide(matrix<T>& logits, const workspace& memory, const execution& where) const {
        for_each_row(logits.rows(), where, [&](std::size_t row) {
            T wide = memory.crosses(row, 0);
            for (std::size_t field = 0; field < memory.weights.columns(); ++field)
                wide += memory.weights(row, field);
            logits(row, 0) += wide;
        });
    }
    void prepare(const batch_side<T>& side, const side_encoder<T>& weights,
                 const matrix<T>& vectors, std::size_t column, prepared_rows<T>& out,
                 matrix<T>& linear, typename side_encoder<T>::workspace& rows,
                 const execution& where) const {
        out.resize(vectors.rows(), vectors_.users().size(), deep_.first_width());
        linear.resize(vectors.rows(), weights.outputs());
        weights.apply(side, linear, 0, rows, where);
        sum_columns(linear, out.rest);
        sum_fields(vectors, out.vectors);
        out.hidden.fill_zero();
        deep_.add_first_layer(vectors, column, out.hidden);
    }

    field_encoder<T> weights_;
    embedding_bag<T> crosses_;
    crossed_categories crossed_;
    field_encoder<T> vectors_;
    tower<T> deep_;
};

} // namespace hybrec::neural
