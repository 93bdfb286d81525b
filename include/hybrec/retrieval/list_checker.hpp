// SPDX-License-Identifier: MIT
/// @file
/// Takes out of a list what no list may hold.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace hybrec {

/// What was found in a list. The first `size` places hold what is left.
struct list_report {
    std::size_t size = 0;
    std::size_t not_finite = 0; ///< items whose score is NaN or infinite
    std::size_t unknown = 0;    ///< items that are not in the catalogue
    std::size_t repeated = 0;   ///< items that were in the list before

    [[nodiscard]] bool clean() const noexcept { return not_finite + unknown + repeated == 0; }

    /// What is wrong with the list, in words. @pre !clean().
    [[nodiscard]] std::string_view complaint() const noexcept {
        return not_finite != 0 ? "scores that are not finite"
               : unknown != 0  ? "items that are not in the catalogue"
                               : "items more than once";
    }
};

/// Checks lists that come from code one does not trust. Reused from list to list, one at a time; a
/// warm one allocates nothing. Its size depends on the lists, not on the catalogue.
class list_checker {
  public:
    /// Drops from `list` every item that is not below `item_count`, whose score is not finite, or that
    /// stood in the list before; what stays keeps its order. Complexity: O(|list|).
    list_report check(std::span<scored_item> list, std::size_t item_count) {
        start(list.size());
        list_report report;
        for (const scored_item entry : list) {
            if (!std::isfinite(entry.score))
                ++report.not_finite;
            else if (entry.index.value() >= item_count)
                ++report.unknown;
            else if (!add(entry.index))
                ++report.repeated;
            else
                list[report.size++] = entry;
        }
        return report;
    }

  private:
    // An open hash table at most half full. A slot belongs to this list if it holds its number, so that
    // nothing is cleared from list to list.
    void start(std::size_t items) {
        const std::size_t wanted = std::bit_ceil(2 * items + 2);
        if (slots_.size() < wanted || ++list_ == 0) {
            slots_.assign(std::max(wanted, slots_.size()), 0);
            list_ = 1;
        }
    }

    bool add(item_index item) noexcept {
        const std::uint64_t slot = std::uint64_t{list_} << 32 | item.value();
        const std::size_t mask = slots_.size() - 1;
        // Fibonacci hashing: the high bits of the product are spread best.
        std::size_t at = static_cast<std::size_t>(item.value() * 0x9E3779B97F4A7C15U >> 32) & mask;
        for (; slots_[at] >> 32 == list_; at = (at + 1) & mask)
            if (slots_[at] == slot)
                return false;
        slots_[at] = slot;
        return true;
    }

    aligned_vector<std::uint64_t> slots_; // number of the list, item
    std::uint32_t list_ = 0;
};

} // namespace hybrec
