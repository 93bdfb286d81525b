// SPDX-License-Identifier: MIT
/// @file
/// Approximate inner products of packed rows with one query, and with eight at a time.
///
/// Rows are packed in groups of 32 as bfloat16 (the upper half of a float), factor by factor: one
/// 64-byte line holds one factor of all rows of a group. So a register holds one factor of many
/// rows, a query's value is broadcast, and no sum runs across a register. Word w of a line holds
/// row w in its lower half and row 16 + w in its upper half; a shift or a mask makes floats of them.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::simd {

/// Rows that are packed together.
inline constexpr std::size_t group_rows = 32;

/// 32-bit words per factor of a group.
inline constexpr std::size_t group_words = group_rows / 2;

/// Queries that a tile scores at once.
inline constexpr std::size_t tile_queries = 8;

/// The nearest bfloat16 in the upper half of a word, ties to even. @pre `value` is not NaN.
[[nodiscard]] constexpr std::uint32_t to_bfloat16(float value) noexcept {
    const auto bits = std::bit_cast<std::uint32_t>(value);
    return (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000;
}

namespace detail {

/// Four registers of words against one query: eight accumulators, what two multiply-add ports with
/// four cycles of latency want.
template <class Arch>
inline void score_words(const std::uint32_t* first, const std::uint32_t* second,
                        const std::uint32_t* third, const std::uint32_t* fourth,
                        std::size_t factors, const float* query, float* first_out,
                        float* second_out, float* third_out, float* fourth_out) noexcept {
    auto lower0 = broadcast<float, Arch>(0.0F);
    auto lower1 = lower0, lower2 = lower0, lower3 = lower0;
    auto upper0 = lower0, upper1 = lower0, upper2 = lower0, upper3 = lower0;
    for (std::size_t factor = 0; factor < factors; ++factor) {
        const auto value = broadcast<float, Arch>(query[factor]);
        const std::size_t line = factor * group_words;
        const auto words0 = load<std::uint32_t, Arch>(first + line);
        const auto words1 = load<std::uint32_t, Arch>(second + line);
        const auto words2 = load<std::uint32_t, Arch>(third + line);
        const auto words3 = load<std::uint32_t, Arch>(fourth + line);
        lower0 = multiply_add(bfloat16_lower<Arch>(words0), value, lower0);
        upper0 = multiply_add(bfloat16_upper<Arch>(words0), value, upper0);
        lower1 = multiply_add(bfloat16_lower<Arch>(words1), value, lower1);
        upper1 = multiply_add(bfloat16_upper<Arch>(words1), value, upper1);
        lower2 = multiply_add(bfloat16_lower<Arch>(words2), value, lower2);
        upper2 = multiply_add(bfloat16_upper<Arch>(words2), value, upper2);
        lower3 = multiply_add(bfloat16_lower<Arch>(words3), value, lower3);
        upper3 = multiply_add(bfloat16_upper<Arch>(words3), value, upper3);
    }
    lower0.store_aligned(first_out);
    upper0.store_aligned(first_out + group_words);
    lower1.store_aligned(second_out);
    upper1.store_aligned(second_out + group_words);
    lower2.store_aligned(third_out);
    upper2.store_aligned(third_out + group_words);
    lower3.store_aligned(fourth_out);
    upper3.store_aligned(fourth_out + group_words);
}

/// Bounds of the queries alone.
struct no_row_bounds {
    template <class Arch>
    [[nodiscard]] static auto also(const batch<float, Arch>&, std::size_t, const auto& below) {
        return below;
    }
};

/// A bound for each of 32 rows besides: a score is reported that reaches either.
struct row_bounds {
    const float* values;

    template <class Arch>
    [[nodiscard]] auto also(const batch<float, Arch>& scores, std::size_t row,
                            const auto& below) const {
        return below & (scores < load<float, Arch>(values + row));
    }
};

/// Stores two registers of scores from `row` on, if one of them is to be reported; returns which are.
template <class Arch, class Rows>
[[nodiscard]] inline std::uint32_t keep_above(const batch<float, Arch>& left,
                                              const batch<float, Arch>& right,
                                              const batch<float, Arch>& bound, const Rows& rows,
                                              std::size_t row, float* scores) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    // Not below, rather than at least: a bound that is NaN lets everything pass.
    const auto left_below = rows.template also<Arch>(left, row, left < bound);
    const auto right_below = rows.template also<Arch>(right, row + step, right < bound);
    if (xsimd::all(left_below & right_below))
        return 0;
    left.store_aligned(scores + row);
    right.store_aligned(scores + row + step);
    constexpr std::uint32_t all = step == 16 ? 0xFFFF : (1U << step) - 1;
    const std::uint32_t below = bits_of<Arch>(left_below) | bits_of<Arch>(right_below) << step;
    return (~below & (all | all << step)) << row;
}

/// `sizeof...(Query)` queries, `Stride` apart, by two registers of rows. All sums stay in registers until
/// they are compared; few of them pass, and only those are stored.
template <class Arch, std::size_t Stride, class Rows, std::size_t... Query>
[[nodiscard]] inline std::uint32_t
score_some(const float* panel, std::size_t factors, const float* queries, const float* bounds,
           const Rows& rows, float* scores, std::uint32_t* passed, std::size_t row,
           std::index_sequence<Query...>) noexcept {
    using vector = batch<float, Arch>;
    constexpr std::size_t step = width<float, Arch>;
    vector left[] = {((void)Query, broadcast<float, Arch>(0.0F))...};
    vector right[] = {((void)Query, broadcast<float, Arch>(0.0F))...};
    for (std::size_t factor = 0; factor < factors; ++factor) {
        const vector left_rows = load<float, Arch>(panel + factor * group_rows + row);
        const vector right_rows = load<float, Arch>(panel + factor * group_rows + row + step);
        const float* values = queries + factor * Stride;
        (
            [&] {
                const vector value = broadcast<float, Arch>(values[Query]);
                left[Query] = multiply_add(value, left_rows, left[Query]);
                right[Query] = multiply_add(value, right_rows, right[Query]);
            }(),
            ...);
    }
    std::uint32_t any = 0;
    (
        [&] {
            const std::uint32_t found =
                keep_above<Arch>(left[Query], right[Query], broadcast<float, Arch>(bounds[Query]),
                                 rows, row, scores + Query * group_rows);
            passed[Query] |= found;
            any |= static_cast<std::uint32_t>(found != 0) << Query;
        }(),
        ...);
    return any;
}

template <class Arch, std::size_t Stride, class Rows>
[[nodiscard]] inline std::uint32_t
score_tile(const float* panel, std::size_t factors, const float* queries, const float* bounds,
           const Rows& rows, float* scores, std::uint32_t* passed) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    constexpr std::size_t height = step == 16 ? 8 : 4;
    std::uint32_t any = 0;
    for (std::size_t row = 0; row < group_rows; row += 2 * step)
        for (std::size_t query = 0; query < tile_queries; query += height)
            any |= score_some<Arch, Stride>(panel, factors, queries + query, bounds + query, rows,
                                            scores + query * group_rows, passed + query, row,
                                            std::make_index_sequence<height>{})
                   << query;
    return any;
}

} // namespace detail

