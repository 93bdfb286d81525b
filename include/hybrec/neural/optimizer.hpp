// SPDX-License-Identifier: MIT
/// @file
/// Steps along gradients: SGD, Adagrad, Adam, AdamW; dense, or lazily for rows of embeddings.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/parameter.hpp>
#include <hybrec/neural/pass.hpp>
#include <hybrec/neural/training.hpp>
#include <hybrec/simd/batch.hpp>

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::neural {

/// θ ← θ − η·g.
struct sgd {
    static constexpr std::size_t slots = 0;

    template <class T, class Arch = simd::default_arch>
    [[nodiscard]] auto step(double rate, std::uint64_t) const noexcept {
        return
            [by = static_cast<T>(rate)](T* value, const T* gradient, const std::array<T*, slots>&,
                                        std::size_t size) noexcept {
                for (std::size_t at = 0; at < size; at += simd::width<T, Arch>)
                    simd::subtract_product(simd::broadcast<T, Arch>(by),
                                           simd::load<T, Arch>(gradient + at),
                                           simd::load<T, Arch>(value + at))
                        .store_aligned(value + at);
            };
    }
    friend bool operator==(const sgd&, const sgd&) = default;
};

/// G ← G + g², θ ← θ − η·g/(√G + ε) (Duchi, Hazan, Singer 2011).
struct adagrad {
    static constexpr std::size_t slots = 1;
    double epsilon = 1e-10;

    template <class T, class Arch = simd::default_arch>
    [[nodiscard]] auto step(double rate, std::uint64_t) const noexcept {
        return [by = static_cast<T>(rate), small = static_cast<T>(epsilon)](
                   T* value, const T* gradient, const std::array<T*, slots>& state,
                   std::size_t size) noexcept {
            for (std::size_t at = 0; at < size; at += simd::width<T, Arch>) {
                const auto slope = simd::load<T, Arch>(gradient + at);
                const auto squares =
                    simd::multiply_add(slope, slope, simd::load<T, Arch>(state[0] + at));
                squares.store_aligned(state[0] + at);
                const auto root = simd::square_root(squares) + simd::broadcast<T, Arch>(small);
                simd::subtract_product(simd::broadcast<T, Arch>(by), slope / root,
                                       simd::load<T, Arch>(value + at))
                    .store_aligned(value + at);
            }
        };
    }
    friend bool operator==(const adagrad&, const adagrad&) = default;
};

/// m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², θ ← θ − η·m̂/(√v̂ + ε) with m̂ = m/(1 − β₁ᵗ),
/// v̂ = v/(1 − β₂ᵗ) (Kingma and Ba 2015, algorithm 1). With `weight_decay` λ it is AdamW: first
/// θ ← (1 − ηλ)θ, apart from the gradient (Loshchilov and Hutter 2019, algorithm 2).
struct adam {
    static constexpr std::size_t slots = 2;
    double first_decay = 0.9;    ///< β₁
    double second_decay = 0.999; ///< β₂
    double epsilon = 1e-8;
    double weight_decay = 0; ///< λ of AdamW

    template <class T, class Arch = simd::default_arch>
    [[nodiscard]] auto step(double rate, std::uint64_t steps) const noexcept {
        const double time = static_cast<double>(steps);
        return [keep_first = static_cast<T>(first_decay),
                keep_second = static_cast<T>(second_decay),
                by = static_cast<T>(rate / (1 - std::pow(first_decay, time))),
                inverse_root = static_cast<T>(1 / std::sqrt(1 - std::pow(second_decay, time))),
                small = static_cast<T>(epsilon), keep = static_cast<T>(1 - rate * weight_decay)](
                   T* value, const T* gradient, const std::array<T*, slots>& state,
                   std::size_t size) noexcept {
            const auto all = [](T number) { return simd::broadcast<T, Arch>(number); };
            for (std::size_t at = 0; at < size; at += simd::width<T, Arch>) {
                const auto slope = simd::load<T, Arch>(gradient + at);
                const auto first =
                    simd::multiply_add(all(keep_first), simd::load<T, Arch>(state[0] + at),
                                       all(T{1} - keep_first) * slope);
                const auto second =
                    simd::multiply_add(all(keep_second), simd::load<T, Arch>(state[1] + at),
                                       all(T{1} - keep_second) * (slope * slope));
                first.store_aligned(state[0] + at);
                second.store_aligned(state[1] + at);
                const auto root =
                    simd::multiply_add(simd::square_root(second), all(inverse_root), all(small));
                simd::subtract_product(all(by), first / root,
                                       all(keep) * simd::load<T, Arch>(value + at))
                    .store_aligned(value + at);
            }
        };
    }
    friend bool operator==(const adam&, const adam&) = default;
};

/// A rule with the state it keeps for every parameter, in the order in which they are visited.
///
/// **Lazy** updates: of a `sparse_parameter` only the touched rows move. The others keep value and
/// moments as they are; bias corrections count all steps, not those of the row. So does PyTorch's
/// SparseAdam, which differs in ε only: it adds it to √v, not to √v̂, which shows where gradients are
/// near ε. **Dense** updates are those of the papers: the gradient of the others is zero, by which
/// Adam decays their moments and moves them on, and AdamW shrinks them. With SGD and Adagrad both are
/// the same: a gradient of zero changes nothing.
template <class Rule, class T = float>
class optimizer {
  public:
    using rule_type = Rule;

    optimizer() = default;
    explicit optimizer(Rule rule, embedding_updates updates = embedding_updates::lazy)
        : rule_{rule}, updates_{updates} {}

    /// How many steps were begun.
    [[nodiscard]] std::uint64_t steps() const noexcept { return steps_; }

    /// One step of everything that `network.visit` shows. @pre gradients are set.
    template <class Network>
    void update(Network& network, double rate, const execution& where) {
        ++steps_;
        const auto step = rule_.template step<T>(rate, steps_);
        std::size_t number = 0;
        network.visit([&](auto& each) { update(each, state_of(number++, each), step, where); });
    }

    /// Shows the state to a visitor, in the order of the parameters.
    template <class Visitor>
    void visit_state(Visitor&& visitor) const {
        for (const auto& tables : states_)
            for (const matrix<T>& table : tables)
                visitor(table);
    }
    /// The state of a training that is to go on: `read(table)` fills the tables, which have the shapes
    /// that `network` asks for.
    template <class Network, class Read>
    void restore(std::uint64_t steps, Network& network, Read&& read) {
        steps_ = steps;
        std::size_t number = 0;
        network.visit([&](auto& each) {
            for (matrix<T>& table : state_of(number++, each))
                read(table);
        });
    }

    friend bool operator==(const optimizer&, const optimizer&) = default;

  private:
    using state_type = std::array<matrix<T>, Rule::slots>;

    template <class Parameter>
    state_type& state_of(std::size_t number, const Parameter& parameter) {
        if (number >= states_.size())
            states_.resize(number + 1);
        for (matrix<T>& table : states_[number])
            if (table.columns() == 0 && is_trained(parameter))
                table = matrix<T>(parameter.value.rows(), parameter.value.columns());
        return states_[number];
    }
    [[nodiscard]] static bool is_trained(const parameter<T>& each) noexcept { return each.trained; }
    [[nodiscard]] static bool is_trained(const sparse_parameter<T>&) noexcept { return true; }

    [[nodiscard]] static std::array<T*, Rule::slots> row_of(state_type& state,
                                                            std::size_t row) noexcept {
        std::array<T*, Rule::slots> rows{};
        for (std::size_t slot = 0; slot < Rule::slots; ++slot)
            rows[slot] = state[slot].row(row);
        return rows;
    }

    template <class Step>
    static void update(parameter<T>& each, state_type& state, const Step& step,
                       const execution& where) {
        if (each.trained)
            for_each_row(each.value.rows(), where, [&](std::size_t row) {
                step(each.value.row(row), each.gradient.row(row), row_of(state, row),
                     each.value.stride());
            });
    }
    template <class Step>
    void update(sparse_parameter<T>& each, state_type& state, const Step& step,
                const execution& where) const {
        const auto move = [&](std::size_t row, const T* gradient) {
            step(each.value.row(row), gradient, row_of(state, row), each.value.stride());
        };
        if (updates_ == embedding_updates::lazy)
            return for_each_row(each.touched.size(), where, [&](std::size_t touched) {
                move(each.touched.rows()[touched], each.gradient.row(touched));
            });
        const matrix<T> nothing(1, each.value.columns());
        for_each_row(each.value.rows(), where, [&](std::size_t row) {
            move(row, each.touched.contains(row)
                          ? each.gradient.row(each.touched.slot(static_cast<std::uint32_t>(row)))
                          : nothing.row(0));
        });
    }

    Rule rule_;
    embedding_updates updates_ = embedding_updates::lazy;
    std::uint64_t steps_ = 0;
    std::vector<state_type> states_;
};

/// Scales all gradients so that their common length is at most `most` (Pascanu, Mikolov, Bengio 2013,
/// algorithm 1); 0: no limit. Gives the length before, summed in the order of the parameters.
template <class Network>
double clip_gradients(Network& network, double most) {
    const auto for_each_gradient = [&](auto&& body) {
        network.visit([&](auto& each) {
            for (std::size_t row = 0; row < each.gradient.rows(); ++row)
                body(each.gradient.row(row), each.gradient.columns());
        });
    };
    double squares = 0;
    for_each_gradient([&](const auto* values, std::size_t count) {
        for (std::size_t at = 0; at < count; ++at)
            squares += static_cast<double>(values[at]) * static_cast<double>(values[at]);
    });
    const double length = std::sqrt(squares);
    if (most > 0 && length > most)
        for_each_gradient([&]<class T>(T* values, std::size_t count) {
            for (std::size_t at = 0; at < count; ++at)
                values[at] *= static_cast<T>(most / length);
        });
    return length;
}

} // namespace hybrec::neural
