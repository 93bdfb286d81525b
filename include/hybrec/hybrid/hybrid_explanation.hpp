// SPDX-License-Identifier: MIT
/// @file
/// A hybrid's score taken apart by components and by history.
#pragma once

#include <hybrec/core/explanation.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace hybrec {

/// Why an item has its score for a user in a hybrid. `components[k]` is what part k adds to the score, taken
/// apart into what the items of the history add to that; what they do not account for is its remainder: what
/// a normalizer shifts, say. `parts` are the same sums by history item over all components:
///
///     score = Σₖ components[k].score + what no component adds = Σ parts + remainder
///
/// A part that is a hybrid is one component. A component that adds nothing is empty.
struct hybrid_explanation : explanation<float> {
    std::vector<explanation<float>> components;

    /// Adds the next component.
    template <class = on_use>
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
