// SPDX-License-Identifier: MIT
/// @file
/// Finds relevant items in a ranking.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <cstddef>
#include <span>

namespace hybrec::detail {

/// @pre `relevant` is ascending.
[[nodiscard]] inline bool is_relevant(std::span<const item_index> relevant,
                                      item_index item) noexcept {
    return std::binary_search(relevant.begin(), relevant.end(), item);
}

/// How many of the first `depth` items are relevant.
template <class = on_use>
[[nodiscard]] std::size_t count_hits(std::span<const item_index> ranked,
                                     std::span<const item_index> relevant,
                                     std::size_t depth) noexcept {
    std::size_t hits = 0;
    for (const item_index item : ranked.first(std::min(depth, ranked.size())))
        hits += is_relevant(relevant, item) ? 1U : 0U;
    return hits;
}

} // namespace hybrec::detail
