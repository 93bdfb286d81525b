// SPDX-License-Identifier: MIT
/// @file
/// Concepts of what watches long work.
#pragma once

#include <hybrec/core/progress.hpp>

#include <concepts>

namespace hybrec {

/// Called with a `progress_event` at the start and after every step of long work, from the thread
/// that started it. Models: `progress_bar`, `no_progress`, any lambda of that parameter.
template <class Observer>
concept progress_observer = std::invocable<Observer&, const progress_event&>;

/// Judges a model during training: a number per iteration, higher is better, from data the model
/// does not train on. Models: `validation_metric`, any lambda of that parameter.
template <class Validator, class Model>
concept validator_of = requires(Validator& validator, const Model& model) {
    { validator(model) } -> std::convertible_to<double>;
};

} // namespace hybrec
