// SPDX-License-Identifier: MIT
/// @file
/// Concepts of weighting schemes.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/core/index.hpp>

#include <concepts>

namespace hybrec {

/// Reweights one event of a log before the log becomes a matrix: `weigh(event)` gives the event's
/// new weight from its old weight, kind and time. Models: `event_weights`, `time_decay`.
template <class Scheme, class Event>
concept event_weighting_of = requires(const Scheme& scheme, const Event& event) {
    { scheme.weigh(event) } -> std::convertible_to<float>;
};

/// Reweights a whole matrix and keeps its pattern: `scheme(matrix)` gives a matrix of the same type
/// and shape with the same stored entries. Models: `bm25`, `tf_idf`, `row_normalization`,
/// `linear_confidence`, `log_confidence`.
template <class Scheme, class Matrix>
concept matrix_weighting_of = sparse_matrix<Matrix> && requires(const Scheme& scheme,
                                                                const Matrix& matrix) {
    { scheme(matrix) } -> std::same_as<Matrix>;
};

} // namespace hybrec
