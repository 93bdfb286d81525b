// SPDX-License-Identifier: MIT
/// @file
/// Business rule: this item at this place.
#pragma once

#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/index.hpp>

#include <cstddef>
#include <optional>

namespace hybrec {

/// `pin{item, 0}`: the item at a slot of the slate; 0 is the first. It must be among the candidates, and
/// filters and caps hold for it.
struct pin {
    item_index item;
    std::size_t slot = 0;

    template <class Request>
    [[nodiscard]] std::optional<pin> pinned(const Request&) const noexcept {
        return *this;
    }
};

} // namespace hybrec
