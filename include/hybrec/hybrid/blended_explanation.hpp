// SPDX-License-Identifier: MIT
/// @file
/// A blended score taken apart by components and by history.
#pragma once

#include <hybrec/core/explanation.hpp>
#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace hybrec {

/// Why an item has its score for a user in a blend. `components[k]` is what part k adds to the score, taken
/// apart into what the items of the history add to that; its remainder holds what the normalizer shifts.
/// `parts` are the same sums by history item over all components:
///
///     score = Σₖ components[k].score + constant = Σ parts + remainder
struct blended_explanation : explanation<float> {
    std::vector<explanation<float>> components;

    /// Adds the next component.
    void add(explanation<float> component) {
        score += component.score;
        remainder += component.remainder;
        for (const scored_item& part : component.parts) {
            const auto known = std::find_if(parts.begin(), parts.end(), [&](const auto& other) {
                return other.index == part.index;
            });
            if (known == parts.end())
                parts.push_back(part);
            else
                known->score += part.score;
        }
        std::sort(parts.begin(), parts.end(), ranks_before<item_index, float>);
        components.push_back(std::move(component));
    }
};

} // namespace hybrec
