// SPDX-License-Identifier: MIT
/// @file
/// Which items a list has already.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace hybrec::detail {

/// A set of items by open addressing. Emptied in no time: entries carry the number of their round.
class seen_items {
  public:
    /// Empties the set and makes room for `count` items.
    template <class = on_use>
    void reset(std::size_t count) {
        const std::size_t size = std::bit_ceil(2 * count + 2);
        if (slots_.size() < size || round_ == UINT32_MAX) {
            slots_.assign(std::max(size, slots_.size()), {});
            round_ = 0;
        }
        ++round_;
    }

    /// Whether the item was not there yet.
    [[nodiscard]] bool insert(item_index item) noexcept {
        const std::size_t mask = slots_.size() - 1;
        // Fibonacci hashing: neighbouring numbers end up far apart.
        std::size_t at = (item.value() * std::uint64_t{0x9E3779B97F4A7C15} >> 32) & mask;
        for (; slots_[at].round == round_; at = (at + 1) & mask)
            if (slots_[at].item == item)
                return false;
        slots_[at] = {round_, item};
        return true;
    }

  private:
    struct slot {
        std::uint32_t round = 0;
        item_index item{};
    };
    aligned_vector<slot> slots_;
    std::uint32_t round_ = 0;
};

} // namespace hybrec::detail
