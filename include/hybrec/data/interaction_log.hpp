// SPDX-License-Identifier: MIT
/// @file
/// A log of interactions with the ids that the application knows.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/data/id_map.hpp>
#include <hybrec/data/interaction.hpp>
#include <hybrec/sparse/csr.hpp>

#include <string>
#include <vector>

namespace hybrec {

/// What a reader or a generator delivers. `matrix` is `to_matrix(events, …)`, ready for weighting
/// and fitting; `events` keep what a matrix cannot hold: order, time and kind.
struct interaction_log {
    id_map<user_index> users = {};
    id_map<item_index> items = {};
    std::vector<interaction> events = {}; ///< in the order of the source
    std::vector<std::string> kinds = {}; ///< names of the event kinds; empty if the source has none
    bool has_times = false;              ///< whether the events' times come from the source
    user_items matrix = {}; ///< |users| × |items|; weights of repeated events are summed by default
};

} // namespace hybrec
