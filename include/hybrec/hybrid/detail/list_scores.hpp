// SPDX-License-Identifier: MIT
/// @file
/// What a list says about given items.
#pragma once

#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>

#include <cstddef>
#include <span>

namespace hybrec::detail {

/// Writes the scores that `list` has for `items`, `absent` for those that are not in it.
/// @pre all are below `item_count`; `items.size() == out.size()`. Complexity: O(item_count + items).
template <class = on_use>
void list_scores(std::span<const scored_item> list, std::size_t item_count,
                 std::span<const item_index> items, std::span<float> out, float absent) {
    borrowed<aligned_vector<float>> scores;
    scores->assign(item_count, absent);
    for (const scored_item& entry : list)
        (*scores)[entry.index.value()] = entry.score;
    for (std::size_t at = 0; at < items.size(); ++at)
        out[at] = (*scores)[items[at].value()];
}

/// The same of what `make()` lists. Models may throw where they list, but not where they score: a list that
/// cannot be made is none. Returns false then.
template <class Make>
[[nodiscard]] bool score_by_list(const Make& make, std::size_t item_count,
                                 std::span<const item_index> items, std::span<float> out,
                                 float absent) noexcept {
    try {
        list_scores(make(), item_count, items, out, absent);
        return true;
    } catch (...) {
        return false;
    }
}

} // namespace hybrec::detail
