// SPDX-License-Identifier: MIT
/// @file
/// Exact top-k search of a factor table by inner product, for one query and for many.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/top_k.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec {

namespace detail {

/// Rows scored at a time: their scores stay in the first-level cache, and for many queries so do
/// the rows themselves.
inline constexpr std::size_t search_tile = 128;

/// Scores the rows [begin, end) against one query and keeps the best. `scale`, if not null, holds a
/// factor per row (1/length, for cosine).
template <class Index, class Value, class Admits>
void search_tile_into(const factor_table<Index, Value>& table, std::size_t begin, std::size_t end,
                      const Value* query, const Value* scale, const Admits& admits,
                      top_k<Index, Value>& best) noexcept {
    std::array<Value, search_tile> scores;
    simd::dot_rows(query, table.data() + begin * table.stride(), table.stride(), end - begin,
                   table.stride(), scores.data());
    if (scale)
        for (std::size_t row = begin; row < end; ++row)
            scores[row - begin] *= scale[row];
    for (std::size_t row = begin; row < end; ++row) {
        const Value score = scores[row - begin];
        if (score < best.threshold())
            continue;
        const scored<Index, Value> candidate{Index(row), score};
        // The filter is asked last: few candidates get this far.
        if (best.would_enter(candidate) && admits(candidate.index))
            best.enter(candidate);
    }
}

} // namespace detail

/// The rows with the largest inner products with `query`, best first, into `out`; returns how many
/// there are. Only rows for which `admits(index)` holds are considered.
/// @param query `table.stride()` values at a multiple of 64 bytes, zero beyond the factors
/// @param scale null, or one factor per row by which its product is multiplied
/// Complexity: O(rows · factors). Does not allocate; thread-safe.
template <class Index, class Value, class Admits>
[[nodiscard]] std::size_t search(const factor_table<Index, Value>& table, const Value* query,
                                 std::span<scored<Index, Value>> out, const Admits& admits,
                                 const Value* scale = nullptr) noexcept {
    top_k<Index, Value> best{out};
    for (std::size_t begin = 0; begin < table.rows(); begin += detail::search_tile)
        detail::search_tile_into(table, begin, std::min(table.rows(), begin + detail::search_tile),
                                 query, scale, admits, best);
    return best.finish();
}

/// `search` for the queries at positions 0 … count − 1, with the same bits. Several queries share a
/// tile of rows while it is in cache.
/// @param query_of `query_of(position)` gives the query, or null for an empty ranking
/// @param admits   `admits(position, index)`
template <class Index, class Value, class QueryOf, class Admits>
[[nodiscard]] rankings<Index, Value>
search_many(const factor_table<Index, Value>& table, std::size_t count, std::size_t depth,
            const QueryOf& query_of, const Admits& admits, const Value* scale = nullptr,
            const execution& where = {}) {
    constexpr std::size_t group = 16;
    const std::size_t kept = std::min(depth, table.rows());
    rankings<Index, Value> result{count, kept};
    where.threads().for_chunks(
        count, group,
        [&](std::size_t begin, std::size_t end, std::size_t) {
            std::vector<top_k<Index, Value>> best;
            std::array<const Value*, group> queries{};
            for (std::size_t position = begin; position < end; ++position) {
                best.emplace_back(result.buffer(position));
                queries[position - begin] = query_of(position);
            }
            for (std::size_t row = 0; row < table.rows(); row += detail::search_tile)
                for (std::size_t position = begin; position < end; ++position)
                    if (queries[position - begin])
                        detail::search_tile_into(
                            table, row, std::min(table.rows(), row + detail::search_tile),
                            queries[position - begin], scale,
                            [&](Index index) { return admits(position, index); },
                            best[position - begin]);
            for (std::size_t position = begin; position < end; ++position)
                result.set_size(position, best[position - begin].finish());
        },
        where.stop);
    return result;
}

} // namespace hybrec
