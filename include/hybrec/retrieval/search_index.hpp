// SPDX-License-Identifier: MIT
/// @file
/// What exact search keeps beside a factor table: a compact copy, ordered by length, with bounds.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <algorithm>
#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>

namespace hybrec {

/// Proposes the rows of a factor table that may rank high for a query, without losing any. It knows
/// nothing about exact scores: `search` computes those from the table for the rows proposed.
///
/// Rows are kept in descending order of length, because no inner product exceeds the product of the
/// lengths (Cauchy and Schwarz): once that is below the worst score kept, all further rows are out.
/// With 64 trained factors a search ends after 4 to 60 % of the rows, with 128 after 9 to 99 %. The
/// rows before are scored from a copy in bfloat16, whose errors are bounded per group of 32 rows.
///
/// Memory: 2 bytes per row and factor (half of a table of floats), and 12 bytes per row.
class search_index {
  public:
    /// No rows.
    search_index() = default;

    /// Complexity: O(rows · (factors + log rows)).
    template <class Index, class Value>
    explicit search_index(const factor_table<Index, Value>& table)
        : rows_{table.rows()},
          factors_{table.factors()},
          groups_{(table.rows() + simd::group_rows - 1) / simd::group_rows},
          order_(groups_ * simd::group_rows),
          positions_(table.rows()),
          inverse_lengths_(groups_ * simd::group_rows),
          bounds_(groups_),
          // One batch of groups more, so that kernels need no tail.
          words_((groups_ + spare_groups) * group_size()) {
        aligned_vector<double> lengths(rows_);
        for (std::size_t row = 0; row < rows_; ++row)
            lengths[row] = length_of(table.row(Index(row)));
        sort_rows(lengths);
        for (std::size_t group = 0; group < groups_; ++group)
            pack_group(table, lengths, group);
    }

    [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
    [[nodiscard]] std::size_t factors() const noexcept { return factors_; }
    [[nodiscard]] std::size_t groups() const noexcept { return groups_; }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return (order_.size() + positions_.size() + inverse_lengths_.size() + words_.size()) *
                   sizeof(std::uint32_t) +
               bounds_.size() * sizeof(group_bounds);
    }

    /// The bytes that an index of such a table takes, within a few per cent.
    [[nodiscard]] static std::size_t estimate_bytes(std::size_t rows,
                                                    std::size_t factors) noexcept {
        const std::size_t groups = (rows + simd::group_rows - 1) / simd::group_rows;
        return (groups + spare_groups) * factors * simd::group_words * sizeof(std::uint32_t) +
               groups * (3 * simd::group_rows * sizeof(std::uint32_t) + sizeof(group_bounds));
    }

    /// The row at a position of the order of lengths.
    [[nodiscard]] std::size_t row_at(std::size_t position) const noexcept {
        assert(position < rows_);
        return order_[position];
    }
    /// The position of a row; the inverse of `row_at`.
    [[nodiscard]] std::size_t position_of(std::size_t row) const noexcept {
        assert(row < rows_);
        return positions_[row];
    }

    /// The packed rows from `group` on; see simd/score_tile.hpp.
    [[nodiscard]] const std::uint32_t* packed(std::size_t group) const noexcept {
        return words_.data() + group * group_size();
    }
    /// About 1/length of the rows of `group`; 0 for rows whose length has no bound.
    [[nodiscard]] const float* inverse_lengths(std::size_t group) const noexcept {
        return inverse_lengths_.data() + group * simd::group_rows;
    }
    /// Which positions of a group hold rows.
    [[nodiscard]] std::uint32_t occupied(std::size_t group) const noexcept {
        const std::size_t left = rows_ - group * simd::group_rows;
        return left >= simd::group_rows ? ~std::uint32_t{0} : (std::uint32_t{1} << left) - 1;
    }

    /// No row from `group` on has a score above |query| times this.
    [[nodiscard]] float reach(std::size_t group) const noexcept { return bounds_[group].reach; }

    /// By how much the score from the packed rows and the score by `simd::dot` may differ, in units
    /// of |query|. Infinite where nothing is known.
    [[nodiscard]] float margin(std::size_t group) const noexcept { return bounds_[group].margin; }

    /// The same where rows are divided by their lengths, as for cosines.
    [[nodiscard]] float cosine_margin(std::size_t group) const noexcept {
        return bounds_[group].cosine_margin;
    }

    /// What rounding adds to the difference of two inner products of `factors` terms, relative to
    /// the product of the lengths.
    ///
    /// With u = ε/2: each of the two sums is off by at most (f + 1)·u, in whatever order it is
    /// computed and whether or not multiply and add are fused. Roundings of the query, of scales,
    /// of lengths and of the threshold add less than f·u + 30·u. We grant 4·(f + 16)·u.
    [[nodiscard]] static float rounding(std::size_t factors) noexcept {
        return 2 * std::numeric_limits<float>::epsilon() * static_cast<float>(factors + 16);
    }

