// SPDX-License-Identifier: MIT
/// @file
/// One row's normal equations with random data, and their residual.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/gram_matrix.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace hybrec::test {

/// The part of A that all rows share: a full matrix, or a diagonal as in training.
enum class shared_part { dense, diagonal };

/// A system of `factors` unknowns from `entries` random rows; weights may be negative but small
/// enough for A to stay positive definite.
template <class Value>
struct random_system {
    random_system(shared_part part, std::size_t factors, std::size_t entries, bool signed_weights,
                  double regularization = 0.1)
        : table(std::max<std::size_t>(entries, 1) + 50 + 2 * factors, factors) {
        const counter_random random{4, factors * 1000 + entries};
        for (std::size_t row = 0; row < table.rows(); ++row)
            for (std::size_t factor = 0; factor < factors; ++factor)
                table.row(item_index(row))[factor] =
                    static_cast<Value>(random.normal(row * factors + factor));
        gram = gram_matrix(table, Value{1});
        const std::size_t padded = table.stride();
        diagonal.assign(padded, Value{1});
        inverse.assign(padded, Value{1});
        for (std::size_t at = 0; at < factors; ++at) {
            diagonal[at] = static_cast<Value>(regularization);
            if (part == shared_part::diagonal) // as large as in the dense case
                diagonal[at] += gram[at * padded + at] * (at % 3 == 0 ? Value{3} : Value{1});
            inverse[at] = Value{1} / diagonal[at];
        }
        const std::size_t room = padded_size<Value>(entries);
        for (std::size_t k = 0; k < room; ++k) {
            rows.push_back(table.padded_row(item_index(k < entries ? k : 0)));
            const double draw = random.stream(1).uniform(k);
            weights.push_back(static_cast<Value>(signed_weights ? 1.5 * draw - 0.75 : 3 * draw));
            targets.push_back(static_cast<Value>(1 + draw));
            if (k >= entries)
                weights[k] = targets[k] = Value{0};
        }
        system = {.gram = part == shared_part::dense ? gram.data() : nullptr,
                  .diagonal = diagonal.data(),
                  .inverse_diagonal = inverse.data(),
                  .definite = regularization > 0,
                  .entries = entries,
                  .rows = rows.data(),
                  .weights = weights.data(),
                  .targets = targets.data(),
                  .factors = factors,
                  .padded = padded};
    }
    random_system(const random_system&) = delete; // `system` points into it
    random_system& operator=(const random_system&) = delete;

    /// |A x − b| / |b|, computed in double.
    [[nodiscard]] double residual(const Value* x) const {
        double error = 0;
        double length = 0;
        for (std::size_t i = 0; i < system.factors; ++i) {
            double left = static_cast<double>(diagonal[i]) * static_cast<double>(x[i]);
            double right = 0;
            for (std::size_t j = 0; system.gram && j < system.factors; ++j)
                left +=
                    static_cast<double>(gram[i * system.padded + j]) * static_cast<double>(x[j]);
            for (std::size_t k = 0; k < system.entries; ++k) {
                double along = 0;
                for (std::size_t j = 0; j < system.factors; ++j)
                    along += static_cast<double>(rows[k][j]) * static_cast<double>(x[j]);
                left += static_cast<double>(weights[k]) * along * static_cast<double>(rows[k][i]);
                right += static_cast<double>(targets[k]) * static_cast<double>(rows[k][i]);
            }
            error += (left - right) * (left - right);
            length += right * right;
        }
        return std::sqrt(error / length);
    }

    factor_table<item_index, Value> table;
    aligned_vector<Value> gram;
    aligned_vector<Value> diagonal;
    aligned_vector<Value> inverse;
    std::vector<const Value*> rows;
    aligned_vector<Value> weights;
    aligned_vector<Value> targets;
    normal_equations<Value> system;
};

} // namespace hybrec::test
