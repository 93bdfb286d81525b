// SPDX-License-Identifier: MIT
/// @file
/// A score taken apart into what each item of a user's history contributes.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>

namespace hybrec {

/// Why an item has its score: `score` = Σ parts + `remainder`.
template <class Score = float>
struct explanation {
    Score score{};                    ///< what the model scores the item for the user
    ranking<item_index, Score> parts; ///< one per item of the history, largest part first
    Score remainder{};                ///< what no history item accounts for; 0 up to rounding
                                      ///< where the user's vector solves its equations exactly
};

} // namespace hybrec
