// SPDX-License-Identifier: MIT
/// @file
/// Wide & Deep: a linear model of crossed features beside a deep network.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/crossed_categories.hpp>
#include <hybrec/neural/detail/field_weights.hpp>
#include <hybrec/neural/detail/tower_network.hpp>
#include <hybrec/neural/embedding_bag.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// What a pass of `wide_and_deep_network` needs.
template <class T>
struct wide_and_deep_memory : detail::tower_memory<T, side_encoder<T>> {
    matrix<T> crosses; ///< summed
    matrix<T> deep_slopes;
    weighted_lists<T> crossed;
    typename detail::field_weights<T>::workspace weights;
};

/// logit = w_wideᵀ·[x, φ(x)] + w_deepᵀ·a + b (Cheng et al. 2016, equation 3). The wide part has a
/// weight for each id and category x and for each cross φ(x) of the user with a category of the item
/// (see `crossed_categories`), and no bias; a is the last hidden layer over the fields' vectors, and
/// w_deep and b its output layer.
template <class T = float>
class wide_and_deep_network
    : public detail::tower_network<wide_and_deep_network<T>, T, wide_and_deep_memory<T>> {
  public:
    using workspace = wide_and_deep_memory<T>;

    wide_and_deep_network() = default;
    /// @param options those of `wide_and_deep`
    template <class Users, class Items, class Options>
    wide_and_deep_network(const Users& users, const Items& items, const Options& options)
        : base{users, items, options, true},
          weights_{users, items, counter_random{options.seed}},
          crosses_{options.cross_slots, 1, counter_random{options.seed, 0}, 0},
          crossed_{users, items, options.cross_slots} {}

    const matrix<T>& look_up(const feature_batch<T>& batch, workspace& memory,
                             const execution& where) const {
        vectors_.apply(batch, memory.vectors, memory.vector_rows, where);
        weights_.look_up(batch, memory.weights, where);
        crossed_.list(batch, memory.crossed);
        memory.crosses.resize(batch.size(), 1);
        crosses_.apply(memory.crossed, memory.crosses, 0, where);
        return memory.vectors;
    }
    void add_rest(matrix<T>& logits, const workspace& memory, const execution& where) const {
        for_each_row(logits.rows(), where, [&](std::size_t row) {
            logits(row, 0) += weights_.add(memory.crosses(row, 0), row, memory.weights);
        });
    }

    /// The logit is a sum: its derivatives are those of all parts.
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        deep_.backward(memory.vectors, memory.crosses, slopes, memory.deep_slopes, memory.deep,
                       pass);
        vectors_.backward(batch, memory.deep_slopes, memory.vector_rows, pass);
        weights_.backward(batch, slopes, memory.weights, pass);
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
        this->prepare(vectors, 0, out);
        weights_.sum_users(side, out.rest, memory.weights, where);
        deep_.add_first_bias(out.hidden);
        crossed_.list_users(side, out.keys);
    }
    void prepare_items(const batch_side<T>& side, const matrix<T>& vectors, prepared_rows<T>& out,
                       workspace& memory, const execution& where) const {
        this->prepare(vectors, vectors_.users().outputs(), out);
        weights_.sum_items(side, out.rest, memory.weights, where);
        crossed_.list_items(side, out.keys);
    }
    /// Few categories are crossed with the user once, rather than with each item that has them.
    void prepare_pairs(prepared_rows<T>& user) const {
        constexpr std::size_t few = 256;
        const std::size_t keys = crossed_.item_keys();
        user.crossed.resize(1, keys <= few ? keys : 0);
        for (std::size_t key = 0; key < user.crossed.columns(); ++key)
            user.crossed(0, key) = category_logit(user, static_cast<std::uint32_t>(key));
    }
    /// What is left for a pair, but the tower: the crosses.
    [[nodiscard]] T pair_logit(const prepared_rows<T>& user, const prepared_rows<T>& items,
                               std::size_t item) const noexcept {
        const weighted_lists<T>& keys = items.keys;
        T total{0};
        for (std::size_t at = keys.offsets[item]; at < keys.offsets[item + 1]; ++at) {
            const std::uint32_t key = keys.indices[at];
            total += keys.weights[at] * (user.crossed.columns() != 0 ? user.crossed(0, key)
                                                                     : category_logit(user, key));
        }
        return total;
    }

  private:
    using base = detail::tower_network<wide_and_deep_network, T, workspace>;
    using base::deep_;
    using base::vectors_;

    /// What the crosses of a user with a category of weight 1 add.
    [[nodiscard]] T category_logit(const prepared_rows<T>& user,
                                   std::uint32_t item_key) const noexcept {
        T total{0};
        crossed_.for_each(user.keys, 0, item_key, [&](std::uint32_t slot, T weight) {
            total += weight * crosses_.table()(slot, 0);
        });
        return total;
    }

    detail::field_weights<T> weights_;
    embedding_bag<T> crosses_;
    crossed_categories crossed_;
};

} // namespace hybrec::neural
