// SPDX-License-Identifier: MIT
/// @file
/// DeepFM: a factorization machine and a deep network on the same embeddings.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/activation.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/dropout.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/field_samples.hpp>
#include <hybrec/neural/fm_interaction.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/sequential.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::neural {

struct deep_fm_network_options {
    std::size_t embedding = 16;                ///< length of the fields' vectors
    std::array<std::size_t, 2> hidden{64, 32}; ///< widths of the hidden layers
    double dropout = 0.2;                      ///< after each of them; at least 0 and below 1
    double initial_deviation = 0.05;           ///< of the embeddings' starting values
    std::uint64_t seed = 42;                   ///< of all starting values
};

/// P(y = 1) = σ(b + Σ_f w_f + ½ Σ_k [(Σ_f v_fk)² − Σ_f v_fk²] + MLP(v₁, …, v_F)) with the weights w_f
/// and vectors v_f of the sample's categories (Guo et al. 2017, equations 1 to 4); trained by binary
/// cross-entropy.
template <class T = float>
class deep_fm_network {
  public:
    using value_type = T;
    using tower =
        sequential<dense<T>, relu<T>, dropout<T>, dense<T>, relu<T>, dropout<T>, dense<T>>;

    /// What a pass needs. Memory is kept from batch to batch.
    struct workspace {
        std::vector<std::vector<std::uint32_t>> categories; ///< of every field
        std::vector<T> labels;
        matrix<T> vectors, weights;    ///< of the categories, side by side
        matrix<T> pairs, deep, logits; ///< the parts, and their sum
        matrix<T> slopes, pair_slopes, deep_slopes;
        typename fm_interaction<T>::workspace machine;
        typename tower::workspace layers;
    };

    deep_fm_network() = default;
    /// @param sizes how many categories each field has
    deep_fm_network(const std::vector<std::size_t>& sizes,
                    const deep_fm_network_options& options = {})
        : machine_{sizes.size()} {
        const counter_random random{options.seed};
        std::uint64_t stream = 10;
        for (const std::size_t size : sizes) {
            weights_.emplace_back(size, std::size_t{1}, random.stream(stream++), 0.0);
            vectors_.emplace_back(size, options.embedding, random.stream(stream++),
                                  options.initial_deviation);
        }
        const auto [first, second] = options.hidden;
        const std::size_t inputs = sizes.size() * options.embedding;
        tower_ = tower{
            dense<T>{inputs, first, random.stream(1)}, relu<T>{}, dropout<T>{options.dropout, 1},
            dense<T>{first, second, random.stream(2)}, relu<T>{}, dropout<T>{options.dropout, 2},
            dense<T>{second, 1, random.stream(3)}};
    }

    /// Writes the logits of samples to `memory.logits`, as inference gives them.
    void apply(const field_samples& samples, std::span<const std::uint32_t> positions,
               workspace& memory, const execution& where) const {
        look_up(samples, positions, memory, where);
        tower_.apply(memory.vectors, memory.deep, memory.layers, where);
        add_up(memory, where);
    }

    /// See `trainable`.
    double gradients(const field_samples& samples, std::span<const std::uint32_t> positions,
                     std::size_t, const pass& pass) {
        workspace& memory = memory_;
        look_up(samples, positions, memory, pass.where);
        tower_.forward(memory.vectors, memory.deep, memory.layers, pass);
        add_up(memory, pass.where);
        const double loss = mean_loss_of(memory);

        // The logit is a sum: its derivatives are those of all parts.
        machine_.backward(memory.vectors, memory.pairs, memory.slopes, memory.pair_slopes,
                          memory.machine, pass);
        tower_.backward(memory.vectors, memory.deep, memory.slopes, memory.deep_slopes,
                        memory.layers, pass);
        for_each_row(positions.size(), pass.where, [&](std::size_t row) {
            simd::axpy(T{1}, memory.pair_slopes.row(row), memory.deep_slopes.row(row),
                       memory.deep_slopes.stride());
        });
        bias_.gradient(0, 0) = T{0};
        for (std::size_t row = 0; row < positions.size(); ++row)
            bias_.gradient(0, 0) += memory.slopes(row, 0);
        for (std::size_t field = 0; field < vectors_.size(); ++field) {
            weights_[field].backward(memory.categories[field], memory.slopes, 0, pass.where);
            vectors_[field].backward(memory.categories[field], memory.deep_slopes,
                                     field * vectors_[field].outputs(), pass.where);
        }
        return loss;
    }

