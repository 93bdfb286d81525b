// SPDX-License-Identifier: MIT
/// @file
/// The linear part of a logit.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/field_encoder.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>

namespace hybrec::neural::detail {

/// A weight for each id and category, zero at first: Σ_f w_f over the fields of a sample, where a
/// field with several categories has their weighted mean.
template <class T>
class field_weights {
  public:
    struct workspace {
        matrix<T> weights, slopes; ///< of the fields, side by side
        typename field_encoder<T>::workspace rows;
    };

    field_weights() = default;
    template <class Users, class Items>
    field_weights(const Users& users, const Items& items, const counter_random& random)
        : fields_{users, items, 1, random, std::uint64_t{1} << 20, 0} {}

    void look_up(const feature_batch<T>& batch, workspace& memory, const execution& where) const {
        fields_.apply(batch, memory.weights, memory.rows, where);
    }
    /// `total` and the weights of a sample that was looked up.
    [[nodiscard]] T add(T total, std::size_t row, const workspace& memory) const noexcept {
        for (std::size_t field = 0; field < memory.weights.columns(); ++field)
            total += memory.weights(row, field);
        return total;
    }
    /// @param slopes derivatives by the sums
    void backward(const feature_batch<T>& batch, const matrix<T>& slopes, workspace& memory,
                  const pass& pass) {
        memory.slopes.resize(batch.size(), fields_.outputs());
        for_each_row(batch.size(), pass.where, [&](std::size_t row) {
            std::fill_n(memory.slopes.row(row), fields_.outputs(), slopes(row, 0));
        });
        fields_.backward(batch, memory.slopes, memory.rows, pass);
    }

    /// The sums over the fields of one side, in one column.
    void sum_users(const batch_side<T>& side, matrix<T>& out, workspace& memory,
                   const execution& where) const {
        sum(side, fields_.users(), out, memory.weights, memory.rows.users, where);
    }
    void sum_items(const batch_side<T>& side, matrix<T>& out, workspace& memory,
                   const execution& where) const {
        sum(side, fields_.items(), out, memory.weights, memory.rows.items, where);
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        fields_.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        fields_.visit(visitor);
    }

  private:
    static void sum(const batch_side<T>& side, const side_encoder<T>& encoder, matrix<T>& out,
                    matrix<T>& weights, typename side_encoder<T>::workspace& rows,
                    const execution& where) {
        weights.resize(side.size(), encoder.outputs());
        encoder.apply(side, weights, 0, rows, where);
        for (std::size_t row = 0; row < weights.rows(); ++row) {
            T total{0};
            for (std::size_t at = 0; at < weights.columns(); ++at)
                total += weights(row, at);
            out(row, 0) = total;
        }
    }

    field_encoder<T> fields_;
};

} // namespace hybrec::neural::detail
