// SPDX-License-Identifier: MIT
/// @file
/// A gradient step of logistic matrix factorization, and the unobserved entries that it draws.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/factorization/detail/draws.hpp>
#include <hybrec/factorization/logistic_mf/options.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace hybrec::detail {

/// How many unobserved items to add to a user's row, and how to draw one.
struct unobserved_items {
    std::size_t wanted;
    std::size_t items;
    detail::draws draws;

    [[nodiscard]] item_index next() noexcept { return item_index(draws.below(items)); }
};

/// The same of users for an item's row.
struct unobserved_users {
    std::size_t wanted;
    std::span<const user_index> users; ///< each as often as it has entries
    detail::draws draws;

    [[nodiscard]] user_index next() noexcept { return users[draws.below(users.size())]; }
};

/// x += γ·g/√Σg² with the gradient g of the row's part of the objective, whose entry `constant`
/// is not a parameter.
template <class Column, class Entry, class Unobserved>
void ada_grad_step(const logistic_mf_options& options, const sparse_row<Column, Entry>& entries,
                   const factor_table<Column, float>& fixed, std::size_t constant,
                   Unobserved others, float* x, float* squares,
                   aligned_vector<float>& gradient) noexcept {
    const std::size_t size = fixed.stride();
    std::fill(gradient.begin(), gradient.end(), 0.0F);
    // g += (observed − weight·σ(s))·y
    const auto add = [&](Column column, float observed, float weight) {
        const float* const y = fixed.padded_row(column);
        const float chance = 1 / (1 + std::exp(-simd::dot(x, y, size)));
        simd::axpy(observed - weight * chance, y, gradient.data(), size);
    };
    for (const auto [column, value] : entries)
        if (value > 0) {
            const float observed = static_cast<float>(options.alpha) * static_cast<float>(value);
            add(column, observed, 1 + observed);
        }
    // A row that has almost everything finds few: it gives up after as many draws as it wants,
    // and a few more.
    std::size_t attempts = 2 * others.wanted + 64;
    for (std::size_t found = 0; found < others.wanted && attempts > 0; --attempts) {
        const Column column = others.next();
        if (entries.contains(column))
            continue;
        add(column, 0, 1);
        ++found;
    }
    const auto lambda = static_cast<float>(options.regularization);
    const auto rate = static_cast<float>(options.learning_rate);
    for (std::size_t k = 0; k < options.factors + 2; ++k) {
        if (k == constant)
            continue;
        const float slope = gradient[k] - lambda * x[k];
        squares[k] += slope * slope;
        x[k] += rate * slope / std::sqrt(squares[k] + 1e-6F);
    }
}

} // namespace hybrec::detail
