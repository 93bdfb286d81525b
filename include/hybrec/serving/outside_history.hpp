// SPDX-License-Identifier: MIT
/// @file
/// A filter of what is in a request's history.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/weighted.hpp>

#include <span>

namespace hybrec {

/// Admits what is not in a history. Views it, in any order, and allocates nothing, unlike `excluding`; a
/// lookup costs O(|history|), which suits the histories of requests.
class outside_history {
  public:
    explicit outside_history(std::span<const weighted_item> history) noexcept : history_{history} {}

    [[nodiscard]] bool admits(item_index item) const noexcept {
        for (const weighted_item& entry : history_)
            if (entry.index == item)
                return false;
        return true;
    }

  private:
    std::span<const weighted_item> history_;
};

} // namespace hybrec
