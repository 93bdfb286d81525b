// SPDX-License-Identifier: MIT
/// @file
/// Where a pipeline's candidates come from.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/hybrid/component.hpp>

#include <cstddef>
#include <utility>

namespace hybrec {

/// A model and how many candidates it may propose.
template <component Model>
struct generator {
    Model model;
    std::size_t budget;
};

template <component Model>
[[nodiscard]] const held_type<Model>& model_of(const generator<Model>& part) noexcept {
    return part.model;
}

/// `from(als, 300)`: at most 300 candidates from a model, held by value or shared with `std::ref`.
/// A budget of 0 switches the generator off.
template <component Model>
[[nodiscard]] generator<Model> from(Model model, std::size_t budget) {
    return {std::move(model), budget};
}

} // namespace hybrec
