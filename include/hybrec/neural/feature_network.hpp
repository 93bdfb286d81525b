// SPDX-License-Identifier: MIT
/// @file
/// What networks share that look up users and items by their ids and features.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/feature_batch.hpp>
#include <hybrec/neural/feature_samples.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::neural {

/// A network over features, trained by binary cross-entropy. `Network` derives from it and has, with
/// the memory of a pass,
///
///     void apply(const feature_batch<T>&, matrix<T>& logits, Memory&, const execution&) const;
///     void forward(const feature_batch<T>&, matrix<T>& logits, Memory&, const pass&);
///     void backward(const feature_batch<T>&, const matrix<T>& slopes, Memory&, const pass&);
///     void visit(visitor);
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