    /// The mean loss over all samples, without dropout.
    [[nodiscard]] double mean_loss(const field_samples& samples, const execution& where) const {
        constexpr std::size_t most = 4096; // at a time, for the memory
        workspace memory;
        std::vector<std::uint32_t> positions;
        double total = 0;
        for (std::size_t begin = 0; begin < samples.size(); begin += most) {
            positions.resize(std::min(most, samples.size() - begin));
            for (std::size_t at = 0; at < positions.size(); ++at)
                positions[at] = static_cast<std::uint32_t>(begin + at);
            apply(samples, positions, memory, where);
            total += mean_loss_of(memory) * static_cast<double>(positions.size());
        }
        return total / static_cast<double>(samples.size());
    }

    /// Field after field its weights and its vectors, then the bias, then the tower.
    template <class Visitor>
    void visit(Visitor&& visitor) {
        visit_all(*this, visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        visit_all(*this, visitor);
    }

  private:
    template <class Self, class Visitor>
    static void visit_all(Self& self, Visitor& visitor) {
        for (std::size_t field = 0; field < self.vectors_.size(); ++field) {
            self.weights_[field].visit(visitor);
            self.vectors_[field].visit(visitor);
        }
        visitor(self.bias_);
        self.tower_.visit(visitor);
    }

    void look_up(const field_samples& samples, std::span<const std::uint32_t> positions,
                 workspace& memory, const execution& where) const {
        const std::size_t fields = vectors_.size();
        memory.categories.resize(fields);
        memory.labels.resize(positions.size());
        for (std::size_t row = 0; row < positions.size(); ++row)
            memory.labels[row] = static_cast<T>(samples.label(positions[row]));
        const std::size_t size = vectors_.front().outputs();
        memory.vectors.resize(positions.size(), fields * size);
        memory.weights.resize(positions.size(), fields);
        for (std::size_t field = 0; field < fields; ++field) {
            auto& categories = memory.categories[field];
            categories.resize(positions.size());
            for (std::size_t row = 0; row < positions.size(); ++row)
                categories[row] = samples.category(positions[row], field);
            vectors_[field].apply(categories, memory.vectors, field * size, where);
            weights_[field].apply(categories, memory.weights, field, where);
        }
    }

    void add_up(workspace& memory, const execution& where) const {
        machine_.apply(memory.vectors, memory.pairs, memory.machine, where);
        memory.logits.resize(memory.pairs.rows(), 1);
        for_each_row(memory.pairs.rows(), where, [&](std::size_t row) {
            T logit = bias_.value(0, 0) + memory.pairs(row, 0) + memory.deep(row, 0);
            for (std::size_t field = 0; field < memory.weights.columns(); ++field)
                logit += memory.weights(row, field);
            memory.logits(row, 0) = logit;
        });
    }

    [[nodiscard]] static double mean_loss_of(workspace& memory) {
        return neural::mean_loss<binary_cross_entropy_with_logits>(
            memory.logits, std::span<const T>{memory.labels}, memory.slopes);
    }

    std::vector<embedding<T>> weights_;
    std::vector<embedding<T>> vectors_;
    parameter<T> bias_{1, 1};
    fm_interaction<T> machine_;
    tower tower_;
    workspace memory_;
};

} // namespace hybrec::neural
