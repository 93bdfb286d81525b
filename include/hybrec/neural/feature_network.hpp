// SPDX-License-Identifier: MIT
/// @file
/// What networks share that look up users and items by their ids and features.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/detail/add_row.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::neural {

/// What a network computes of the rows of one side alone, so that a pair costs only the rest.
template <class T>
struct prepared_rows {
    matrix<T> vectors;      ///< what stands for a row: the sum of the vectors of its fields
    matrix<T> hidden;       ///< its part of the tower's first layer
    matrix<T> rest;         ///< its part of the logit (one column)
    matrix<T> tokens;       ///< of networks that look at items: what they look at
    matrix<T> shared;       ///< of the same networks: what all pairs share
    weighted_lists<T> keys; ///< of networks that cross categories: the row's

    void resize(std::size_t rows, std::size_t size, std::size_t width) {
        vectors.resize(rows, size);
        hidden.resize(rows, width);
        rest.resize(rows, 1);
        keys.clear();
    }
};

/// The sum of a row's values.
template <class T>
void sum_columns(const matrix<T>& in, matrix<T>& out) {
    for (std::size_t row = 0; row < in.rows(); ++row) {
        T total{0};
        for (std::size_t at = 0; at < in.columns(); ++at)
            total += in(row, at);
        out(row, 0) = total;
    }
}
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

/// A network over a tower, trained by binary cross-entropy. `Network` derives from it and has, with
/// the memory of a pass,
///
///     void apply(const feature_batch<T>&, matrix<T>& logits, Memory&, const execution&) const;
///     void forward(const feature_batch<T>&, matrix<T>& logits, Memory&, const pass&);
///     void backward(const feature_batch<T>&, const matrix<T>& slopes, Memory&, const pass&);
///     void visit(visitor);
///
/// and, for `feature_network_model`, the parts of which a score is made: `encoder()`, `deep()`,
/// `prepare_users`, `prepare_items`, `prepare_backward`, `pair_logit`, `pair_backward`; see
/// `deep_fm_network`.
template <class Network, class T, class Memory>
class feature_network {
  public:
    using value_type = T;
    using workspace = Memory;

    /// See `trainable`.
    double gradients(const feature_samples& samples, std::span<const std::uint32_t> positions,
                     std::size_t epoch, const pass& pass) {
        auto& self = static_cast<Network&>(*this);
        batch_.read(samples, positions, epoch, pass.where);
        self.forward(batch_, logits_, memory_, pass);
        const double loss = measure(batch_, logits_, slopes_, pass.where);
        self.backward(batch_, slopes_, memory_, pass);
        return loss / static_cast<double>(positions.size());
    }

    /// The mean loss over all samples as they are in epoch 0, without dropout.
    [[nodiscard]] double mean_loss(const feature_samples& samples, const execution& where) const {
        constexpr std::size_t most = 8192; // at a time, for the memory
        Memory memory;
        feature_batch<T> batch;
        matrix<T> logits, slopes;
        std::vector<std::uint32_t> positions;
        double total = 0;
        for (std::size_t begin = 0; begin < samples.size(); begin += most) {
            positions.resize(std::min(most, samples.size() - begin));
            for (std::size_t at = 0; at < positions.size(); ++at)
                positions[at] = static_cast<std::uint32_t>(begin + at);
            batch.read(samples, positions, 0, where);
            static_cast<const Network&>(*this).apply(batch, logits, memory, where);
            total += measure(batch, logits, slopes, where);
        }
        return total / static_cast<double>(samples.size());
    }

    /// What the rows of pairs of a user with items are before the tower's first activation, and what
    /// the tower's outputs are added to.
    void meet(const prepared_rows<T>& user, const prepared_rows<T>& items,
              std::span<const std::uint32_t> which, matrix<T>& hidden, T* scores, Memory&) const {
        const auto& self = static_cast<const Network&>(*this);
        hidden.resize(which.size(), items.hidden.columns());
        for (std::size_t row = 0; row < which.size(); ++row) {
            detail::add_rows(user.hidden.row(0), items.hidden.row(which[row]), hidden.row(row),
                             hidden.stride());
            scores[row] = user.rest(0, 0) + items.rest(which[row], 0) +
                          self.pair_logit(user, items, which[row]);
        }
    }
    /// Adds up the derivatives by what was prepared of the user, from those by what `meet` gave.
    void meet_backward(const prepared_rows<T>&, const prepared_rows<T>& items,
                       std::span<const std::uint32_t> which, const matrix<T>& hidden_slopes,
                       const T* slopes, prepared_rows<T>& user_slopes, Memory&) const {
        const auto& self = static_cast<const Network&>(*this);
        for (std::size_t row = 0; row < which.size(); ++row) {
            simd::axpy(T{1}, hidden_slopes.row(row), user_slopes.hidden.row(0),
                       hidden_slopes.stride());
            user_slopes.rest(0, 0) += slopes[row];
            self.pair_backward(items, which[row], slopes[row], user_slopes);
        }
    }

  protected:
    feature_network() = default;
    ~feature_network() = default;
    feature_network(const feature_network&) = default;
    feature_network(feature_network&&) noexcept = default;
    feature_network& operator=(const feature_network&) = default;
    feature_network& operator=(feature_network&&) noexcept = default;

  private:
    /// The sum of the losses; `slopes` are the derivatives of their mean.
    [[nodiscard]] static double measure(const feature_batch<T>& batch, const matrix<T>& logits,
                                        matrix<T>& slopes, const execution& where) {
        using loss = binary_cross_entropy_with_logits;
        slopes.resize(batch.size(), 1);
        const T share = T{1} / static_cast<T>(batch.size());
        return parallel_reduce(
            where.threads(), batch.size(), 1024, 0.0,
            [&](std::size_t begin, std::size_t end) {
                double part = 0;
                for (std::size_t row = begin; row < end; ++row) {
                    part += static_cast<double>(loss::value(logits(row, 0), batch.labels[row]));
                    slopes(row, 0) = share * loss::slope(logits(row, 0), batch.labels[row]);
                }
                return part;
            },
            [](double& sum, double part) { sum += part; }, where.stop);
    }

    feature_batch<T> batch_;
    matrix<T> logits_, slopes_;
    Memory memory_;
};

} // namespace hybrec::neural
