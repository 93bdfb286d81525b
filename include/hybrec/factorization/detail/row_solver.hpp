// SPDX-License-Identifier: MIT
/// @file
/// Exact solution of single rows' least-squares systems whose entries are given one by one.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/exact.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/cholesky.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <limits>

namespace hybrec::detail {

/// Solves (G + diag(d) + Σ aₖ·yₖyₖᵀ) x = Σ bₖ·yₖ by the `exact` solver of implicit ALS. Holds the
/// scratch memory of one thread.
template <class Value>
class alignas(table_alignment) row_solver {
  public:
    /// @param factors     length of x
    /// @param longest_row the most entries a system may have
    row_solver(std::size_t factors, std::size_t longest_row)
        : factors_{factors},
          scratch_{factors, longest_row},
          diagonal_(padded_size<Value>(factors), Value{1}),
          inverse_diagonal_(padded_size<Value>(factors), Value{1}),
          rows_(padded_size<Value>(longest_row)),
          weights_(padded_size<Value>(longest_row)),
          targets_(padded_size<Value>(longest_row)) {}

    /// Starts a system with Σ and G empty.
    /// @param diagonal d(factor), at least 0
    template <class Diagonal>
    void start(Diagonal&& diagonal) noexcept {
        entries_ = 0;
        Value least = std::numeric_limits<Value>::max();
        for (std::size_t at = 0; at < factors_; ++at) {
            diagonal_[at] = static_cast<Value>(diagonal(at));
            least = std::min(least, diagonal_[at]);
            inverse_diagonal_[at] = diagonal_[at] > Value{0} ? Value{1} / diagonal_[at] : Value{1};
        }
        definite_ =
            least > std::numeric_limits<Value>::min() / std::numeric_limits<Value>::epsilon();
    }
    /// Adds aₖ and bₖ for a padded vector that stays where it is until the system is solved.
    void add(const Value* vector, Value weight, Value target) noexcept {
        assert(entries_ < rows_.size());
        rows_[entries_] = vector;
        weights_[entries_] = weight;
        targets_[entries_++] = target;
    }

    /// Finds x. @param gram G, padded rows and columns, or null for zero
    /// @pre There is an entry. @return false if there is no finite solution.
    [[nodiscard]] bool solve(const Value* gram, Value* x) noexcept {
        const auto all = system(gram);
        return exact{}.solve(all, x, scratch_) && std::isfinite(simd::dot(x, x, all.padded));
    }
    /// Finds z with (G + …) z = x in place, for explanations: x = Σ bₖ·z-parts.
    [[nodiscard]] bool solve_for(const Value* gram, Value* x) noexcept {
        const auto all = system(gram);
        aligned_vector<Value>& right = scratch_.coefficients;
        if (!exact::factorize(all, right.data(), scratch_))
            return false;
        simd::cholesky_solve(scratch_.matrix.data(), all.padded, factors_, x);
        return true;
    }

  private:
    [[nodiscard]] normal_equations<Value> system(const Value* gram) noexcept {
        assert(entries_ > 0);
        for (std::size_t k = entries_; k < padded_size<Value>(entries_); ++k) {
            rows_[k] = rows_[0];
            weights_[k] = targets_[k] = Value{0};
        }
        return {.gram = gram,
                .diagonal = diagonal_.data(),
                .inverse_diagonal = inverse_diagonal_.data(),
                .definite = definite_,
                .entries = entries_,
                .rows = rows_.data(),
                .weights = weights_.data(),
                .targets = targets_.data(),
                .factors = factors_,
                .padded = padded_size<Value>(factors_)};
    }

    std::size_t factors_;
    exact::workspace<Value> scratch_;
    aligned_vector<Value> diagonal_;
    aligned_vector<Value> inverse_diagonal_;
    bool definite_ = false;
    std::size_t entries_ = 0;
    aligned_vector<const Value*> rows_;
    aligned_vector<Value> weights_;
    aligned_vector<Value> targets_;
};

/// Calls `solve_row(row, entries, solver)` for every row of a matrix, with a solver of the calling
/// thread for so many factors and `extra` more entries than the longest row has.
template <class Row, class Column, class Entry, class SolveRow>
void solve_rows(const csr_view<Row, Column, Entry>& matrix, std::size_t factors, std::size_t extra,
                const execution& where, const SolveRow& solve_row) {
    std::size_t longest = 0;
    for (std::size_t row = 0; row < matrix.row_count(); ++row)
        longest = std::max(longest, matrix.row(Row(row)).size());
    fixed_array<row_solver<float>> solvers(where.threads().size(), factors, longest + extra);
    where.threads().for_chunks(
        matrix.row_count(), 32,
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            for (std::size_t row = begin; row < end; ++row)
                solve_row(Row(row), matrix.row(Row(row)), solvers[worker]);
        },
        where.stop);
}

} // namespace hybrec::detail
