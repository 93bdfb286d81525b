// SPDX-License-Identifier: MIT
/// @file
/// What training changes.
#pragma once

#include <hybrec/core/random.hpp>
#include <hybrec/neural/matrix.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec::neural {

/// A table of numbers and, after a backward pass, the derivative of the loss by each of them.
///
/// Layers show theirs to a visitor, always in the same order: `layer.visit(visitor)` calls
/// `visitor(parameter)`. By that order optimizers know their state, and archives their fields.
template <class T>
struct parameter {
    parameter() = default;
    parameter(std::size_t rows, std::size_t columns, bool is_trained = true)
        : value(rows, columns), gradient(is_trained ? rows : 0, columns), trained{is_trained} {}

    matrix<T> value;
    matrix<T> gradient;
    bool trained = true; ///< false: part of the state, but nothing to descend on (running means)

    /// Uniform on [−bound, bound).
    void randomize(const counter_random& random, double bound) {
        for (std::size_t row = 0; row < value.rows(); ++row)
            for (std::size_t column = 0; column < value.columns(); ++column)
                value(row, column) = static_cast<T>(
                    bound * (2 * random.uniform(row * value.columns() + column) - 1));
    }

    friend bool operator==(const parameter& left, const parameter& right) noexcept {
        return left.value == right.value && left.trained == right.trained;
    }
};

} // namespace hybrec::neural
