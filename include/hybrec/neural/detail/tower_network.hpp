// SPDX-License-Identifier: MIT
/// @file
/// What all networks share that look up fields and pass them through a tower.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_network.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/prepared_rows.hpp>
#include <hybrec/neural/tower.hpp>
#include <hybrec/simd/vector.hpp>

#include <cstddef>
#include <cstdint>
#include <span>

namespace hybrec::neural::detail {

/// The sum of a row's vectors, which lie side by side and are as long as `out` is wide.
template <class T>
void sum_fields(const matrix<T>& in, matrix<T>& out) {
    const std::size_t size = out.columns();
    for (std::size_t row = 0; row < in.rows(); ++row)
        for (std::size_t k = 0; k < size; ++k) {
            T total{0};
            for (std::size_t at = k; at < in.columns(); at += size)
                total += in(row, at);
            out(row, k) = total;
        }
}

/// What a pass of a `tower_network` needs; networks add what they have beside it.
template <class T, class Side>
struct tower_memory {
    matrix<T> vectors; ///< of the fields, side by side
    typename field_encoder<T, Side>::workspace vector_rows;
    typename tower<T>::workspace deep;
};

/// A network that turns the fields of a sample to vectors, passes these through a tower, and adds
/// more to the tower's output. `Network` has
///
///     const matrix<T>& look_up(const feature_batch<T>&, Memory&, const execution&) const;
///     void add_rest(matrix<T>& logits, Memory&, const execution&) const;
///
/// the tower's input and what else makes the logit, and `backward` and `visit`, as `feature_network`
/// says. So that a pair costs only what depends on both, `prepare_users` and `prepare_items` compute
/// the `prepared_rows` of each side, and where a network needs more than the tower for a pair, it has
/// its own `pair_logit` (with `pair_backward` and `prepare_backward`), or its own `meet`.
template <class Network, class T, class Memory, class Side = side_encoder<T>>
class tower_network : public feature_network<Network, T, Memory> {
  public:
    [[nodiscard]] const field_encoder<T, Side>& encoder() const noexcept { return vectors_; }
    [[nodiscard]] const tower<T>& deep() const noexcept { return deep_; }

    void apply(const feature_batch<T>& batch, matrix<T>& logits, Memory& memory,
               const execution& where) const {
        deep_.apply(self().look_up(batch, memory, where), logits, memory.deep, where);
        self().add_rest(logits, memory, where);
    }
    void forward(const feature_batch<T>& batch, matrix<T>& logits, Memory& memory,
                 const pass& pass) {
        deep_.forward(self().look_up(batch, memory, pass.where), logits, memory.deep, pass);
        self().add_rest(logits, memory, pass.where);
    }
    void add_rest(matrix<T>&, Memory&, const execution&) const noexcept {}

    /// What is computed of one user, after `prepare_users`, before pairs are.
    void prepare_pairs(prepared_rows<T>&) const noexcept {}
    /// Whether the tower's first layer before its activation is the sum of what was prepared.
    static constexpr bool adds_up = true;
    /// What the tower's outputs for pairs of a user with items are added to.
    void begin_scores(const prepared_rows<T>& user, const prepared_rows<T>& items,
                      std::span<const std::uint32_t> which, T* scores) const {
        for (std::size_t row = 0; row < which.size(); ++row)
            scores[row] = user.rest(0, 0) + items.rest(which[row], 0) +
                          self().pair_logit(user, items, which[row]);
    }
    /// The same, and the rows of the pairs before the tower's first activation.
    void meet(const prepared_rows<T>& user, const prepared_rows<T>& items,
              std::span<const std::uint32_t> which, matrix<T>& hidden, T* scores, Memory&) const {
        hidden.resize(which.size(), items.hidden.columns());
        for (std::size_t row = 0; row < which.size(); ++row)
            add_rows(user.hidden.row(0), items.hidden.row(which[row]), hidden.row(row),
                     hidden.stride());
        begin_scores(user, items, which, scores);
    }
    /// Adds up the derivatives by what was prepared of the user, from those by what `meet` gave.
    void meet_backward(const prepared_rows<T>&, const prepared_rows<T>& items,
                       std::span<const std::uint32_t> which, const matrix<T>& hidden_slopes,
                       const T* slopes, prepared_rows<T>& user_slopes, Memory&) const {
        for (std::size_t row = 0; row < which.size(); ++row) {
            simd::axpy(T{1}, hidden_slopes.row(row), user_slopes.hidden.row(0),
                       hidden_slopes.stride());
            user_slopes.rest(0, 0) += slopes[row];
            self().pair_backward(items, which[row], slopes[row], user_slopes);
        }
    }

    /// What is left for a pair, but the tower.
    [[nodiscard]] T pair_logit(const prepared_rows<T>&, const prepared_rows<T>&,
                               std::size_t) const noexcept {
        return T{0};
    }
    void pair_backward(const prepared_rows<T>&, std::size_t, T, prepared_rows<T>&) const noexcept {}
    /// Adds the derivatives by the vector of a user's id, from those by what was prepared, but for
    /// the tower's.
    void prepare_backward(const matrix<T>&, const prepared_rows<T>&, const prepared_rows<T>&,
                          T*) const noexcept {}

  protected:
    tower_network() = default;
    /// @param inputs of the tower
    /// @param more   what the sides of the encoder ask for
    template <class Users, class Items, class Options, class... More>
    tower_network(const Users& users, const Items& items, const Options& options, bool normalize,
                  const More&... more)
        : vectors_{users,
                   items,
                   options.embedding,
                   counter_random{options.seed},
                   std::uint64_t{2} << 20,
                   options.initial_deviation,
                   more...},
          deep_{Network::tower_inputs(vectors_),
                {{options.hidden.begin(), options.hidden.end()}, normalize, options.dropout},
                counter_random{options.seed},
                1} {}
    ~tower_network() = default;
    tower_network(const tower_network&) = default;
    tower_network(tower_network&&) noexcept = default;
    tower_network& operator=(const tower_network&) = default;
    tower_network& operator=(tower_network&&) noexcept = default;

    [[nodiscard]] static std::size_t tower_inputs(const field_encoder<T, Side>& vectors) noexcept {
        return vectors.outputs();
    }

    /// What every network prepares of a side whose vectors are the tower's input from `column` on.
    void prepare(const matrix<T>& vectors, std::size_t column, prepared_rows<T>& out) const {
        out.resize(vectors.rows(), vectors_.users().size(), deep_.first_width());
        sum_fields(vectors, out.vectors);
        out.rest.fill_zero();
        out.hidden.fill_zero();
        deep_.add_first_layer(vectors, column, out.hidden);
    }

    field_encoder<T, Side> vectors_;
    tower<T> deep_;

  private:
    [[nodiscard]] const Network& self() const noexcept {
        return static_cast<const Network&>(*this);
    }
};

} // namespace hybrec::neural::detail