/// How many groups `score_groups` takes at once.
template <class Arch = default_arch>
inline constexpr std::size_t groups_at_once = 4 * width<float, Arch> / group_words;

/// scores[32·g + r] ≈ Σ query[i]·row[i], for row r of each of `groups_at_once` consecutive groups.
/// @pre `packed` and `scores` are multiples of 64 bytes.
template <class Arch = default_arch>
inline void score_groups(const std::uint32_t* packed, std::size_t factors, const float* query,
                         float* scores) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    constexpr std::size_t each = group_words / step; // registers per line
    static_assert(each == 1 || each == 2 || each == 4, "registers of 16 to 64 bytes");
    const auto words = [&](std::size_t at) {
        return packed + at / each * factors * group_words + at % each * step;
    };
    const auto out = [&](std::size_t at) {
        return scores + at / each * group_rows + at % each * step;
    };
    detail::score_words<Arch>(words(0), words(1), words(2), words(3), factors, query, out(0),
                              out(1), out(2), out(3));
}

/// Unpacks a group into floats, 32 values per factor. With `scale`, 32 values, row r is multiplied
/// by scale[r]. @pre all pointers are multiples of 64 bytes; `scale` may be null.
template <class Arch = default_arch>
inline void widen_group(const std::uint32_t* packed, std::size_t factors, const float* scale,
                        float* panel) noexcept {
    constexpr std::size_t step = width<float, Arch>;
    for (std::size_t factor = 0; factor < factors; ++factor)
        for (std::size_t at = 0; at < group_words; at += step) {
            const auto words = load<std::uint32_t, Arch>(packed + factor * group_words + at);
            auto lower = bfloat16_lower<Arch>(words);
            auto upper = bfloat16_upper<Arch>(words);
            if (scale) {
                lower = lower * load<float, Arch>(scale + at);
                upper = upper * load<float, Arch>(scale + group_words + at);
            }
            float* to = panel + factor * group_rows + at;
            lower.store_aligned(to);
            upper.store_aligned(to + group_words);
        }
}

/// Scores a group of rows against eight queries. Where the score of row r for query q is not below
/// bounds[q], bit r of passed[q] is set and scores[32·q + r] holds the score; other scores are not
/// meaningful. Returns a bit for each query with such a row; `passed` of others is left alone.
///
/// With 32 registers a tile is eight queries by two registers of rows: sixteen accumulators, and
/// ten loads for sixteen multiply-adds. With 16 registers it is four by two.
/// @param panel   32 values per factor, from `widen_group`
/// @param queries eight values per factor
/// @pre all pointers but `bounds` and `passed` are multiples of 64 bytes; `passed` is zero.
template <class Arch = default_arch>
[[nodiscard]] inline std::uint32_t score_tile(const float* panel, std::size_t factors,
                                              const float* queries, const float* bounds,
                                              float* scores, std::uint32_t* passed) noexcept {
    return detail::score_tile<Arch, tile_queries>(panel, factors, queries, bounds,
                                                  detail::no_row_bounds{}, scores, passed);
}

/// The same for eight rows of another group as queries: `others` points at the first of them in a panel of
/// its own. Rows have bounds too: a score is reported that is not below that of its query, or not below
/// that of its row. @pre `row_bounds` is a multiple of 64 bytes.
template <class Arch = default_arch>
[[nodiscard]] inline std::uint32_t
score_tile(const float* panel, std::size_t factors, const float* others, const float* bounds,
           const float* row_bounds, float* scores, std::uint32_t* passed) noexcept {
    return detail::score_tile<Arch, group_rows>(panel, factors, others, bounds,
                                                detail::row_bounds{row_bounds}, scores, passed);
}

} // namespace hybrec::simd
