// SPDX-License-Identifier: MIT
/// @file
/// A score taken apart into what each item of a user's history contributes.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace hybrec {

/// Why an item has its score: `score` = Σ parts + `remainder`.
template <class Score = float>
struct explanation {
    Score score{};                    ///< what the model scores the item for the user
    ranking<item_index, Score> parts; ///< one per item of the history, largest part first
    Score remainder{};                ///< what no history item accounts for: a prior, a mean; else
                                      ///< 0 up to rounding where the user's vector solves its
                                      ///< equations exactly
};

/// Takes `score` apart into what each item of `history` adds to it, `part(k)` for the item at k.
template <class Score, class Part>
[[nodiscard]] explanation<Score> explain_by_parts(Score score, std::span<const item_index> history,
                                                  Part&& part) {
    explanation<Score> result{.score = score, .parts = {}, .remainder = score};
    for (std::size_t k = 0; k < history.size(); ++k) {
        const Score value = part(k);
        result.parts.push_back({history[k], value});
        result.remainder -= value;
    }
    std::sort(result.parts.begin(), result.parts.end(), ranks_before<item_index, Score>);
    return result;
}

} // namespace hybrec
