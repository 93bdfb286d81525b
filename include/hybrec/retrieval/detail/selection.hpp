// SPDX-License-Identifier: MIT
/// @file
/// Decides by exact scores which of the proposed rows a query keeps.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/detail/search_plan.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/simd/score_tile.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace hybrec::detail {

/// The best rows of one query so far, by the scores that `score` would give them.
///
/// Proposed rows wait until there are four: their vectors are on the way from memory meanwhile, and
/// four products take little longer than one. The threshold lags behind by as many, which lets a
/// few more rows be proposed but never changes the result.
template <class Index, class Value>
class selection {
  public:
    selection(const factor_table<Index, Value>& table, const search_query<Value>& query,
              const Value* inverse_lengths, std::span<scored<Index, Value>> out) noexcept
        : table_{&table}, query_{query}, inverse_lengths_{inverse_lengths}, best_{out} {}

    [[nodiscard]] const search_query<Value>& query() const noexcept { return query_; }

    /// What scores must reach, rounded down to float.
    [[nodiscard]] float threshold() const noexcept {
        return std::max(floor_, float_below(best_.threshold()));
    }

    /// Announces that enough admitted rows have scores of at least `floor` to fill the ranking.
    void set_floor(float floor) noexcept { floor_ = floor; }
    [[nodiscard]] std::size_t depth() const noexcept { return best_.capacity(); }

    /// Takes the rows of one group that the index proposes: those in `passed`, a bit for each.
    /// @param scores    approximate scores, to be looked at again as the threshold rises
    /// @param allowance by how much an approximate score may be below the exact one
    template <class Admission>
    void propose(const search_index& index, std::size_t group, std::uint32_t passed,
                 const float* scores, float allowance, const denied_marks& marks,
                 const Admission& admission) noexcept {
        const bool marked = group < marks.groups;
        passed &= index.occupied(group);
        if (marked)
            passed &= ~marks.of(group);
        float bound = threshold() - allowance;
        for (; passed != 0; passed &= passed - 1) {
            const auto at = static_cast<std::size_t>(std::countr_zero(passed));
            if (scores[at] < bound)
                continue;
            question open = marked ? question::unlisted : question::all;
            const std::size_t row = index.row_at(group * simd::group_rows + at);
            // While everything enters, the filter is asked first: it costs less than a product.
            if (!best_.full()) {
                if (!admits(admission, Index(row), open))
                    continue;
                open = question::none;
            }
            const Value* vector = table_->data() + row * table_->stride();
            for (std::size_t line = 0; line < table_->stride(); line += simd::line<Value>)
                simd::prefetch(vector + line);
            rows_[waiting_] = row;
            open_[waiting_] = open;
            if (++waiting_ == rows_.size()) {
                decide(admission);
                bound = threshold() - allowance;
            }
        }
    }

    /// Scores the rows that wait.
    template <class Admission>
    void decide(const Admission& admission) noexcept {
        std::array<Value, 4> products;
        const auto vector = [&](std::size_t at) {
            return table_->data() + rows_[at] * table_->stride();
        };
        const std::size_t size = table_->stride();
        if (waiting_ == 4)
            simd::dot_four(query_.values, vector(0), vector(1), vector(2), vector(3), size,
                           products.data());
        else
            for (std::size_t at = 0; at < waiting_; ++at)
                products[at] = simd::dot(query_.values, vector(at), size);
        for (std::size_t at = 0; at < waiting_; ++at)
            offer(rows_[at], products[at], admission, open_[at]);
        waiting_ = 0;
    }

    /// Lets a row in whose product with the query is known, if it ranks and the filter admits it.
    template <class Admission>
    void offer(std::size_t row, Value product, const Admission& admission) noexcept {
        offer(row, product, admission, question::all);
    }

    /// Sorts what was kept; returns how many there are. Call once, with no row waiting.
    [[nodiscard]] std::size_t finish() noexcept { return best_.finish(); }

  private:
    /// What is still to be asked about a row.
    enum class question : unsigned char { none, unlisted, all };

    template <class Admission>
    [[nodiscard]] static bool admits(const Admission& admission, Index index,
                                     question open) noexcept {
        return open == question::none ||
               (open == question::unlisted ? admission.admits_unlisted(index)
                                           : admission.admits(index));
    }

    template <class Admission>
    void offer(std::size_t row, Value product, const Admission& admission, question open) noexcept {
        Value score = product;
        if (inverse_lengths_) {
            if (!(inverse_lengths_[row] > Value{0}))
                return; // a vector without a length has no cosine
            score = product * inverse_lengths_[row] * query_.inverse_length;
        }
        const scored<Index, Value> candidate{Index(row), score};
        // The filter is asked last: few candidates get this far.
        if (best_.would_enter(candidate) && admits(admission, candidate.index, open))
            best_.enter(candidate);
    }

    const factor_table<Index, Value>* table_;
    search_query<Value> query_;
    const Value* inverse_lengths_;
    top_k<Index, Value> best_;
    std::array<std::size_t, 4> rows_{};
    std::array<question, 4> open_{};
    std::size_t waiting_ = 0;
    float floor_ = -std::numeric_limits<float>::infinity();
};

} // namespace hybrec::detail
