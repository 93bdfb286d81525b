// SPDX-License-Identifier: MIT
/// @file
/// Layers one after the other, joined at compile time.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/layer.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

namespace hybrec::neural {

/// The composition of layers; itself a layer: `sequential{dense{…}, relu{}, dense{…}}`.
template <layer First, layer... Rest>
class sequential {
  public:
    using value_type = typename First::value_type;
    /// What lies between the layers. Memory is kept from batch to batch.
    struct workspace {
        std::tuple<typename First::workspace, typename Rest::workspace...> layers;
        std::array<matrix<value_type>, sizeof...(Rest)> between;
        std::array<matrix<value_type>, sizeof...(Rest)> gradients;
    };

    sequential() = default;
    explicit sequential(First first, Rest... rest)
        : layers_{std::move(first), std::move(rest)...} {}

    [[nodiscard]] std::size_t outputs(std::size_t inputs) const noexcept {
        std::apply([&](const auto&... each) { ((inputs = each.outputs(inputs)), ...); }, layers_);
        return inputs;
    }

    template <std::size_t Position>
    [[nodiscard]] const auto& get() const noexcept {
        return std::get<Position>(layers_);
    }

    void apply(const matrix<value_type>& in, matrix<value_type>& out, workspace& memory,
               const execution& where) const {
        for_each_layer([&]<std::size_t At>() {
            std::get<At>(layers_).apply(source<At>(in, memory.between),
                                        target<At>(out, memory.between),
                                        std::get<At>(memory.layers), where);
        });
    }
    void forward(const matrix<value_type>& in, matrix<value_type>& out, workspace& memory,
                 const pass& pass) {
        for_each_layer([&]<std::size_t At>() {
            std::get<At>(layers_).forward(source<At>(in, memory.between),
                                          target<At>(out, memory.between),
                                          std::get<At>(memory.layers), pass);
        });
    }
    void backward(const matrix<value_type>& in, const matrix<value_type>& out,
                  const matrix<value_type>& out_gradient, matrix<value_type>& in_gradient,
                  workspace& memory, const pass& pass) {
        for_each_layer([&]<std::size_t Reversed>() {
            constexpr std::size_t At = sizeof...(Rest) - Reversed;
            std::get<At>(layers_).backward(
                source<At>(in, memory.between), target<At>(out, memory.between),
                target<At>(out_gradient, memory.gradients),
                source<At>(in_gradient, memory.gradients), std::get<At>(memory.layers), pass);
        });
    }

    template <class Visitor>
    void visit(Visitor&& visitor) {
        std::apply([&](auto&... each) { (each.visit(visitor), ...); }, layers_);
    }
    template <class Visitor>
    void visit(Visitor&& visitor) const {
        std::apply([&](const auto&... each) { (each.visit(visitor), ...); }, layers_);
    }

    friend bool operator==(const sequential&, const sequential&) = default;

  private:
    template <class Body>
    static void for_each_layer(Body&& body) {
        [&]<std::size_t... At>(std::index_sequence<At...>) {
            (body.template operator()<At>(), ...);
        }
        (std::make_index_sequence<1 + sizeof...(Rest)>{});
    }
    /// What layer `At` reads, and what it writes: the ends, or what lies between.
    template <std::size_t At, class Matrix, class Between>
    [[nodiscard]] static Matrix& source(Matrix& in, Between& between) noexcept {
        if constexpr (At == 0)
            return in;
        else
            return between[At - 1];
    }
    template <std::size_t At, class Matrix, class Between>
    [[nodiscard]] static Matrix& target(Matrix& out, Between& between) noexcept {
        if constexpr (At == sizeof...(Rest))
            return out;
        else
            return between[At];
    }

    std::tuple<First, Rest...> layers_;
};

} // namespace hybrec::neural
