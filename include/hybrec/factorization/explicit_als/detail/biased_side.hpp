// SPDX-License-Identifier: MIT
/// @file
/// The users or the items of explicit ALS while it trains: vectors, biases, half-steps, loss.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/detail/row_solver.hpp>
#include <hybrec/factorization/explicit_als/options.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>

#include <concepts>
#include <cstddef>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec::detail {

template <class = on_use>
[[noreturn]] void throw_singular_ratings(const std::string& what) {
    fail<numeric_error>({"explicit_als: the least-squares system of ", what,
                         " is singular or not finite; expected a larger regularization or smaller "
                         "ratings"});
}

/// n^ν
template <class = on_use>
[[nodiscard]] double weight_of_ratings(std::size_t ratings,
                                       const explicit_als_options& options) noexcept {
    return std::pow(static_cast<double>(ratings), options.regularization_exponent);
}

/// Starts the system of a row of so many ratings: (factors, bias) with their regularization.
template <class = on_use>
void start_rating_system(row_solver<float>& solver, std::size_t ratings,
                         const explicit_als_options& options) noexcept {
    const double scale = weight_of_ratings(ratings, options);
    solver.start([&](std::size_t factor) {
        return scale *
               (factor == options.factors ? options.bias_regularization : options.regularization);
    });
}

/// One side's (factors, 1), which the other side is regressed on, and biases.
template <class Index,
          class Other = std::conditional_t<std::same_as<Index, user_index>, item_index, user_index>>
struct biased_side {
    csr_view<Index, Other, float> ratings;
    factor_table<Index, float> vectors;
    std::vector<float> biases;

    biased_side(csr_view<Index, Other, float> all_ratings, std::size_t factors)
        : ratings{all_ratings},
          vectors(ratings.row_count(), factors + 1),
          biases(ratings.row_count()) {}

    /// Solves all rows against the other side; rows are independent.
    void solve(const biased_side<Other>& fixed, double mean, const explicit_als_options& options,
               const execution& where) {
        solve_rows(ratings, options.factors + 1, 0, where,
                   [&](Index row, const auto& entries, row_solver<float>& solver) {
                       if (entries.empty())
                           return;
                       start_rating_system(solver, entries.size(), options);
                       for (const auto [column, rating] : entries)
                           solver.add(fixed.vectors.padded_row(column), 1,
                                      rating - static_cast<float>(mean) -
                                          fixed.biases[column.value()]);
                       float* const x = vectors.padded_row(row);
                       if (!solver.solve(nullptr, x))
                           throw_singular_ratings("row " + std::to_string(row.value()));
                       biases[row.value()] = std::exchange(x[options.factors], 1.0F);
                   });
    }

    /// Σ n^ν·(λ|x|² + λ_b·b²)
    [[nodiscard]] double penalty(const explicit_als_options& options) const {
        double total = 0;
        for (std::size_t row = 0; row < biases.size(); ++row) {
            const std::size_t entries = ratings.row(Index(row)).size();
            if (entries == 0)
                continue;
            double squares = 0;
            for (std::size_t k = 0; k < options.factors; ++k) {
                const auto value = static_cast<double>(vectors.row(Index(row))[k]);
                squares += value * value;
            }
            const auto bias = static_cast<double>(biases[row]);
            total += weight_of_ratings(entries, options) *
                     (options.regularization * squares + options.bias_regularization * bias * bias);
        }
        return total;
    }
};

/// What training minimises.
template <class = on_use>
[[nodiscard]] double rating_loss(const biased_side<user_index>& users,
                                 const biased_side<item_index>& items, double mean,
                                 const explicit_als_options& options) {
    double total = users.penalty(options) + items.penalty(options);
    for (std::size_t user = 0; user < users.biases.size(); ++user)
        for (const auto [item, rating] : users.ratings.row(user_index(user))) {
            const float product = simd::dot(users.vectors.padded_row(user_index(user)),
                                            items.vectors.padded_row(item),
                                            items.vectors.stride()) -
                                  1; // of the two ones
            const double error =
                static_cast<double>(rating) - mean - static_cast<double>(users.biases[user]) -
                static_cast<double>(items.biases[item.value()]) - static_cast<double>(product);
            total += error * error;
        }
    return total;
}

} // namespace hybrec::detail
