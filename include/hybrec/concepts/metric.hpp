// SPDX-License-Identifier: MIT
/// @file
/// Concepts of metrics.
#pragma once

#include <hybrec/core/index.hpp>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace hybrec {

/// Has a name for reports, such as "recall@20".
template <class Metric>
concept named_metric = requires(const Metric& metric) {
    { metric.name() } -> std::convertible_to<std::string>;
};

/// Judges the first `depth()` places of a ranking against the relevant items of one user.
///
/// Called with the ranked items, best first (possibly fewer than `depth()`), and the relevant
/// items, ascending and not empty. Pure, `noexcept`, thread-safe. Models: `recall`, `precision`,
/// `hit_rate`, `ndcg`, `average_precision`, `reciprocal_rank`.
template <class Metric>
concept ranking_metric = named_metric<Metric> &&
    requires(const Metric& metric, std::span<const item_index> ranked,
             std::span<const item_index> relevant) {
    { metric.depth() } -> std::convertible_to<std::size_t>;
    { metric(ranked, relevant) }
    noexcept->std::convertible_to<double>;
};

/// Judges the scores of all candidate items of one user, split into those of relevant items and
/// those of the others. Model: `auc`.
template <class Metric>
concept scoring_metric = named_metric<Metric> &&
    requires(const Metric& metric, std::span<double> relevant_scores,
             std::span<double> other_scores) {
    { metric(relevant_scores, other_scores) } -> std::convertible_to<double>;
};

/// Judges all rankings together by how often each item of the catalogue is in their first `depth()`
/// places: `counts[i]` is that of item i. Models: `coverage`, `gini`, `entropy`.
template <class Metric>
concept catalogue_metric = named_metric<Metric> &&
    requires(const Metric& metric, std::span<const std::uint64_t> counts) {
    { metric.depth() } -> std::convertible_to<std::size_t>;
    { metric(counts) } -> std::convertible_to<double>;
};

template <class Metric>
concept metric = ranking_metric<Metric> || scoring_metric<Metric> || catalogue_metric<Metric>;

/// Judges predicted ratings: `predicted[k]` was meant to be `actual[k]`. Models: `rmse`, `mae`.
template <class Metric>
concept rating_metric = named_metric<Metric> &&
    requires(const Metric& metric, std::span<const double> predicted,
             std::span<const double> actual) {
    { metric(predicted, actual) } -> std::convertible_to<double>;
};

} // namespace hybrec
