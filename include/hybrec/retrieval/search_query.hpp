// SPDX-License-Identifier: MIT
/// @file
/// What is searched for: a vector, and its length where cosines are compared.
#pragma once

namespace hybrec {

/// A query of `search` and `search_many`.
template <class Value>
struct search_query {
    /// The values, padded with zeros as the rows of the table, at a multiple of 64 bytes. Null asks
    /// for an empty ranking.
    const Value* values = nullptr;
    /// 1/length; matters only to cosines.
    Value inverse_length = Value{1};
};

} // namespace hybrec
