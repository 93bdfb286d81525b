// SPDX-License-Identifier: MIT
/// @file
/// Exact top-k search of a factor table by inner product or cosine, for one query.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/detail/search_plan.hpp>
#include <hybrec/retrieval/detail/selection.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hybrec {

namespace detail {

/// Queries of more factors than this are not worth an index on the stack.
inline constexpr std::size_t most_indexed_factors = 2048;

/// Scores every row. Of filters, only `admits` is asked.
template <class Index, class Value, class Admission>
[[nodiscard]] std::size_t search_everything(const factor_table<Index, Value>& table,
                                            selection<Index, Value> best,
                                            const Admission& admission) noexcept {
    constexpr std::size_t tile = 128;
    std::array<Value, tile> products;
    for (std::size_t begin = 0; begin < table.rows(); begin += tile) {
        const std::size_t count = std::min(tile, table.rows() - begin);
        simd::dot_rows(best.query().values, table.data() + begin * table.stride(), table.stride(),
                       count, table.stride(), products.data());
        for (std::size_t at = 0; at < count; ++at)
            best.offer(begin + at, products[at], admission);
    }
    return best.finish();
}

/// Scores the rows that the index proposes, `groups_at_once` groups at a time.
template <class Index, class Value, class Admission, class Arch = simd::default_arch>
[[nodiscard]] std::size_t search_proposed(const search_index& index, selection<Index, Value> best,
                                          const float* query, float length, bool cosine,
                                          const Admission& admission) noexcept {
    constexpr std::size_t together = simd::groups_at_once<Arch>;
    constexpr std::size_t step = simd::width<float, Arch>;
    std::array<std::uint32_t, denied_marks::most_groups> words;
    const denied_marks marks{words.data(), denied_marks::covered(index)};
    std::fill_n(words.begin(), marks.groups, 0);
    marks.mark(index, admission);
    alignas(table_alignment) std::array<float, together * simd::group_rows> scores;
    const std::size_t batches = (index.groups() + together - 1) / together;
    const group_walk walk{batches, cosine};
    for (std::size_t at = 0; at < batches; ++at) {
        const std::size_t first = walk[at] * together;
        if (!cosine && length * index.reach(first) < best.threshold())
            break;
        simd::score_groups<Arch>(index.packed(first), index.factors(), query, scores.data());
        const std::size_t last = std::min(index.groups(), first + together);
        for (std::size_t group = first; group < last; ++group) {
            float* some = scores.data() + (group - first) * simd::group_rows;
            const float allowance =
                length * (cosine ? index.cosine_margin(group) : index.margin(group));
            const auto bound = simd::broadcast<float, Arch>(best.threshold() - allowance);
            std::uint32_t below = 0;
            for (std::size_t row = 0; row < simd::group_rows; row += step) {
                auto approximate = simd::load<float, Arch>(some + row);
                if (cosine) {
                    approximate =
                        approximate * simd::load<float, Arch>(index.inverse_lengths(group) + row);
                    approximate.store_aligned(some + row);
                }
                // Not below, rather than at least: a bound that is NaN lets everything pass.
                below |= simd::bits_of<Arch>(approximate < bound) << row;
            }
            if (~below != 0)
                best.propose(index, group, ~below, some, allowance, marks, admission);
        }
    }
    best.decide(admission);
    return best.finish();
}

} // namespace detail

/// The rows of `table` with the best scores, best first, into `out`; returns how many there are.
///
/// The score of a row is its inner product with the query, with the bits of `simd::dot`; with
/// `inverse_lengths` it is the cosine. Only rows that `admission` admits are considered, and for
/// cosines only those whose inverse length is above 0. A score that is NaN is never kept.
///
/// @param index           made from `table`
/// @param admission       see retrieval/admission.hpp: lists are marked, the rest is asked
/// @param inverse_lengths null, or 1/length of each row, and 0 for rows that have no cosine
/// @post The result is that of scoring every row, to the bit.
/// Complexity: O(rows · factors) at worst; usually a small part of it (see `search_index`). Does
/// not allocate; thread-safe.
template <class Index, class Value, admission<Index> Admission>
[[nodiscard]] std::size_t search(const factor_table<Index, Value>& table, const search_index& index,
                                 const search_query<Value>& query,
                                 std::span<scored<Index, Value>> out, const Admission& admission,
                                 const Value* inverse_lengths = nullptr) noexcept {
    assert(index.rows() == table.rows() && index.factors() == table.factors());
    if (!query.values || out.empty())
        return 0;
    const std::size_t factors = table.factors();
    const detail::selection<Index, Value> best{table, query, inverse_lengths, out};
    const float length = detail::query_length(query, factors, inverse_lengths != nullptr);
    if (std::isinf(length) || factors > detail::most_indexed_factors)
        return detail::search_everything(table, best, admission);
    alignas(table_alignment) std::array<float, detail::most_indexed_factors> values;
    const Value scale = inverse_lengths ? query.inverse_length : Value{1};
    for (std::size_t factor = 0; factor < factors; ++factor)
        values[factor] = static_cast<float>(query.values[factor] * scale);
    return detail::search_proposed(index, best, values.data(), length, inverse_lengths != nullptr,
                                   admission);
}

/// The same without an index: scores every row.
template <class Index, class Value, admission<Index> Admission>
[[nodiscard]] std::size_t search(const factor_table<Index, Value>& table,
                                 const search_query<Value>& query,
                                 std::span<scored<Index, Value>> out, const Admission& admission,
                                 const Value* inverse_lengths = nullptr) noexcept {
    if (!query.values || out.empty())
        return 0;
    return detail::search_everything(
        table, detail::selection<Index, Value>{table, query, inverse_lengths, out}, admission);
}

} // namespace hybrec
