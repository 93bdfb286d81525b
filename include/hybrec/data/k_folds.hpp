// SPDX-License-Identifier: MIT
/// @file
/// Splits interactions for cross-validation.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/data/detail/split_entries.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/data/split.hpp>

#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <vector>

namespace hybrec {

/// Splits into `folds` parts at random and returns one split for each part, which is its test part;
/// the rest is its training part. Every entry is in exactly one test part, and the sizes of the
/// parts differ by at most one. The result depends on the matrix and the seed alone.
/// @throws option_error unless 2 ≤ `folds` ≤ number of entries. Complexity: O(folds · entries).
template <class = on_use>
[[nodiscard]] std::vector<split> k_folds(const user_items& matrix, std::size_t folds = 5,
                                         std::uint64_t seed = 42) {
    require_option(
        folds >= 2 && folds <= matrix.entry_count(), "k_folds", "folds", static_cast<double>(folds),
        "at least 2 and at most the number of entries, " + std::to_string(matrix.entry_count()));
    std::vector<std::size_t> order(matrix.entry_count());
    std::iota(order.begin(), order.end(), std::size_t{0});
    counter_random{seed}.shuffle(order.begin(), order.size());
    std::vector<std::size_t> fold_of(order.size());
    for (std::size_t at = 0; at < order.size(); ++at)
        fold_of[order[at]] = at % folds;

    std::vector<split> splits;
    splits.reserve(folds);
    for (std::size_t fold = 0; fold < folds; ++fold)
        splits.push_back({.train = detail::kept_entries(
                              matrix, [&](std::size_t at) { return fold_of[at] != fold; }),
                          .test = detail::kept_entries(
                              matrix, [&](std::size_t at) { return fold_of[at] == fold; })});
    return splits;
}

/// Splits `log.matrix`.
template <class = on_use>
[[nodiscard]] std::vector<split> k_folds(const interaction_log& log, std::size_t folds = 5,
                                         std::uint64_t seed = 42) {
    return k_folds(log.matrix, folds, seed);
}

} // namespace hybrec
