// SPDX-License-Identifier: MIT
/// @file
/// Reranks a list where memory may be allocated.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/scored.hpp>

#include <cstddef>
#include <utility>

namespace hybrec {

/// The items, at most `count`, that `reranker` chooses from `candidates`, in their new order. For one
/// list at a time; serving calls `rerank` with a workspace that it keeps.
template <class Request, reranker<Request> Reranker>
[[nodiscard]] ranking<item_index> reranked(const Reranker& reranker, const Request& who,
                                           ranking<item_index> candidates, std::size_t count) {
    typename Reranker::workspace workspace;
    candidates.resize(reranker.rerank(who, candidates, count, workspace));
    return candidates;
}

} // namespace hybrec
