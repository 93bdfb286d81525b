// SPDX-License-Identifier: MIT
/// @file
/// The rows of a table in the order of one component.
#pragma once

#include <hybrec/core/on_use.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/hybrid/detail/score_order.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace hybrec::detail {

/// The rows that component k scored, in the order of `ranks_before`. Complexity: O(rows), and
/// O(t · log t) for each t rows of equal score whose items do not ascend.
template <class = on_use>
[[nodiscard]] std::span<const score_order::entry>
ranked_rows(const score_table& table, std::size_t component, score_order& memory) {
    const auto sorted = table.has_all(component)
                            ? memory.sort(table.scores(component))
                            : memory.sort(table.scores(component), [&](std::size_t row) {
                                  return table.has(component, row);
                              });
    const auto by_item = [items = table.items()](const auto& left, const auto& right) {
        return items[left.row] < items[right.row];
    };
    for (auto begin = sorted.begin(); begin != sorted.end();) {
        auto end = begin;
        while (end != sorted.end() && end->key == begin->key)
            ++end;
        if (end - begin > 1 && !std::is_sorted(begin, end, by_item))
            std::sort(begin, end, by_item);
        begin = end;
    }
    return sorted;
}

} // namespace hybrec::detail
