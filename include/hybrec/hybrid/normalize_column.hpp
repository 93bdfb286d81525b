// SPDX-License-Identifier: MIT
/// @file
/// Normalizes what a component said about the items it scored.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/score_table.hpp>

#include <cstddef>
#include <span>
#include <vector>

namespace hybrec {

/// Memory of `normalize_column`.
template <normalizer Normalizer>
struct normalizing_workspace {
    typename Normalizer::workspace normalizer;
    std::vector<float> scored; // what a component said that left items out
};

/// The scores of component k alone, without the rows about which it said nothing.
template <class = on_use>
std::span<const float> scored_rows(const score_table& table, std::size_t component,
                                   std::vector<float>& memory) {
    const auto scores = table.scores(component);
    if (table.has_all(component))
        return scores;
    memory.clear();
    for (std::size_t row = 0; row < scores.size(); ++row)
        if (table.has(component, row))
            memory.push_back(scores[row]);
    return as_span(memory);
}

/// Normalizes the scores of component k in place, over the items that it scored: others are no part of
/// its list. What it did not score stays 0. Does not allocate once warm.
template <normalizer Normalizer>
void normalize_column(const Normalizer& normalizer, score_table& table, std::size_t component,
                      normalizing_workspace<Normalizer>& memory) {
    const auto column = table.scores(component);
    if (table.has_all(component)) {
        normalizer.normalize(column, memory.normalizer);
        return;
    }
    (void)scored_rows(table, component, memory.scored);
    normalizer.normalize(as_writable_span(memory.scored), memory.normalizer);
    std::size_t next = 0;
    for (std::size_t row = 0; row < column.size(); ++row)
        if (table.has(component, row))
            column[row] = memory.scored[next++];
}

/// How the score that component k gave to the item of `row` is normalized: maps it to what
/// `normalize_column` makes of it; to 0 if the component gave none. The column is scratch from then on.
template <normalizer Normalizer>
[[nodiscard]] affine_map normalizing_map(const Normalizer& normalizer, score_table& table,
                                         std::size_t component, std::size_t row,
                                         normalizing_workspace<Normalizer>& memory) {
    if (!table.has(component, row))
        return {0, 0};
    if constexpr (affine_normalizer<Normalizer>) {
        return normalizer.coefficients(scored_rows(table, component, memory.scored));
    } else {
        const auto given = static_cast<double>(table.scores(component)[row]);
        normalize_column(normalizer, table, component, memory);
        return in_proportion(given, static_cast<double>(table.scores(component)[row]));
    }
}

} // namespace hybrec
