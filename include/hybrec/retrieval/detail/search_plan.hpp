// SPDX-License-Identifier: MIT
/// @file
/// What a search with an index is made of besides arithmetic: bounds, marks, and the order of groups.
#pragma once

#include <hybrec/core/math.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <span>

namespace hybrec::detail {

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

/// An upper bound of the length of a query as it is multiplied with rows: for cosines, after
/// division by its own length. Infinite if the index can say nothing about it.
template <class Value>
[[nodiscard]] float query_length(const search_query<Value>& query, std::size_t factors,
                                 bool cosine) noexcept {
    const double length = search_index::length_of(std::span<const Value>{query.values, factors});
    const double scaled = cosine ? length * static_cast<double>(query.inverse_length) : length;
    const auto served = [](double some) noexcept {
        return some == 0 || (some >= search_index::shortest && some <= search_index::longest);
    };
    return served(length) && served(scaled) ? static_cast<float>(scaled * (1 + 0x1p-20))
                                            : std::numeric_limits<float>::infinity();
}

/// Marks, one bit per position of the index, for rows that lists deny. As lists are of any length
/// and tables of any size, marks cover the first positions only, where nearly all candidates are;
/// about the others the filter is asked.
struct denied_marks {
    /// 65,536 rows: 8 KB a query.
    static constexpr std::size_t most_groups = 2048;

    std::uint32_t* words = nullptr; ///< of one query; zero before `mark`
    std::size_t groups = 0;         ///< that are covered
    std::size_t stride = 1;         ///< words from group to group

    [[nodiscard]] static std::size_t covered(const search_index& index) noexcept {
        return std::min(index.groups(), most_groups);
    }
    [[nodiscard]] std::uint32_t of(std::size_t group) const noexcept {
        return words[group * stride];
    }

    template <class Admission>
    void mark(const search_index& index, const Admission& admission) const noexcept {
        admission.visit_denied([&](auto denied) noexcept {
            for (const auto entry : denied) {
                if (entry.value() >= index.rows())
                    break; // sorted: the rest is beyond the table as well
                const std::size_t position = index.position_of(entry.value());
                const std::size_t group = position / simd::group_rows;
                if (group < groups)
                    words[group * stride] |= std::uint32_t{1} << position % simd::group_rows;
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

} // namespace hybrec::detail
