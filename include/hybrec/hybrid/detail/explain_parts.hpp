// SPDX-License-Identifier: MIT
/// @file
/// Takes a hybrid's score apart into those of its parts.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/parts.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <tuple>
#include <utility>

namespace hybrec::detail {

/// What a part adds to a hybrid's score, `added`, by `why` it has its own: `scale` times what the items of the
/// history add to that, and what these do not account for.
template <class = on_use>
[[nodiscard]] explanation<float> as_added(explanation<float> why, double scale, double added) {
    if (scale == 0)
        why.parts.clear();
    double remainder = added;
    for (scored_item& part : why.parts) {
        part.score = static_cast<float>(scale * static_cast<double>(part.score));
        remainder -= static_cast<double>(part.score);
    }
    std::sort(why.parts.begin(), why.parts.end(), ranks_before<item_index, float>);
    why.score = static_cast<float>(added);
    why.remainder = static_cast<float>(remainder);
    return why;
}

/// What one part said about an item, and the map from it to what the part adds: nothing, unless said.
struct contribution {
    float score = 0;
    affine_map map{0, 0};
};

/// The sum of what all parts add.
template <class... Parts, class Context>
[[nodiscard]] hybrid_explanation
explain_parts(const std::tuple<Parts...>& parts, const request<Context>& who, item_index item,
              const std::array<contribution, sizeof...(Parts)>& contributions) {
    hybrid_explanation result;
    for_each_part(parts, [&](const auto& part, std::size_t k) {
        const auto& [score, map] = contributions[k];
        explanation<float> why;
        if (map.scale != 0)
            why = ask_why(part, who, item);
        result.add(as_added(std::move(why), map.scale, map(static_cast<double>(score))));
    });
    return result;
}

/// What `combiner` makes of one row of a table of what the parts said.
template <class Combiner, class... Parts, class Context>
[[nodiscard]] hybrid_explanation
explain_row(const Combiner& combiner, const std::tuple<Parts...>& parts,
            const request<Context>& who, score_table& table, std::size_t row,
            typename Combiner::workspace& memory) {
    std::array<contribution, sizeof...(Parts)> contributions;
    std::array<affine_map, sizeof...(Parts)> maps;
    double besides = 0;
    if (table.sources()[row] != 0) {
        for (std::size_t k = 0; k < maps.size(); ++k)
            contributions[k].score = table.scores(k)[row];
        besides = combiner.contributions(who, table, row, maps, memory);
        for (std::size_t k = 0; k < maps.size(); ++k)
            contributions[k].map = maps[k];
    }
    hybrid_explanation result = explain_parts(parts, who, table.items()[row], contributions);
    result.score += static_cast<float>(besides);
    result.remainder += static_cast<float>(besides);
    return result;
}

} // namespace hybrec::detail
