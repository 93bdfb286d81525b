// SPDX-License-Identifier: MIT
/// @file
/// The exact scores that decide a search, and the marks of the rows that are denied.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>

namespace hybrec::detail {

/// Scores rows with the bits that `score` gives them, and lets the best in.
template <class Index, class Value>
class exact_scores {
  public:
    exact_scores(const factor_table<Index, Value>& table, const search_query<Value>& query,
                 const Value* inverse_lengths) noexcept
        : table_{&table}, query_{query}, inverse_lengths_{inverse_lengths} {}

    [[nodiscard]] const search_query<Value>& query() const noexcept { return query_; }

    /// Whether a row can have a score at all: a vector without a length has no cosine.
    [[nodiscard]] bool has_score(std::size_t row) const noexcept {
        return !inverse_lengths_ || inverse_lengths_[row] > Value{0};
    }

    /// Offers up to four rows to `best`; `admits(index)` is asked about those that would enter.
    template <class Admits>
    void offer(const std::size_t* rows, std::size_t count, const Admits& admits,
               top_k<Index, Value>& best) const noexcept {
        std::array<Value, 4> scores;
        const std::size_t size = table_->stride();
        if (count == 4)
            simd::dot_four(query_.values, vector(rows[0]), vector(rows[1]), vector(rows[2]),
                           vector(rows[3]), size, scores.data());
        else
            for (std::size_t at = 0; at < count; ++at)
                scores[at] = simd::dot(query_.values, vector(rows[at]), size);
        for (std::size_t at = 0; at < count; ++at) {
            const scored<Index, Value> candidate{Index(rows[at]), scaled(scores[at], rows[at])};
            if (best.would_enter(candidate) && admits(candidate.index))
                best.enter(candidate);
        }
    }

    [[nodiscard]] Value scaled(Value product, std::size_t row) const noexcept {
        return inverse_lengths_ ? product * inverse_lengths_[row] * query_.inverse_length : product;
    }

  private:
    [[nodiscard]] const Value* vector(std::size_t row) const noexcept {
        return table_->data() + row * table_->stride();
    }

    const factor_table<Index, Value>* table_;
    search_query<Value> query_;
    const Value* inverse_lengths_;
};

/// The largest float that is not above `value`.
template <class Value>
[[nodiscard]] float float_below(Value value) noexcept {
    if constexpr (std::same_as<Value, float>) {
        return value;
    } else {
        constexpr float infinity = std::numeric_limits<float>::infinity();
        constexpr float most = std::numeric_limits<float>::max();
        if (value >= static_cast<Value>(most))
            return std::isinf(value) ? infinity : most;
        if (value < -static_cast<Value>(most))
            return -infinity;
        const auto rounded = static_cast<float>(value);
        return static_cast<Value>(rounded) > value ? std::nextafter(rounded, -infinity) : rounded;
    }
}

/// An upper bound of the length of a query; infinite if the index can say nothing about it.
template <class Value>
[[nodiscard]] float query_length(std::span<const Value> query) noexcept {
    const double length = search_index::length_of(query);
    return length != 0 && length < search_index::shortest
               ? std::numeric_limits<float>::infinity()
               : static_cast<float>(length * (1 + 0x1p-20));
}

/// Marks, one bit per position of the index, for rows that lists deny. As lists are of any length
/// and tables of any size, marks cover the first positions only, where nearly all candidates are;
/// about the others the filter is asked.
struct denied_marks {
    /// 65,536 rows: 8 KB.
    static constexpr std::size_t most_groups = 2048;

    std::uint32_t* words = nullptr;
    std::size_t groups = 0; ///< that are covered

    [[nodiscard]] static std::size_t covered(const search_index& index) noexcept {
        return std::min(index.groups(), most_groups);
    }

    template <class Admission>
    void mark(const search_index& index, const Admission& admission) noexcept {
        std::fill_n(words, groups, 0);
        admission.visit_denied([&](auto denied) noexcept {
            for (const auto entry : denied) {
                if (entry.value() >= index.rows())
                    break; // sorted: the rest is beyond the table as well
                const std::size_t position = index.position_of(entry.value());
                const std::size_t group = position / simd::group_rows;
                if (group < groups)
                    words[group] |= std::uint32_t{1} << position % simd::group_rows;
            }
        });
    }
};

/// The order in which groups are visited. Inner products want the longest rows first. Among cosines
/// that order is no help, and does harm: rows of like length are often alike, so thresholds would
/// rise slowly all along. A stride near the golden section mixes the groups evenly.
class group_walk {
  public:
    group_walk(std::size_t groups, bool mixed) noexcept
        : groups_{groups}, stride_{mixed ? coprime_stride(groups) : 1} {}

    [[nodiscard]] std::size_t operator[](std::size_t at) const noexcept {
        return stride_ == 1 ? at : at * stride_ % groups_;
    }

  private:
    [[nodiscard]] static std::size_t coprime_stride(std::size_t groups) noexcept {
        auto stride = std::max<std::size_t>(1, groups * 5 / 8);
        while (std::gcd(stride, groups) > 1)
            --stride;
        return stride;
    }

    std::size_t groups_;
    std::size_t stride_;
};

/// Decides about the rows of one group that the index proposes: those in `passed`, a bit for each.
/// @param scores approximate scores, to be re-examined as the threshold rises
/// @param allowance by how much an approximate score may be below the exact one
template <class Index, class Value, class Admission>
void offer_group(const search_index& index, std::size_t group, std::uint32_t passed,
                 const float* scores, float allowance, const denied_marks& marks,
                 const Admission& admission, const exact_scores<Index, Value>& exact,
                 top_k<Index, Value>& best) noexcept {
    const bool marked = group < marks.groups;
    passed &= index.occupied(group);
    if (marked)
        passed &= ~marks.words[group];
    const auto admits = [&](Index row) noexcept {
        return marked ? admission.admits_unlisted(row) : admission.admits(row);
    };
    const auto granted = [](Index) noexcept { return true; };
    while (passed != 0) {
        const float bound = float_below(best.threshold()) - allowance;
        const bool room = !best.full();
        std::array<std::size_t, 4> rows;
        std::size_t count = 0;
        while (passed != 0 && count < 4) {
            const auto at = static_cast<std::size_t>(std::countr_zero(passed));
            passed &= passed - 1;
            if (scores[at] < bound)
                continue;
            const std::size_t row = index.row_at(group * simd::group_rows + at);
            // While there is room, the filter is asked before the product is computed.
            if (exact.has_score(row) && (!room || admits(Index(row))))
                rows[count++] = row;
        }
        if (room)
            exact.offer(rows.data(), count, granted, best);
        else
            exact.offer(rows.data(), count, admits, best);
    }
}

} // namespace hybrec::detail
