// SPDX-License-Identifier: MIT
/// @file
/// Concepts of weighting schemes.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/index.hpp>

#include <concepts>

namespace hybrec {

/// Reweights one event of a log before the log becomes a matrix: `weigh(event)` gives the event's
/// new weight from its old weight, kind and time. Pure and thread-safe. Models: `time_decay`, what
/// `event_weights::bind` gives.
template <class Scheme, class Event>
concept event_weighting_of = requires(const Scheme& scheme, const Event& event) {
    { scheme.weigh(event) } -> std::convertible_to<float>;
};

/// Has to see the log before its events, to look up names or to check that it has what is needed:
/// `bind(log)` gives an `event_weighting_of` the events of that log. Models: `event_weights`,
/// `time_decay`, and whatever is composed of them.
template <class Scheme, class Log, class Event>
concept bindable_weighting_of = requires(const Scheme& scheme, const Log& log) {
    { scheme.bind(log) } -> event_weighting_of<Event>;
};

/// Reweights a whole matrix and keeps its pattern: `scheme(matrix)` gives a matrix of the same type
/// and shape with the same stored entries. Models: `bm25`, `tf_idf`, `row_normalization`,
/// `linear_confidence`, `log_confidence`.
template <class Scheme, class Matrix>
concept matrix_weighting_of = sparse_matrix<Matrix> &&
    requires(const Scheme& scheme, const Matrix& matrix) {
    { scheme(matrix) } -> std::same_as<Matrix>;
};

} // namespace hybrec
