// SPDX-License-Identifier: MIT
/// @file
/// A small network to train: logistic regression with a hidden layer, and its samples.
#pragma once

#include "neural_fixture.hpp"

#include <hybrec/neural/activation.hpp>
#include <hybrec/neural/batch_normalization.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/dropout.hpp>
#include <hybrec/neural/loss.hpp>
#include <hybrec/neural/sequential.hpp>

#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace hybrec::test {

template <class Model, class Matrix>
concept trains_on = requires(Model model, const Matrix& matrix) {
    model.fit(matrix);
};
template <class Model, class Index>
concept recommends_to = requires(const Model& model, Index index) {
    model.recommend(index, 3);
};

/// Points, and whether the sum of their values is above 0.
struct points {
    neural::matrix<float> values;
    std::vector<float> labels;

    points(std::size_t count, std::uint64_t stream)
        : values{random_matrix<float>(count, 6, stream)}, labels(count) {
        for (std::size_t row = 0; row < count; ++row)
            labels[row] = values(row, 0) + values(row, 1) + values(row, 2) > 0 ? 1.0F : 0.0F;
    }
    [[nodiscard]] std::size_t size() const noexcept { return labels.size(); }
    [[nodiscard]] std::uint64_t fingerprint() const noexcept { return labels.size(); }
};

struct classifier {
    using value_type = float;
    using layers = neural::sequential<neural::dense<float>, neural::relu<float>,
                                      neural::batch_normalization<float>, neural::dropout<float>,
                                      neural::dense<float>>;
    layers network{neural::dense<float>{6, 20, counter_random{1, 1}}, neural::relu<float>{},
                   neural::batch_normalization<float>{20}, neural::dropout<float>{0.1},
                   neural::dense<float>{20, 1, counter_random{1, 2}}};

    double gradients(const points& samples, std::span<const std::uint32_t> positions, std::size_t,
                     const neural::pass& pass) {
        neural::matrix<float> in(positions.size(), 6), out, slopes, in_slopes;
        std::vector<float> labels(positions.size());
        for (std::size_t row = 0; row < positions.size(); ++row) {
            std::copy_n(samples.values.row(positions[row]), 6, in.row(row));
            labels[row] = samples.labels[positions[row]];
        }
        layers::workspace memory;
        network.forward(in, out, memory, pass);
        const double loss = neural::mean_loss<neural::binary_cross_entropy_with_logits>(
            out, std::span<const float>{labels}, slopes);
        network.backward(in, out, slopes, in_slopes, memory, pass);
        return loss;
    }
    [[nodiscard]] double mean_loss(const points& samples, const execution& where) const {
        neural::matrix<float> out, slopes;
        layers::workspace memory;
        network.apply(samples.values, out, memory, where);
        return neural::mean_loss<neural::binary_cross_entropy_with_logits>(
            out, std::span<const float>{samples.labels}, slopes);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) {
        network.visit(visitor);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        network.visit(visitor);
    }
    friend bool operator==(const classifier&, const classifier&) = default;
};

struct temporary_checkpoint {
    std::string path;
    explicit temporary_checkpoint(const std::string& name)
        : path{(std::filesystem::temp_directory_path() /
                ("hybrec_" + name + std::to_string(::getpid()) + ".safetensors"))
                   .string()} {}
    ~temporary_checkpoint() { std::filesystem::remove(path); }
};

} // namespace hybrec::test
