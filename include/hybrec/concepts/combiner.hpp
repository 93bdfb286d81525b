// SPDX-License-Identifier: MIT
/// @file
/// Concepts of what makes one score of the scores of several components.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>

#include <concepts>
#include <cstddef>
#include <span>

namespace hybrec {

/// Brings the scores of one list to a common scale: `normalize(scores, workspace)` in place. What comes
/// out is finite, and its order is that of the scores. The scores are finite; the list may be empty.
/// Models: `min_max`, `z_score`, `percentile_rank`, `sigmoid`, `as_is`.
template <class Normalizer>
concept normalizer = has_workspace<Normalizer> &&
    requires(const Normalizer& normalizer, std::span<float> scores,
             typename Normalizer::workspace& workspace) {
    { Normalizer::kind } -> std::convertible_to<score_kind>;
    { normalizer.normalize(scores, workspace) }
    noexcept;
};

/// Makes one score of those that components gave to a list of items:
/// `combine(request, table, out, workspace)` writes a finite score for every item; what it writes for an item
/// that no component scored does not matter. `table` may be used as scratch. Does not allocate once
/// warm. `component_count()` is how many columns it expects. Models: `weighted_sum`, `reciprocal_rank_fusion`, …
template <class Combiner, class Request = request<>>
concept combiner = has_workspace<Combiner> &&
    requires(const Combiner& combiner, const Request& who, score_table& table, std::span<float> out,
             typename Combiner::workspace& workspace) {
    { Combiner::kind } -> std::convertible_to<score_kind>;
    combiner.combine(who, table, out, workspace);
};

} // namespace hybrec
