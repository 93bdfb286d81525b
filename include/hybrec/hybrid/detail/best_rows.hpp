// SPDX-License-Identifier: MIT
/// @file
/// The rows of a table in which some component is at its best.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/top_k.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

namespace hybrec::detail {

/// Copies to `best` the rows with the `depth` highest scores of each component, those of `denied` items
/// (ascending) left out. Rows keep their order.
template <class = on_use>
void keep_best_rows(const score_table& table, std::size_t depth, std::span<const item_index> denied,
                    score_table& best) {
    std::vector<scored_item> buffer(std::min(depth, table.item_count()));
    std::vector<bool> kept(table.item_count());
    for (std::size_t part = 0; part < table.component_count(); ++part) {
        top_k<item_index, float> top{as_writable_span(buffer)};
        const std::span<const float> scores = table.scores(part);
        for (std::size_t row = 0; row < scores.size(); ++row) {
            const scored_item candidate{table.items()[row], scores[row]};
            if (table.has(part, row) && top.would_enter(candidate) &&
                !std::binary_search(denied.begin(), denied.end(), candidate.index))
                top.enter({item_index(row), scores[row]});
        }
        for (std::size_t at = 0, size = top.finish(); at < size; ++at)
            kept[buffer[at].index.value()] = true;
    }
    std::vector<item_index> items;
    std::vector<std::size_t> rows;
    for (std::size_t row = 0; row < kept.size(); ++row)
        if (kept[row]) {
            rows.push_back(row);
            items.push_back(table.items()[row]);
        }
    best.reset(table.component_count(), as_span(items));
    for (std::size_t part = 0; part < table.component_count(); ++part)
        for (std::size_t at = 0; at < rows.size(); ++at)
            if (table.has(part, rows[at]))
                best.set(part, at, table.scores(part)[rows[at]]);
}

} // namespace hybrec::detail
