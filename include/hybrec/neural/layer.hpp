// SPDX-License-Identifier: MIT
/// @file
/// The concept of a layer.
#pragma once

#include <hybrec/core/threads.hpp>
#include <hybrec/neural/matrix.hpp>
#include <hybrec/neural/pass.hpp>

#include <concepts>
#include <cstddef>

namespace hybrec::neural {

/// A differentiable map of rows to rows, as a value. `apply` is inference: const, and thread-safe
/// with a workspace each. `forward` is the same in training, and may remember things in the
/// workspace; `backward` then turns the derivatives by the outputs into those by the inputs, and
/// writes (not adds) those by the parameters. All of them give the outputs their shape.
///
/// Results have the same bits for any number of threads: threads share rows of the batch, or parts
/// of a parameter, and every sum has one order.
template <class Layer, class T = typename Layer::value_type>
concept layer = requires(Layer layer, const Layer& trained, const matrix<T>& in, matrix<T>& out,
                         typename Layer::workspace& memory, const pass& pass,
                         const execution& where) {
    { trained.outputs(std::size_t{}) } -> std::same_as<std::size_t>;
    trained.apply(in, out, memory, where);
    layer.forward(in, out, memory, pass);
    layer.backward(in, out, out, out, memory, pass);
    layer.visit([](auto&) {});
    trained.visit([](const auto&) {});
};

/// The workspace of layers that remember nothing.
struct no_workspace {};

} // namespace hybrec::neural
