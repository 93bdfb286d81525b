// SPDX-License-Identifier: MIT
/// @file
/// Interactions cut into strata of users × items that can be trained on at the same time.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/factorization/detail/draws.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// The items that users chose: the pattern of a matrix without the entries that are not positive.
template <class = on_use>
struct positive_entries {
    std::span<const offset> offsets; ///< of the users' rows
    std::span<const item_index> columns;

    [[nodiscard]] std::span<const item_index> of(user_index user) const noexcept {
        const offset begin = offsets[user.value()];
        return columns.subspan(begin, offsets[user.value() + 1] - begin);
    }
};

template <class = on_use>
struct strata_entry {
    user_index user;
    item_index item;
};

/// Tells most pairs apart that are not among given ones: a bit for each hash, about 16 per pair.
template <class Use = on_use>
class pair_filter {
  public:
    /// Forgets the pairs from before.
    void assign(std::span<const strata_entry<Use>> entries) {
        bits_ = std::max(10, static_cast<int>(std::bit_width(entries.size())) + 4);
        words_.assign(std::size_t{1} << (bits_ - 6), 0);
        for (const auto [user, item] : entries) {
            const std::uint64_t at = hash(user, item);
            words_[at / 64] |= std::uint64_t{1} << (at % 64);
        }
    }
    /// False only if the pair is not among the entries.
    [[nodiscard]] bool may_hold(user_index user, item_index item) const noexcept {
        const std::uint64_t at = hash(user, item);
        return (words_[at / 64] >> (at % 64) & 1) != 0;
    }

  private:
    [[nodiscard]] std::uint64_t hash(user_index user, item_index item) const noexcept {
        // Fibonacci hashing (Knuth 1998, section 6.4).
        return ((std::uint64_t{user.value()} << 32 | item.value()) * 0x9E3779B97F4A7C15) >>
               (64 - bits_);
    }

    std::vector<std::uint64_t> words_;
    int bits_ = 0;
};

/// A grid of count × count strata, as in Gemulla et al. 2011 ("Large-scale matrix factorization with
/// distributed stochastic gradient descent"): those of one diagonal share neither users nor items,
/// so gradient steps in them touch different vectors. The result of an epoch then does not depend
/// on the number of threads, nor on their timing.
///
/// Blocks of users are fixed. Blocks of items are drawn anew for every epoch, and negatives come
/// from the block of the positive: over the epochs every pair of items meets, and a uniform draw
/// from a random block is a uniform draw. As the block's vectors are few they stay in the caches.
/// Items that nobody chose are in no block.
template <class Use = on_use>
class strata {
  public:
    using entry = strata_entry<Use>;

    /// Many, so that a stratum's vectors fit into a second-level cache; but no blocks of just a few
    /// rows.
    [[nodiscard]] static std::size_t count_for(std::size_t users, std::size_t items) noexcept {
        return std::clamp<std::size_t>(std::min(users, items) / 64, 1, 64);
    }

    /// @param chosen the items of the entries, ascending
    /// @param items  how many items there are, chosen or not
    strata(std::span<const offset> offsets, std::vector<item_index> chosen, std::size_t items)
        : count_{count_for(offsets.size() - 1, chosen.size())},
          item_block_(items),
          chosen_{std::move(chosen)},
          block_begin_(count_ + 1),
          entries_(static_cast<std::size_t>(offsets.back())),
          begin_(count_ * (count_ + 1)) {
        for (std::size_t block = 0; block <= count_; ++block) {
            const offset target = offsets.back() * block / count_;
            user_begin_.push_back(
                block == count_ ? offsets.size() - 1
                                : static_cast<std::size_t>(
                                      std::lower_bound(offsets.begin(), offsets.end() - 1, target) -
                                      offsets.begin()));
        }
    }

    [[nodiscard]] std::size_t count() const noexcept { return count_; }
    /// How many items there are in all blocks.
    [[nodiscard]] std::size_t item_count() const noexcept { return chosen_.size(); }

    /// Draws new blocks of items and sorts the entries into the strata.
    void draw(const positive_entries<Use>& positives, const counter_random& random,
              const execution& where) {
        block_items_ = chosen_;
        random.shuffle(block_items_.begin(), block_items_.size());
        for (std::size_t block = 0; block < count_; ++block) {
            block_begin_[block] = block_items_.size() * block / count_;
            block_begin_[block + 1] = block_items_.size() * (block + 1) / count_;
            for (std::size_t at = block_begin_[block]; at < block_begin_[block + 1]; ++at)
                item_block_[block_items_[at].value()] = static_cast<std::uint8_t>(block);
        }
        where.threads().for_chunks(
            count_, 1,
            [&](std::size_t block, std::size_t, std::size_t) { sort_block(positives, block); },
            where.stop);
    }

    /// The entries of a stratum; the caller may reorder them.
    template <class = on_use>
    [[nodiscard]] std::span<entry> entries(std::size_t users, std::size_t items) noexcept {
        const offset* const begin = begin_.data() + users * (count_ + 1) + items;
        return {entries_.data() + begin[0], static_cast<std::size_t>(begin[1] - begin[0])};
    }
    /// The items of a block.
    template <class = on_use>
    [[nodiscard]] std::span<const item_index> items(std::size_t block) const noexcept {
        return {block_items_.data() + block_begin_[block],
                block_begin_[block + 1] - block_begin_[block]};
    }

    [[nodiscard]] static std::size_t bytes(std::size_t items, std::size_t entries) noexcept {
        return entries * sizeof(entry) + items * (2 * sizeof(item_index) + 1);
    }

  private:
    /// A counting sort of the entries of a block of users.
    void sort_block(const positive_entries<Use>& positives, std::size_t block) {
        const offset first = positives.offsets[user_begin_[block]];
        const offset last = positives.offsets[user_begin_[block + 1]];
        const auto columns = positives.columns;
        offset* const begin = begin_.data() + block * (count_ + 1);
        std::vector<offset> next(count_ + 1);
        for (offset at = first; at < last; ++at)
            ++next[item_block_[columns[at].value()] + std::size_t{1}];
        next[0] = first;
        for (std::size_t k = 0; k < count_; ++k)
            next[k + 1] += next[k];
        std::copy(next.begin(), next.end(), begin);
        for (std::size_t user = user_begin_[block]; user < user_begin_[block + 1]; ++user)
            for (const item_index item : positives.of(user_index(user)))
                entries_[next[item_block_[item.value()]]++] = {user_index(user), item};
    }

    std::size_t count_;
    aligned_vector<std::uint8_t> item_block_; // of each item
    std::vector<item_index> chosen_;
    std::vector<item_index> block_items_; // the chosen ones, sorted by block
    std::vector<std::size_t> block_begin_;
    std::vector<std::size_t> user_begin_;
    bulk_vector<entry> entries_;
    std::vector<offset> begin_; // of each stratum
};

} // namespace hybrec::detail
