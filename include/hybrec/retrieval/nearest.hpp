// SPDX-License-Identifier: MIT
/// @file
/// The rows of a factor table that point in the most similar direction: cosines.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/detail/pair_search.hpp>
#include <hybrec/retrieval/exact_search.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_many.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>

namespace hybrec {

/// 1/length of each row; 0 for a row without a direction, whose length is zero or not finite.
template <class Value>
[[nodiscard]] aligned_vector<Value> inverse_lengths(const table_rows<const Value>& table) {
    aligned_vector<Value> result(table.count);
    for (std::size_t row = 0; row < table.count; ++row) {
        const Value* vector = table.data + row * table.stride;
        const Value squared = simd::dot(vector, vector, table.stride);
        result[row] = squared > Value{0} ? Value{1} / std::sqrt(squared) : Value{0};
    }
    return result;
}
template <class Index, class Value>
[[nodiscard]] aligned_vector<Value> inverse_lengths(const factor_table<Index, Value>& table) {
    return inverse_lengths(table.all_rows());
}

/// At most `n` rows with the largest cosines to row `self`, best first, without it. Rows without a
/// direction are near to nothing, and nothing is near to them.
/// @param index   made from `table`; null: every row is compared
/// @param lengths from `inverse_lengths`
/// @pre `self` is below `table.rows()`. Complexity: O(rows · factors).
template <class Index, class Value, index_filter<Index> Filter = unfiltered>
[[nodiscard]] ranking<Index, Value>
nearest(const factor_table<Index, Value>& table, const search_index* index,
        std::span<const Value> lengths, Index self, std::size_t n, const Filter& filter = {}) {
    ranking<Index, Value> result;
    const Value inverse = lengths[self.value()];
    if (!(inverse > Value{0}))
        return result;
    result.resize(std::min(n, table.rows()));
    const search_query<Value> query{table.padded_row(self), inverse};
    const others_admission<index_admission<Filter, Index>, Index> others{{filter}, self};
    result.resize(
        index ? search(table, *index, query, as_writable_span(result), others, lengths.data())
              : search(table, query, as_writable_span(result), others, lengths.data()));
    return result;
}

/// `nearest` for all rows, in their order, with the same bits. @throws cancelled.
template <class Index, class Value, index_filter<Index> Filter = unfiltered>
[[nodiscard]] rankings<Index, Value>
nearest_all(const factor_table<Index, Value>& table, const search_index& index,
            std::span<const Value> lengths, std::size_t n, const Filter& filter = {},
            const execution& where = {}) {
    if constexpr (std::same_as<Filter, unfiltered>)
        if (detail::pair_search<Index, Value>::pays(index, where.threads().size())) {
            rankings<Index, Value> result{table.rows(), std::min(n, table.rows())};
            if (result.depth() != 0)
                detail::pair_search{table, index, lengths, result}.run(where);
            return result;
        }
    return search_many(
        table, index, table.rows(), n,
        [&](std::size_t at) {
            return search_query<Value>{
                lengths[at] > Value{0} ? table.padded_row(Index(at)) : nullptr, lengths[at]};
        },
        [&](std::size_t at) {
            return others_admission<index_admission<Filter, Index>, Index>{{filter}, Index(at)};
        },
        lengths.data(), where);
}

} // namespace hybrec
