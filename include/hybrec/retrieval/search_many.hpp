// SPDX-License-Identifier: MIT
/// @file
/// Exact top-k search of a factor table for many queries at once.
#pragma once

#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/detail/search_batch.hpp>
#include <hybrec/retrieval/exact_search.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>

#include <algorithm>
#include <cstddef>

namespace hybrec {

/// `search` for the queries at positions 0 … count − 1, with the same bits.
///
/// Queries are taken 64 at a time. A group of 32 rows is unpacked once for all of them and scored
/// by a register tile of 8 × 32; what passes a query's threshold is scored again, exactly.
/// @param query_of     `query_of(position)` gives a `search_query`
/// @param admission_of `admission_of(position)` gives the admission of `search`
/// @throws cancelled. Complexity: that of `search` for each query, at several times its speed.
template <class Index, class Value, class QueryOf, class AdmissionOf>
[[nodiscard]] rankings<Index, Value>
search_many(const factor_table<Index, Value>& table, const search_index& index, std::size_t count,
            std::size_t depth, const QueryOf& query_of, const AdmissionOf& admission_of,
            const Value* inverse_lengths = nullptr, const execution& where = {}) {
    rankings<Index, Value> result{count, std::min(depth, table.rows())};
    if (result.depth() == 0)
        return result;
    fixed_array<detail::search_batch<Index, Value>> batches(where.threads().size());
    where.threads().for_chunks(
        count, detail::batch_queries,
        [&](std::size_t begin, std::size_t end, std::size_t worker) {
            // A tile of few queries is mostly empty.
            if (end - begin < simd::tile_queries) {
                for (std::size_t at = begin; at < end; ++at)
                    result.set_size(at, search(table, index, query_of(at), result.buffer(at),
                                               admission_of(at), inverse_lengths));
                return;
            }
            detail::search_batch<Index, Value>& batch = batches[worker];
            batch.start(table, index, inverse_lengths);
            for (std::size_t at = begin; at < end; ++at)
                batch.add(query_of(at), result.buffer(at), admission_of(at));
            batch.run([&](std::size_t slot) { return admission_of(begin + slot); });
            for (std::size_t at = begin; at < end; ++at)
                result.set_size(at, batch.finish(at - begin));
        },
        where.stop);
    return result;
}

} // namespace hybrec
