// SPDX-License-Identifier: MIT
/// @file
/// Concepts of rerankers, and of what tells them how much items are alike.
#pragma once

#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec {

/// Memory that calls need, made by the caller: default constructible, grows as needed, and reused
/// from call to call, so that a warm call allocates nothing. One call at a time may use it.
template <class T>
concept has_workspace = std::default_initializable<typename T::workspace>;

/// Chooses from the candidates of a request: `rerank(request, candidates, count, workspace)`.
///
/// Candidates are distinct and have finite scores, in any order. The chosen ones, at most `count`,
/// move to the front in their new order and their number is returned; the others follow in the order
/// they had, so that later stages can fill up from them. Scores stay what they were, except where
/// business rules boost them. Where two items are equally good, the one that `ranks_before` the other
/// is taken: the result does not depend on the order of the candidates.
///
/// Pure and thread-safe, given a workspace of its own. Models: `mmr`, `dpp`, `xquad`, `calibration`,
/// `fair_top_k`, `rule_set` (where the order of the candidates does count), `sharing`.
template <class Reranker, class Request = request<>>
concept reranker = has_workspace<Reranker> &&
    requires(const Reranker& reranker, const Request& who, std::span<scored_item> candidates,
             std::size_t count, typename Reranker::workspace& workspace) {
    { reranker.rerank(who, candidates, count, workspace) } -> std::same_as<std::size_t>;
};

/// Knows how much candidates are alike. `prepare(candidates, workspace)` once, then
/// `row(j, workspace, out)` writes the likeness of candidate j to every candidate, j's own unspecified:
/// finite, 1 for copies, 0 for items that have nothing in common, symmetric. Rerankers count with
/// cosines, for which the matrix of all likenesses is positive semidefinite.
///
/// `out` starts at a multiple of 64 bytes and has room for the candidates rounded up to whole lines
/// of 64 bytes; what is written behind the last candidate does not matter if it is finite.
/// Models: `feature_similarity`, `embedding_similarity`, `pairwise_similarity`.
template <class Source>
concept similarity_source = has_workspace<Source> &&
    requires(const Source& source, typename Source::workspace& workspace,
             const typename Source::workspace& prepared, std::span<const scored_item> candidates,
             std::size_t candidate, float* out) {
    source.prepare(candidates, workspace);
    { source.row(candidate, prepared, out) }
    noexcept;
};

namespace archetype {

/// The likenesses of prepared candidates; used to state requirements on steps.
struct similarity_rows {
    void operator()(std::size_t, float*) const noexcept {}
};

} // namespace archetype

/// A reranker that has no likenesses of its own: `choose(rows, candidates, count, workspace, chosen)`
/// appends the positions of the chosen candidates to the empty vector `chosen`, where `rows(j, out)` is
/// a prepared `similarity_source::row`. Models: `mmr<>`, `dpp<>`, `shortlist` of these.
template <class Step>
concept similarity_step = has_workspace<Step> &&
    requires(const Step& step, const archetype::similarity_rows& rows,
             std::span<const scored_item> candidates, std::size_t count,
             typename Step::workspace& workspace, std::vector<std::uint32_t>& chosen) {
    step.choose(rows, candidates, count, workspace, chosen);
};

} // namespace hybrec
