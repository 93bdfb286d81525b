// SPDX-License-Identifier: MIT
/// @file
/// The best of many streams of scored indices at once.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <span>

namespace hybrec::detail {

/// Keeps the `count` best of what each list is offered, in the order of `ranks_before`: a score with
/// its index is one integer, the larger the better. A list takes in more than it will keep, and
/// drops the worse part when it is full: cheaper than a heap, which moves log(count) entries for
/// every one that enters. What is kept depends on the set of offers alone, not on their order.
/// Thread-safe for distinct lists.
template <class Index>
class best_lists {
  public:
    /// A lower score is not kept.
    static constexpr float least = std::numeric_limits<float>::min();

    /// @param offers no list is offered more than so many indices
    best_lists(std::size_t lists, std::size_t count, std::size_t offers)
        : count_{count},
          capacity_{std::min(2 * count, std::max(count, offers))},
          floors_(lists, (std::uint64_t{std::bit_cast<std::uint32_t>(least)} << 32) - 1),
          sizes_(lists),
          keys_(lists * capacity_) {}

    /// A score below this one cannot enter any more; never below `least`.
    [[nodiscard]] float threshold(std::size_t list) const noexcept {
        return std::max(least, score_of(floors_[list]));
    }

    /// @pre `score` is at least `threshold(list)`, and no NaN; the list has not seen the index.
    void offer(std::size_t list, Index index, float score) noexcept {
        const std::uint64_t key = (std::uint64_t{std::bit_cast<std::uint32_t>(score)} << 32) |
                                  (0xFFFFFFFFU - index.value());
        if (key <= floors_[list] || count_ == 0)
            return;
        std::uint64_t* const keys = keys_.data() + list * capacity_;
        keys[sizes_[list]++] = key;
        if (sizes_[list] == capacity_)
            shorten(list);
    }

    /// Drops what is not among the best, and returns how many are left.
    std::size_t finish(std::size_t list) noexcept {
        if (sizes_[list] > count_)
            shorten(list);
        return sizes_[list];
    }

    /// Calls `take(index, score)` for all in the list, in any order.
    template <class Take>
    void visit(std::size_t list, Take&& take) const {
        for (std::size_t at = 0; at < sizes_[list]; ++at) {
            const std::uint64_t key = keys_[list * capacity_ + at];
            take(Index(0xFFFFFFFFU - static_cast<std::uint32_t>(key)), score_of(key));
        }
    }

  private:
    // Scores are positive: their bits are in the order of their values.
    static float score_of(std::uint64_t key) noexcept {
        return std::bit_cast<float>(static_cast<std::uint32_t>(key >> 32));
    }

    void shorten(std::size_t list) noexcept {
        std::uint64_t* const keys = keys_.data() + list * capacity_;
        move_largest(keys, sizes_[list], count_);
        floors_[list] = *std::min_element(keys, keys + count_);
        sizes_[list] = static_cast<std::uint32_t>(count_);
    }

    /// Moves the `count` largest of distinct keys to the front (Hoare 1961, "Algorithm 65: Find").
    /// Partitions without a branch on the keys, which would be mispredicted every other time.
    static void move_largest(std::uint64_t* keys, std::size_t size, std::size_t count) noexcept {
        std::size_t begin = 0; // those before are in front for sure, those from `end` on are not
        std::size_t end = size;
        while (end - begin > 8) {
            const std::uint64_t x = keys[begin], y = keys[begin + (end - begin) / 2],
                                z = keys[end - 1];
            const std::uint64_t median = std::max(std::min(x, y), std::min(std::max(x, y), z));
            std::size_t middle = begin;
            for (std::size_t at = begin; at < end; ++at) {
                const std::uint64_t key = keys[at];
                keys[at] = keys[middle];
                keys[middle] = key;
                middle += key > median;
            }
            if (middle == count)
                return;
            (middle > count ? end : begin) = middle;
        }
        std::sort(keys + begin, keys + end, std::greater<>{});
    }

    std::size_t count_;
    std::size_t capacity_;
    aligned_vector<std::uint64_t> floors_; // key of the worst of the best, once there are enough
    aligned_vector<std::uint32_t> sizes_;
    bulk_vector<std::uint64_t> keys_;
};

} // namespace hybrec::detail
