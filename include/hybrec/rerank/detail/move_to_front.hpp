// SPDX-License-Identifier: MIT
/// @file
/// Puts chosen elements first and keeps the order of the others.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::detail {

/// Scratch memory of `move_to_front`.
template <class T>
struct moving_workspace {
    std::vector<T> front;
    aligned_vector<std::uint8_t> is_chosen;
};

/// Moves the elements at the positions `chosen`, which are distinct, to the front in this order; the
/// others follow in the order they had. Complexity: O(|elements|).
template <class T>
void move_to_front(std::span<T> elements, std::span<const std::uint32_t> chosen,
                   moving_workspace<T>& workspace) {
    workspace.front.clear();
    workspace.is_chosen.assign(elements.size(), 0);
    for (const std::uint32_t position : chosen) {
        workspace.front.push_back(elements[position]);
        workspace.is_chosen[position] = 1;
    }
    std::size_t to = elements.size();
    for (std::size_t from = elements.size(); from-- > 0;)
        if (!workspace.is_chosen[from])
            elements[--to] = elements[from];
    for (std::size_t at = 0; at < chosen.size(); ++at)
        elements[at] = workspace.front[at];
}

} // namespace hybrec::detail
