// SPDX-License-Identifier: MIT
/// @file
/// Fills a table with what the parts of a hybrid say.
#pragma once

#include <hybrec/concepts/model.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/parts.hpp>

#include <cstddef>
#include <limits>
#include <span>
#include <tuple>
#include <utility>

namespace hybrec::detail {

/// Marks what `model` scored in its column: not where it has nothing to say, nor where its score is not
/// finite, which becomes 0.
template <class Model>
void mark_scores(const Model& model, score_table& table, std::size_t component) noexcept {
    constexpr float largest = std::numeric_limits<float>::max();
    constexpr bool zero_is_none = zero_is_no_score<Model>;
    const std::span<float> scores = table.scores(component);
    const std::span<component_set> sources = table.sources();
    const component_set bit = component_set{1} << component;
    bool complete = true;
    for (std::size_t at = 0; at < scores.size(); ++at) {
        bool scored = std::abs(scores[at]) <= largest; // neither infinite nor NaN
        if constexpr (requires { Model::absent; })
            scored = scored && scores[at] != Model::absent;
        scores[at] = scored ? scores[at] : 0.0F;
        if constexpr (zero_is_none)
            scored = scores[at] != 0;
        if constexpr (requires { model.knows(item_index{}); })
            scored = scored && model.knows(table.items()[at]);
        sources[at] |= scored ? bit : 0U;
        complete = complete && scored;
    }
    if (complete)
        table.mark_all(component);
}

/// The scores of one part for a table of the whole catalogue, in which row i is item i.
template <class Model, class Context>
void gather_catalogue(const Model& model, std::size_t component, const request<Context>& who,
                      score_table& table) {
    const std::span<float> scores = table.scores(component);
    bool scored = true;
    const bool asked = with_user_of(model, who, [&](const auto& user) {
        if constexpr (requires { model.score_all(user, scores); })
            model.score_all(user, scores);
        else if constexpr (requires { Model::absent; })
            scored = model.score_request(who, table.items(), scores);
        else
            model.score(user, table.items(), scores);
    });
    if (asked && scored)
        mark_scores(model, table, component);
}

/// The scores of one part for the items of a table.
template <class Model, class Context>
void gather_items(const Model& model, std::size_t component, const request<Context>& who,
                  score_table& table) {
    bool asked = false;
    if constexpr (requires { Model::absent; })
        asked = model.score_request(who, table.items(), table.scores(component));
    else
        asked = ask_for_scores(model, who, table.items(), table.scores(component));
    if (asked)
        mark_scores(model, table, component);
}

} // namespace hybrec::detail
