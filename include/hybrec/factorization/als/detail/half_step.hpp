// SPDX-License-Identifier: MIT
/// @file
/// One half-iteration of implicit ALS: solves every row of one side against the fixed other side.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/als/confidence.hpp>
#include <hybrec/factorization/als/detail/narrow_rows.hpp>
#include <hybrec/factorization/als/detail/rounded_vectors.hpp>
#include <hybrec/factorization/als/normal_equations.hpp>
#include <hybrec/simd/vector.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>

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

/// What all rows of one side are solved against. One of `gram` and `spectrum` is null.
template <class Index, class Value>
struct als_fixed_side {
    const factor_table<Index, Value>& table;
    const Value* gram;     ///< α₀·YᵀY
    const Value* spectrum; ///< the same where the table is in its eigenbasis: the diagonal
    als_regularization regularization;
    const rounded_vectors* rounded = nullptr; ///< of the table; null: none
};

/// Whether gathered rows come from memory. In the caches they are near enough, and asking for them
/// ahead costs more than it saves (measured: 6 % of a half-step).
template <class Index, class Value>
[[nodiscard]] bool is_far(const als_fixed_side<Index, Value>& fixed) noexcept {
    return (fixed.rounded ? fixed.rounded->bytes() : fixed.table.bytes()) > near_table_bytes;
}

/// Solves single rows: gathers a row's vectors and confidences, and calls the solver. Holds the
/// scratch memory of one thread.
template <class Solver, class Value>
class als_row_solver {
  public:
    als_row_solver(const Solver& solver, std::size_t factors, std::size_t longest_row)
        : solver_{&solver},
          scratch_{factors, longest_row},
          diagonal_(padded_size<Value>(factors), Value{1}),
          inverse_diagonal_(padded_size<Value>(factors), Value{1}),
          rows_(padded_size<Value>(longest_row)),
          rounded_rows_(padded_size<Value>(longest_row)),
          weights_(padded_size<Value>(longest_row)),
          targets_(padded_size<Value>(longest_row)) {}

