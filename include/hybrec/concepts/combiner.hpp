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

/// score ↦ scale · score + shift.
struct affine_map {
    double scale = 1;
    double shift = 0;

    [[nodiscard]] constexpr double operator()(double score) const noexcept {
        return scale * score + shift;
    }
    /// `factor` times what the map gives.
    [[nodiscard]] friend constexpr affine_map operator*(double factor,
                                                        const affine_map& map) noexcept {
        return {factor * map.scale, factor * map.shift};
    }
    friend constexpr bool operator==(const affine_map&, const affine_map&) noexcept = default;
};

/// What a component adds to a score without being linear in its own score (by a rank, a sigmoid, a place in a
/// list) is shared among the parts of its own score in proportion to them: `added` / `score` times each.
/// A score that is not positive has no such parts; then no part accounts for what is added.
[[nodiscard]] constexpr affine_map in_proportion(double score, double added) noexcept {
    return score > 0 ? affine_map{added / score, 0} : affine_map{0, added};
}

/// Brings the scores of one list to a common scale: `normalize(scores, workspace)` in place. What comes
/// out is finite, and its order is that of the scores. The scores are finite; the list may be empty.
/// May have a `kind`: that of what comes out. Does not allocate once warm; const calls are thread-safe.
/// Models: `min_max`, `z_score`, `percentile_rank`, `sigmoid`, `as_is`.
template <class Normalizer>
concept normalizer = has_workspace<Normalizer> &&
    requires(const Normalizer& normalizer, std::span<float> scores,
             typename Normalizer::workspace& workspace) {
    normalizer.normalize(scores, workspace);
};

/// A normalizer that only scales and shifts: `coefficients(scores)` says by how much, so that what it makes
/// of a score is explained by the same parts. Models: `as_is`, `min_max`, `z_score`.
template <class Normalizer>
concept affine_normalizer = normalizer<Normalizer> &&
    requires(const Normalizer& normalizer, std::span<const float> scores) {
    { normalizer.coefficients(scores) } -> std::same_as<affine_map>;
};

/// Makes one score of those that components gave to a list of items:
/// `combine(request, table, out, workspace)` writes a finite score for every row; what it writes for an
/// item that no component scored does not matter. The scores in `table` are scratch from then on, its sources stay. The result does not
/// depend on the order of the rows, except for the rounding of sums. Does not allocate once warm; const
/// calls are thread-safe. May have a `kind`, and a `component_count()` if it expects so many columns.
/// Models: `weighted_sum`, `linear_blend`, `reciprocal_rank_fusion`, …
template <class Combiner, class Request = request<>>
concept combiner = has_workspace<Combiner> &&
    requires(const Combiner& combiner, const Request& who, score_table& table, std::span<float> out,
             typename Combiner::workspace& workspace) {
    combiner.combine(who, table, out, workspace);
};

/// Takes apart what it makes of one item's scores: `contributions(request, table, row, maps, workspace)`
/// writes for each component k the map from the score that it gave to the item of `row`, 0 if it gave none,
/// to what it adds to the combined score, and returns what is added besides: the combined score is that plus
/// Σₖ maps[k](scoreₖ), up to rounding. Some component scored the item; the scores in `table` are those
/// that components gave, and scratch from then on. Models: all combiners of the library.
template <class Combiner, class Request = request<>>
concept explaining_combiner = combiner<Combiner, Request> &&
    requires(const Combiner& combiner, const Request& who, score_table& table, std::size_t row,
             std::span<affine_map> maps, typename Combiner::workspace& workspace) {
    { combiner.contributions(who, table, row, maps, workspace) } -> std::same_as<double>;
};

/// A normalizer or combiner that takes scores of any kinds and makes scores of its own. Others keep the
/// kind they are given, and scores of unlike kinds must not meet in them.
template <class T>
concept makes_own_kind = requires {
    { T::kind } -> std::convertible_to<score_kind>;
};

/// What `T` makes of scores of kind `Given`.
template <class T, score_kind Given>
inline constexpr score_kind kind_after = Given;
template <makes_own_kind T, score_kind Given>
inline constexpr score_kind kind_after<T, Given> = T::kind;

/// Weights of components that learn from rewards in [0, 1]: `weights()` are positive and sum to 1;
/// `rewards(values, awake)` is told what the components earned in one round. Components that are not
/// awake took no part: their values are not looked at, and they keep their total weight.
/// Deterministic; the same rewards give the same bits. Models: `hedge`, `fixed_share`,
/// `multiplicative_weights`.
template <class Learner>
concept weight_learner = std::copyable<Learner> &&
    requires(Learner& learner, const Learner& learned, std::span<const double> values) {
    { learned.component_count() } -> std::same_as<std::size_t>;
    { learned.weights() } -> std::convertible_to<std::span<const double>>;
    learner.rewards(values, component_set{});
};

} // namespace hybrec
