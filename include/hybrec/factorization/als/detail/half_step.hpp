// SPDX-License-Identifier: MIT
/// @file
/// One half-iteration of implicit ALS: solves every row of one side against the fixed other side.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/confidence.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace hybrec::detail {

/// λᵤ = λ·(nᵤ + α₀·others)^ν (Rendle et al. 2022, equation 10).
struct als_regularization {
    double lambda = 0;
    double exponent = 0;
    double unobserved_total = 0; ///< α₀ times the number of rows of the other side

    [[nodiscard]] double of(std::size_t entries) const noexcept {
        return exponent == 0
                   ? lambda
                   : lambda * std::pow(static_cast<double>(entries) + unobserved_total, exponent);
    }
};

template <class Index>
[[nodiscard]] constexpr const char* side_name() noexcept {
    return std::same_as<Index, user_index> ? "user" : "item";
}

/// What all rows of one side are solved against.
template <class Index, class Value>
struct als_fixed_side {
    const factor_table<Index, Value>& table;
    const aligned_vector<Value>& gram; ///< α₀·YᵀY
    als_regularization regularization;
};

/// Solves single rows: gathers a row's vectors and confidences, and calls the solver. Holds the
/// scratch memory of one thread.
template <class Solver, class Value>
class als_row_solver {
  public:
    als_row_solver(const Solver& solver, std::size_t factors, std::size_t longest_row)
        : solver_{&solver},
          scratch_{factors, longest_row},
          rows_(longest_row),
          weights_(longest_row),
          targets_(longest_row) {}

    /// The system of a row with the given entries; valid until the next call.
    template <class Index, class Entry, class Confidence>
    [[nodiscard]] normal_equations<Value> system(const als_fixed_side<Index, Value>& fixed,
                                                 const sparse_row<Index, Entry>& entries,
                                                 const Confidence& confidence) noexcept {
        const std::size_t size = entries.size();
        for (std::size_t k = 0; k < size; ++k) {
            const auto value = static_cast<double>(entries.values()[k]);
            rows_[k] = fixed.table.padded_row(entries.columns()[k]);
            weights_[k] = static_cast<Value>(confidence.weight(value));
            targets_[k] = static_cast<Value>(confidence.target(value));
        }
        return {.gram = fixed.gram.data(),
                .regularization = static_cast<Value>(fixed.regularization.of(size)),
                .rows = {rows_.data(), size},
                .weights = {weights_.data(), size},
                .targets = {targets_.data(), size},
                .factors = fixed.table.factors(),
                .padded = fixed.table.stride()};
    }

    /// Replaces `x`; a row without entries becomes zero. False if the system has no finite
    /// solution.
    template <class Index, class Entry, class Confidence>
    [[nodiscard]] bool solve(const als_fixed_side<Index, Value>& fixed,
                             const sparse_row<Index, Entry>& entries, const Confidence& confidence,
                             Value* x) noexcept {
        if (entries.empty()) {
            std::fill_n(x, fixed.table.stride(), Value{0});
            return true;
        }
        const normal_equations<Value> row = system(fixed, entries, confidence);
        return solver_->solve(row, x, scratch_) && std::isfinite(simd::dot(x, x, row.padded));
    }

    [[nodiscard]] auto& scratch() noexcept { return scratch_; }

  private:
    const Solver* solver_;
    typename Solver::template workspace<Value> scratch_;
    std::vector<const Value*> rows_;
    std::vector<Value> weights_;
    std::vector<Value> targets_;
};

template <class Index>
[[noreturn]] void throw_singular(Index row, double regularization) {
    throw numeric_error{
        std::string{"implicit_als: the least-squares system of "} + side_name<Index>() + " " +
        std::to_string(row.value()) + " is singular or not finite; regularization there is " +
        std::to_string(regularization) + ", expected a larger one (or smaller confidence values)"};
}

template <class Row, class Column, class Entry>
[[nodiscard]] std::size_t longest_row(const csr_view<Row, Column, Entry>& matrix) noexcept {
    offset longest = 0;
    for (std::size_t row = 0; row < matrix.row_count(); ++row)
        longest = std::max(longest, matrix.offsets()[row + 1] - matrix.offsets()[row]);
    return longest;
}

/// Solves the rows of `interactions` into the rows of `solved` from `first_row` on. Rows are
/// independent, so the result does not depend on the threads.
/// @throws numeric_error naming the lowest row that has no solution.
template <class Solver, class Confidence, class Row, class Column, class Entry, class Value>
void als_half_step(const csr_view<Row, Column, Entry>& interactions,
                   const als_fixed_side<Column, Value>& fixed, factor_table<Row, Value>& solved,
                   std::size_t first_row, const Solver& solver, const Confidence& confidence,
                   const execution& where) {
    thread_pool& pool = where.threads();
    const std::size_t longest = longest_row(interactions);
    std::vector<std::unique_ptr<als_row_solver<Solver, Value>>> solvers(pool.size());
    for (auto& scratch : solvers)
        scratch =
            std::make_unique<als_row_solver<Solver, Value>>(solver, fixed.table.factors(), longest);
    pool.for_chunks(
        interactions.row_count(), 16,
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            for (std::size_t at = begin; at < end; ++at) {
                const Row row{first_row + at};
                const auto entries = interactions.row(Row(at));
                if (!solvers[worker]->solve(fixed, entries, confidence, solved.padded_row(row)))
                    throw_singular(row, fixed.regularization.of(entries.size()));
            }
        },
        where.stop);
}

} // namespace hybrec::detail