    /// Lengths within which no product of two vectors comes near the limits of float: sums stay
    /// below 2⁸⁰, and what underflow loses (2⁻¹²⁶ a term) is far less than `rounding` of 2⁻⁸⁰.
    static constexpr double shortest = 0x1p-40;
    static constexpr double longest = 0x1p40;

    /// An upper bound of the length of a vector; 0 only for a zero vector, infinite if a value is
    /// not finite or the length is above `longest`.
    template <class Value>
    [[nodiscard]] static double length_of(std::span<const Value> vector) noexcept {
        double squared = 0;
        bool zero = true;
        for (const Value value : vector) {
            squared += static_cast<double>(value) * static_cast<double>(value);
            zero = zero && value == Value{0};
        }
        if (zero)
            return 0;
        const double length = std::sqrt(squared) * (1 + 0x1p-30);
        // Squares may underflow: what is shorter than this is as long, as far as bounds go.
        return length <= longest ? std::max(length, shortest * (1 - 0x1p-20))
                                 : std::numeric_limits<double>::infinity();
    }

  private:
    struct group_bounds {
        float reach = 0;
        float margin = 0;
        float cosine_margin = 0;
    };

    /// The most groups that `simd::score_groups` takes at once.
    static constexpr std::size_t spare_groups = 3;

    [[nodiscard]] std::size_t group_size() const noexcept { return factors_ * simd::group_words; }

    template <class = on_use>
    void sort_rows(const aligned_vector<double>& lengths) {
        for (std::size_t row = 0; row < rows_; ++row)
            order_[row] = static_cast<std::uint32_t>(row);
        std::sort(order_.begin(), order_.begin() + static_cast<std::ptrdiff_t>(rows_),
                  [&](std::uint32_t left, std::uint32_t right) {
                      return lengths[left] > lengths[right] ||
                             (lengths[left] == lengths[right] && left < right);
                  });
        for (std::size_t position = 0; position < rows_; ++position)
            positions_[order_[position]] = static_cast<std::uint32_t>(position);
    }

    template <class Index, class Value>
    void pack_group(const factor_table<Index, Value>& table, const aligned_vector<double>& lengths,
                    std::size_t group) {
        std::uint32_t* words = words_.data() + group * group_size();
        const std::size_t first = group * simd::group_rows;
        const std::size_t count = std::min(simd::group_rows, rows_ - first);
        double slack = 0;
        double cosine_slack = 0;
        for (std::size_t at = 0; at < count; ++at) {
            const std::size_t row = order_[first + at];
            const double length = lengths[row];
            // Nothing is claimed of vectors that are extremely long or short: `search` scores them.
            if (length != 0 && !(length >= shortest && length <= longest)) {
                slack = cosine_slack = std::numeric_limits<double>::infinity();
                continue;
            }
            const double lost = pack_row(table.row(Index(row)), words, at);
            slack = std::max(slack, lost);
            if (length > 0) {
                cosine_slack = std::max(cosine_slack, lost / length);
                inverse_lengths_[first + at] = static_cast<float>(1 / length);
            }
        }
        // Conversions to float round by 2⁻²⁴; the factors below round up by more.
        const double longest_here = lengths[order_[first]];
        bounds_[group].reach = static_cast<float>(
            longest_here * (1 + 0x1p-20 + static_cast<double>(rounding(factors_))));
        bounds_[group].margin = static_cast<float>(
            (slack + static_cast<double>(rounding(factors_)) * longest_here) * (1 + 0x1p-20));
        // The bound of a length is above it by less than 2⁻²⁹ of it, and 2⁻²⁰ make up for that.
        bounds_[group].cosine_margin = static_cast<float>(
            (cosine_slack + static_cast<double>(rounding(factors_))) * (1 + 0x1p-20));
    }

    /// Packs one row and returns the length of what the rounding to bfloat16 lost.
    template <class Value>
    [[nodiscard]] double pack_row(std::span<const Value> vector, std::uint32_t* words,
                                  std::size_t at) noexcept {
        const bool upper = at >= simd::group_words;
        std::uint32_t* to = words + at % simd::group_words;
        double lost = 0;
        for (const Value value : vector) {
            const std::uint32_t rounded = simd::to_bfloat16(static_cast<float>(value));
            *to |= upper ? rounded : rounded >> 16;
            to += simd::group_words;
            const double difference =
                static_cast<double>(std::bit_cast<float>(rounded)) - static_cast<double>(value);
            lost += difference * difference;
        }
        return std::sqrt(lost) * (1 + 0x1p-20);
    }

    std::size_t rows_ = 0;
    std::size_t factors_ = 0;
    std::size_t groups_ = 0;
    aligned_vector<std::uint32_t> order_;
    aligned_vector<std::uint32_t> positions_;
    aligned_vector<float> inverse_lengths_;
    aligned_vector<group_bounds> bounds_;
    aligned_vector<std::uint32_t> words_;
};

} // namespace hybrec
