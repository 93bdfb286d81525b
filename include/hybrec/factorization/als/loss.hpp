// SPDX-License-Identifier: MIT
/// @file
/// The loss that implicit ALS minimises.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/confidence.hpp>
#include <hybrec/factorization/als/detail/half_step.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/gram_matrix.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>

#include <cstddef>

namespace hybrec {

/// α₀·Σ_all ŷ² + Σ_observed (a·ŷ² − 2b·ŷ + b) + Σᵤ λᵤ|xᵤ|² + Σᵢ λᵢ|yᵢ|², with ŷ = ⟨xᵤ, yᵢ⟩.
///
/// For all three confidence conventions this is the weighted squared error of their papers. The
/// unobserved part is the trace of (XᵀX)(YᵀY) (Hu, Koren, Volinsky 2008, section 4).
/// @param interactions a `csr_view`, or what training makes of it
/// @param item_entries the number of entries of each item's column: `item_entries(item)`
/// Complexity: O(entries·f + rows·f²). The same bits for any number of threads.
template <class Confidence, class Matrix, class Value, class ItemEntries>
[[nodiscard]] double
als_loss(const Matrix& interactions, const factor_table<user_index, Value>& users,
         const factor_table<item_index, Value>& items, const Confidence& confidence, double lambda,
         double exponent, const ItemEntries& item_entries, const execution& where = {}) {
    const std::size_t size = users.stride();
    const double unobserved = confidence.unobserved();
    const detail::als_regularization user_side{lambda, exponent,
                                               unobserved * static_cast<double>(items.rows())};
    const detail::als_regularization item_side{lambda, exponent,
                                               unobserved * static_cast<double>(users.rows())};
    const auto squared = [&](const Value* vector) {
        return static_cast<double>(simd::dot(vector, vector, size));
    };
    const double observed = parallel_reduce(
        where.threads(), users.rows(), 256, 0.0,
        [&](std::size_t begin, std::size_t end) {
            double part = 0;
            detail::row_buffer<item_index, typename Matrix::value_type> room;
            for (std::size_t user = begin; user < end; ++user) {
                const auto row = detail::entries_of(interactions, user_index(user), room);
                const Value* x = users.padded_row(user_index(user));
                for (const auto [item, value] : row) {
                    const auto score =
                        static_cast<double>(simd::dot(x, items.padded_row(item), size));
                    const double target = confidence.target(static_cast<double>(value));
                    part += confidence.weight(static_cast<double>(value)) * score * score -
                            2 * target * score + target;
                }
                part += user_side.of(row.size()) * squared(x);
            }
            return part;
        },
        [](double& total, double part) { total += part; }, where.stop);
    const double item_part = parallel_reduce(
        where.threads(), items.rows(), 256, 0.0,
        [&](std::size_t begin, std::size_t end) {
            double part = 0;
            for (std::size_t item = begin; item < end; ++item)
                part += item_side.of(item_entries(item_index(item))) *
                        squared(items.padded_row(item_index(item)));
            return part;
        },
        [](double& total, double part) { total += part; }, where.stop);
    double all = 0;
    if (unobserved > 0) {
        const auto user_gram = gram_matrix(users, Value{1}, where);
        const auto item_gram = gram_matrix(items, Value{1}, where);
        for (std::size_t at = 0; at < user_gram.size(); ++at)
            all += static_cast<double>(user_gram[at]) * static_cast<double>(item_gram[at]);
    }
    return unobserved * all + observed + item_part;
}

} // namespace hybrec
