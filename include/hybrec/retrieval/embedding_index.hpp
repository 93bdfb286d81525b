// SPDX-License-Identifier: MIT
/// @file
/// Finds the nearest vectors among given ones, whatever model they come from.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/admission.hpp>
#include <hybrec/retrieval/exact_search.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/nearest.hpp>
#include <hybrec/retrieval/rankings.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/retrieval/search_query.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// A table of embeddings that is searched exactly, by cosine or by inner product:
/// `embedding_index{std::move(table)}.nearest(user, 10)`. Owns the table; takes half of its size
/// more (see `search_index`). Const calls are thread-safe.
template <class Index, class Value = float>
class embedding_index {
  public:
    using table_type = factor_table<Index, Value>;

    /// Complexity: O(rows · (factors + log rows)).
    explicit embedding_index(table_type table)
        : table_{std::move(table)},
          inverse_lengths_{hybrec::inverse_lengths(table_)},
          index_{table_} {}

    [[nodiscard]] std::size_t size() const noexcept { return table_.rows(); }
    [[nodiscard]] const table_type& table() const noexcept { return table_; }

    /// The `n` others with the largest cosines to `self`, best first. Zero vectors are near nothing.
    /// @throws shape_error if `self` is not below `size()`. Complexity: O(rows · factors).
    template <index_filter<Index> Filter = unfiltered>
    [[nodiscard]] ranking<Index, Value> nearest(Index self, std::size_t n,
                                                const Filter& filter = {}) const {
        if (self.value() >= size())
            fail<shape_error>(
                {"embedding_index: row ", self.value(), " is out of range; there are ", size()});
        return hybrec::nearest(table_, &index_, std::span<const Value>{inverse_lengths_}, self, n,
                               filter);
    }

    /// The `n` with the largest cosines to a vector that need not be in the table; none if it has
    /// no direction. @throws shape_error if its size is not that of the embeddings.
    template <index_filter<Index> Filter = unfiltered>
    [[nodiscard]] ranking<Index, Value> nearest(std::span<const Value> vector, std::size_t n,
                                                const Filter& filter = {}) const {
        const table_type query = as_row(vector);
        const Value inverse = hybrec::inverse_lengths(query).front();
        if (!(inverse > Value{0}))
            return {};
        return find({query.data(), inverse}, n, filter, inverse_lengths_.data());
    }

    /// The `n` with the largest inner products with a vector. @throws as `nearest`.
    template <index_filter<Index> Filter = unfiltered>
    [[nodiscard]] ranking<Index, Value> largest(std::span<const Value> vector, std::size_t n,
                                                const Filter& filter = {}) const {
        const table_type query = as_row(vector);
        return find({query.data()}, n, filter, nullptr);
    }

    /// `nearest` for all, in their order, with the same bits. @throws cancelled.
    template <index_filter<Index> Filter = unfiltered>
    [[nodiscard]] rankings<Index, Value> nearest_all(std::size_t n, const Filter& filter = {},
                                                     const execution& where = {}) const {
        return hybrec::nearest_all(table_, index_, std::span<const Value>{inverse_lengths_}, n,
                                   filter, where);
    }

  private:
    /// A copy with the alignment and padding that kernels want.
    [[nodiscard]] table_type as_row(std::span<const Value> vector) const {
        if (vector.size() != table_.factors())
            fail<shape_error>({"embedding_index: the vector has ", vector.size(),
                               " values, the embeddings have ", table_.factors()});
        table_type row(1, table_.factors());
        std::copy(vector.begin(), vector.end(), row.data());
        return row;
    }

    template <class Filter>
    [[nodiscard]] ranking<Index, Value> find(const search_query<Value>& query, std::size_t n,
                                             const Filter& filter, const Value* lengths) const {
        ranking<Index, Value> result(std::min(n, size()));
        result.resize(search(table_, index_, query, as_writable_span(result),
                             index_admission<Filter, Index>{filter}, lengths));
        return result;
    }

    table_type table_;
    aligned_vector<Value> inverse_lengths_;
    search_index index_;
};

} // namespace hybrec
