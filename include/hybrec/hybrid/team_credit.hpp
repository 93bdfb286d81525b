// SPDX-License-Identifier: MIT
/// @file
/// Who earned the clicks on a mixed list.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/score_table.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

namespace hybrec {

/// Turns clicks on a list of `team_draft` into rewards for `weight_learner`s: rewards[t] is the share of the
/// clicks that went to items of team t, 0 without clicks. Returns the teams that had an item in the list;
/// the others took no part.
/// @param sources the team of each item
/// @param clicked places in the list, each at most once
/// @pre sources are below `rewards.size()`, places below `sources.size()`.
template <class = on_use>
component_set team_credit(std::span<const std::uint32_t> sources,
                          std::span<const std::size_t> clicked,
                          std::span<double> rewards) noexcept {
    std::fill(rewards.begin(), rewards.end(), 0.0);
    component_set shown = 0;
    for (const std::uint32_t team : sources)
        shown |= component_set{1} << team;
    for (const std::size_t place : clicked)
        rewards[sources[place]] += 1 / static_cast<double>(clicked.size());
    return shown;
}

} // namespace hybrec