    /// The system of a row with the given entries; valid until the next call.
    /// @pre There is at least one entry.
    template <class Index, class Entry, class Confidence>
    [[nodiscard]] normal_equations<Value> system(const als_fixed_side<Index, Value>& fixed,
                                                 const sparse_row<Index, Entry>& entries,
                                                 const Confidence& confidence) noexcept {
        const std::size_t size = entries.size();
        const std::size_t room = padded_size<Value>(size);
        const bool far = is_far(fixed);
        for_each_entry(size, far, [&](std::size_t k, std::size_t at) {
            const auto value = static_cast<double>(entries.values()[at]);
            weights_[k] = static_cast<Value>(confidence.weight(value));
            targets_[k] = static_cast<Value>(confidence.target(value));
        });
        for (std::size_t k = size; k < room; ++k)
            weights_[k] = targets_[k] = Value{0};
        const auto point = [&](auto& rows, auto&& vector_of) {
            for_each_entry(size, far, [&](std::size_t k, std::size_t at) {
                rows[k] = vector_of(entries.columns()[at]);
            });
            for (std::size_t k = size; k < room; ++k)
                rows[k] = rows[0];
        };
        if (fixed.rounded)
            point(rounded_rows_, [&](Index at) { return fixed.rounded->row(at.value()); });
        const bool whole = !fixed.rounded || keeps_whole();
        if (whole)
            point(rows_, [&](Index at) { return fixed.table.padded_row(at); });
        set_diagonal(fixed.regularization.of(size), fixed.spectrum, fixed.table.factors());
        return {.gram = fixed.gram,
                .diagonal = diagonal_.data(),
                .inverse_diagonal = inverse_diagonal_.data(),
                .definite = definite_,
                .far = far,
                .entries = size,
                .rows = whole ? rows_.data() : nullptr,
                .rounded_rows = fixed.rounded ? rounded_rows_.data() : nullptr,
                .weights = weights_.data(),
                .targets = targets_.data(),
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
    /// Calls `put(k, at)` for every entry: `at` is its place in the row, k that in the system.
    ///
    /// Long rows from afar are taken in 64 strands, one vector from each in turn. In ascending order the next
    /// vector is a little further on in memory, and processors bring what lies between as well, which nobody
    /// needs (measured on ml20m, f = 64: strands take 12 % off the half-step of items).
    template <class Put>
    static void for_each_entry(std::size_t size, bool far, const Put& put) noexcept {
        constexpr std::size_t strands = 64;
        const std::size_t each = far && size >= 16 * strands ? size / strands : 0;
        std::size_t k = 0;
        for (std::size_t step = 0; step < each; ++step)
            for (std::size_t strand = 0; strand < strands; ++strand)
                put(k++, strand * each + step);
        for (; k < size; ++k)
            put(k, k);
    }

    void set_diagonal(double lambda, const Value* spectrum, std::size_t factors) noexcept {
        if (lambda == lambda_)
            return; // as for the row before
        lambda_ = lambda;
        for (std::size_t at = 0; at < factors; ++at)
            diagonal_[at] = static_cast<Value>(lambda) + (spectrum ? spectrum[at] : Value{0});
        const auto [least, most] =
            std::minmax_element(diagonal_.begin(), diagonal_.begin() + as_difference(factors));
        // Below this a value is noise of the largest one.
        const Value floor = *most * std::numeric_limits<Value>::epsilon();
        definite_ = *least > floor && std::isfinite(*most);
        for (std::size_t at = 0; at < factors; ++at)
            inverse_diagonal_[at] =
                *most > Value{0} ? Value{1} / std::max(diagonal_[at], floor) : Value{1};
    }

    static constexpr bool keeps_whole() noexcept {
        if constexpr (requires { Solver::keeps_whole_vectors; })
            return Solver::keeps_whole_vectors;
        else
            return true;
    }

    static std::ptrdiff_t as_difference(std::size_t value) noexcept {
        return static_cast<std::ptrdiff_t>(value);
    }

    const Solver* solver_;
    typename Solver::template workspace<Value> scratch_;
    aligned_vector<Value> diagonal_;
    aligned_vector<Value> inverse_diagonal_;
    bool definite_ = false;
    double lambda_ = -1; // none yet
    aligned_vector<const Value*> rows_;
    aligned_vector<const simd::bfloat16_pair*> rounded_rows_;
    aligned_vector<Value> weights_;
    aligned_vector<Value> targets_;
};

template <class = on_use>
[[noreturn]] void throw_singular(std::string_view side, std::size_t row, double regularization) {
    fail<numeric_error>({"implicit_als: the least-squares system of ", side, " ", row,
                         " is singular or not finite; regularization there is ", regularization,
                         ", expected a larger one (or smaller confidence values)"});
}

template <class = on_use>
[[nodiscard]] std::size_t longest_row(std::span<const offset> offsets) noexcept {
    offset longest = 0;
    for (std::size_t row = 0; row + 1 < offsets.size(); ++row)
        longest = std::max(longest, offsets[row + 1] - offsets[row]);
    return static_cast<std::size_t>(longest);
}

/// Bounds of consecutive ranges of rows that cost about the same: 0, …, the number of rows.
template <class = on_use>
[[nodiscard]] aligned_vector<std::size_t> balanced_ranges(std::span<const offset> offsets,
                                                          std::size_t factors) {
    constexpr std::size_t most_ranges = 512;
    const std::size_t rows = offsets.size() - 1;
    // Even an empty row costs something: about as much as a fourth of the factors in entries.
    const std::size_t fixed_cost = factors / 4 + 1;
    const std::size_t goal =
        (offsets.back() - offsets.front() + rows * fixed_cost) / most_ranges + 1;
    aligned_vector<std::size_t> bounds{0};
    std::size_t cost = 0;
    for (std::size_t row = 0; row < rows; ++row) {
        cost += static_cast<std::size_t>(offsets[row + 1] - offsets[row]) + fixed_cost;
        if (cost >= goal || row + 1 == rows) {
            bounds.push_back(row + 1);
            cost = 0;
        }
    }
    return bounds;
}

/// Solves the rows of `interactions`, a `csr_view` or `narrow_rows`, into the rows of `solved` from
/// `first_row` on. Rows are independent, so the result does not depend on the threads.
/// @throws numeric_error naming the lowest row that has no solution.
template <class Solver, class Confidence, class Matrix, class Column, class Row, class Value>
void als_half_step(const Matrix& interactions, const als_fixed_side<Column, Value>& fixed,
                   factor_table<Row, Value>& solved, std::size_t first_row, const Solver& solver,
                   const Confidence& confidence, const execution& where) {
    if (interactions.row_count() == 0)
        return;
    thread_pool& pool = where.threads();
    const std::size_t longest = longest_row(interactions.offsets());
    struct alignas(table_alignment) worker_state { // no line of a cache is shared
        worker_state(const Solver& policy, std::size_t factors, std::size_t longest_row)
            : solver{policy, factors, longest_row} {}

        als_row_solver<Solver, Value> solver;
        std::array<row_buffer<Column, typename Matrix::value_type>, 2> rooms;
        std::size_t singular = std::numeric_limits<std::size_t>::max(); ///< the lowest row
    };
    fixed_array<worker_state> workers(pool.size(), solver, fixed.table.factors(), longest);
    const aligned_vector<std::size_t> bounds =
        balanced_ranges(interactions.offsets(), fixed.table.factors());
    const bool far = is_far(fixed);
    const auto prefetch_row = [&](const auto& entries) {
        constexpr std::size_t most = 64;
        const auto columns = entries.columns();
        for (const Column column : columns.first(std::min(most, columns.size())))
            if (fixed.rounded)
                simd::prefetch(fixed.rounded->row(column.value()), fixed.rounded->stride());
            else
                simd::prefetch(fixed.table.padded_row(column), fixed.table.stride());
    };
    // Half-steps of a side follow each other: what a thread has read and written, it finds again.
    pool.for_chunks_with_affinity(
        bounds.size() - 1, 1,
        [&](std::size_t range, std::size_t, std::size_t worker) {
            auto& [rows, rooms, singular] = workers[worker];
            auto entries = entries_of(interactions, Row(bounds[range]), rooms[0]);
            for (std::size_t at = bounds[range]; at < bounds[range + 1]; ++at) {
                // The next row's vectors travel while this one is solved.
                auto next = entries;
                if (at + 1 < bounds[range + 1]) {
                    next =
                        entries_of(interactions, Row(at + 1), rooms[(at + 1 - bounds[range]) % 2]);
                    if (far)
                        prefetch_row(next);
                }
                if (!rows.solve(fixed, entries, confidence, solved.padded_row(Row(first_row + at))))
                    singular = std::min(singular, at);
                entries = next;
            }
        },
        where.stop);
    std::size_t singular = interactions.row_count();
    for (const worker_state& worker : workers)
        singular = std::min(singular, worker.singular);
    if (singular < interactions.row_count())
        throw_singular(
            side_name<Row>(), first_row + singular,
            fixed.regularization.of(static_cast<std::size_t>(interactions.offsets()[singular + 1] -
                                                             interactions.offsets()[singular])));
}

} // namespace hybrec::detail
