// SPDX-License-Identifier: MIT
/// @file
/// Keeps answers for a while.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/weighted.hpp>
#include <hybrec/serving/cache_key.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

/// How often a cache had the answer. Every lookup is a hit or a miss.
struct cache_statistics {
    std::uint64_t hits = 0;
    std::uint64_t misses = 0;      ///< not there, or not there any more
    std::uint64_t expirations = 0; ///< of the misses: too old
    std::uint64_t evictions = 0;   ///< the least recently used made room

    [[nodiscard]] double hit_rate() const noexcept {
        return hits + misses == 0 ? 0
                                  : static_cast<double>(hits) / static_cast<double>(hits + misses);
    }
};

/// What decides an answer: views of a request. Histories count in the order in which they are given.
template <class ContextKey>
struct cache_query {
    std::optional<user_index> user{};
    std::span<const weighted_item> history{};
    std::size_t count = 0;     ///< how many items are asked for
    std::uint64_t version = 0; ///< of the engine
    std::reference_wrapper<const ContextKey> context;
};

struct list_cache_options {
    std::size_t capacity = 10'000;    ///< answers; 0 keeps none
    std::size_t longest_list = 100;   ///< answers to calls that ask for more are not kept
    std::size_t longest_history = 32; ///< nor those to requests with longer histories
};

/// The least recently used answers go first, and those whose time is over are not given out. All memory
/// is taken at construction: capacity × (about 80 bytes + 8 for each item of the longest list and
/// history). Thread-safe: answers of a user lie in one of up to 16 shards, each with a lock that is
/// held while one list is copied; "least recently used" holds within a shard. There is one shard
/// below 512 answers.
///
/// Index-linked lists instead of std::unordered_map and std::list: these allocate a node for every
/// answer.
template <class ContextKey, class Clock>
class list_cache {
  public:
    using query = cache_query<ContextKey>;
    using time_point = typename Clock::time_point;
    using duration = typename Clock::duration;

    /// What a miss leaves, so that the answer can be put in later.
    struct ticket {
        bool hit = false;
        std::uint64_t hash = 0;
        std::uint64_t generation = 0;
    };

    list_cache(list_cache_options options, duration time_to_live)
        : options_{options},
          time_to_live_{time_to_live},
          shards_(std::clamp<std::size_t>(std::bit_floor(options.capacity / 256), 1, 16)) {
        for (std::size_t at = 0; at < shards_.size(); ++at)
            shards_[at].make_room((options.capacity + at) / shards_.size(), options);
    }

    /// Whether answers to such a request are kept at all. Others must not be looked up.
    [[nodiscard]] bool takes(const query& asked) const noexcept {
        return options_.capacity != 0 && asked.count <= options_.longest_list &&
               asked.history.size() <= options_.longest_history;
    }

    /// Copies the answer to `out` if it is there. @pre takes(asked).
    ticket find(const query& asked, time_point now, std::vector<scored_item>& out) {
        const std::uint64_t owner = owner_hash(asked.user, asked.history);
        ticket result{.hash = full_hash(owner, asked)};
        shard& home = shard_of(owner);
        const std::lock_guard lock{home.mutex};
        result.generation = home.generation;
        const std::uint32_t at = home.find(result.hash, asked);
        if (at == none || home.entries[at].expires <= now) {
            if (at != none) {
                ++home.statistics.expirations;
                home.remove(at);
            }
            ++home.statistics.misses;
            return result;
        }
        ++home.statistics.hits;
        home.touch(at);
        const auto list = home.list(at);
        out.assign(list.begin(), list.end());
        result.hit = true;
        return result;
    }

    /// Keeps an answer, unless its user was invalidated since `missed`. @pre takes(asked).
    void insert(const query& asked, const ticket& missed, time_point now,
                std::span<const scored_item> answer) {
        shard& home = shard_of(owner_hash(asked.user, asked.history));
        const std::lock_guard lock{home.mutex};
        if (home.generation != missed.generation || answer.size() > options_.longest_list)
            return;
        std::uint32_t at = home.find(missed.hash, asked); // by another thread, meanwhile
        if (at == none)
            at = home.add(missed.hash, asked);
        home.store(at, answer, now + std::min(time_to_live_, time_point::max() - now));
    }

    /// Forgets all answers to requests of `user`, and does not take those that are on their way.
    void invalidate(user_index user) {
        shard& home = shard_of(owner_hash(user, {}));
        const std::lock_guard lock{home.mutex};
        ++home.generation;
        for (std::uint32_t at = home.newest; at != none;) {
            const std::uint32_t next = home.entries[at].older;
            if (home.entries[at].user == user)
                home.remove(at);
            at = next;
        }
    }

    /// Forgets everything.
    void clear() {
        for (shard& home : shards_) {
            const std::lock_guard lock{home.mutex};
            ++home.generation;
            while (home.newest != none)
                home.remove(home.newest);
        }
    }

    [[nodiscard]] cache_statistics statistics() const {
        cache_statistics sum;
        for (const shard& home : shards_) {
            const std::lock_guard lock{home.mutex};
            sum.hits += home.statistics.hits;
            sum.misses += home.statistics.misses;
            sum.expirations += home.statistics.expirations;
            sum.evictions += home.statistics.evictions;
        }
        return sum;
    }

  private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    struct entry {
        std::uint64_t hash = 0;
        std::optional<user_index> user; // the history lies in `histories`, the answer in `lists`
        std::size_t count = 0;
        std::uint64_t version = 0;
        ContextKey context{};
        time_point expires{};
        std::uint32_t next = none; // in the bucket, or of the free ones
        std::uint32_t newer = none;
        std::uint32_t older = none;
        std::uint32_t history_size = 0;
        std::uint32_t list_size = 0;
    };

    struct alignas(64) shard {
        mutable std::mutex mutex;
        std::vector<entry> entries;
        std::vector<std::uint32_t> buckets; // first entry of each
        std::vector<weighted_item> histories;
        std::vector<scored_item> lists;
        std::size_t history_stride = 0;
        std::size_t list_stride = 0;
        std::uint32_t free = none;
        std::uint32_t newest = none;
        std::uint32_t oldest = none;
        std::uint64_t generation = 0;
        cache_statistics statistics;

        void make_room(std::size_t capacity, const list_cache_options& options) {
            history_stride = options.longest_history;
            list_stride = options.longest_list;
            entries.resize(capacity);
            buckets.assign(std::bit_ceil(capacity + 1), none);
            histories.resize(capacity * history_stride);
            lists.resize(capacity * list_stride);
            for (std::uint32_t at = 0; at < capacity; ++at)
                entries[at].next = at + 1 < capacity ? at + 1 : none;
            free = capacity == 0 ? none : 0;
        }

        [[nodiscard]] std::uint32_t& bucket(std::uint64_t hash) noexcept {
            return buckets[hash & (buckets.size() - 1)];
        }
        [[nodiscard]] std::span<weighted_item> history(std::uint32_t at) noexcept {
            return {histories.data() + at * history_stride, entries[at].history_size};
        }
        [[nodiscard]] std::span<scored_item> list(std::uint32_t at) noexcept {
            return {lists.data() + at * list_stride, entries[at].list_size};
        }

        [[nodiscard]] std::uint32_t find(std::uint64_t hash, const query& asked) noexcept {
            std::uint32_t at = bucket(hash);
            while (at != none && !(entries[at].hash == hash && holds(at, asked)))
                at = entries[at].next;
            return at;
        }
        [[nodiscard]] bool holds(std::uint32_t at, const query& asked) noexcept {
            const entry& key = entries[at];
            return key.user == asked.user && key.count == asked.count &&
                   key.version == asked.version && key.context == asked.context.get() &&
                   std::ranges::equal(history(at), asked.history);
        }

        /// An entry with that key, the newest one; the oldest makes room if it must.
        std::uint32_t add(std::uint64_t hash, const query& asked) {
            if (free == none) {
                ++statistics.evictions;
                remove(oldest);
            }
            const std::uint32_t at = free;
            entry& made = entries[at];
            made.context = asked.context.get(); // may throw: nothing has changed yet
            free = made.next;
            made.hash = hash;
            made.user = asked.user;
            made.count = asked.count;
            made.version = asked.version;
            made.history_size = static_cast<std::uint32_t>(asked.history.size());
            std::ranges::copy(asked.history, history(at).begin());
            made.next = std::exchange(bucket(hash), at);
            link(at);
            return at;
        }
        void store(std::uint32_t at, std::span<const scored_item> answer, time_point expires) {
            entries[at].list_size = static_cast<std::uint32_t>(answer.size());
            std::ranges::copy(answer, list(at).begin());
            entries[at].expires = expires;
        }
        void remove(std::uint32_t at) noexcept {
            std::uint32_t* link_to = &bucket(entries[at].hash);
            while (*link_to != at)
                link_to = &entries[*link_to].next;
            *link_to = entries[at].next;
            unlink(at);
            entries[at].next = std::exchange(free, at);
        }
        void touch(std::uint32_t at) noexcept {
            unlink(at);
            link(at);
        }
        void link(std::uint32_t at) noexcept {
            entries[at].newer = none;
            entries[at].older = newest;
            (newest == none ? oldest : entries[newest].newer) = at;
            newest = at;
        }
        void unlink(std::uint32_t at) noexcept {
            const auto [newer, older] = std::pair{entries[at].newer, entries[at].older};
            (newer == none ? newest : entries[newer].older) = older;
            (older == none ? oldest : entries[older].newer) = newer;
        }
    };

    /// Of the user, or of the history of someone unknown.
    static std::uint64_t owner_hash(const std::optional<user_index>& user,
                                    std::span<const weighted_item> history) noexcept {
        return user ? detail::hash_combine(1, user->value()) : hash_of(2, history);
    }
    static std::uint64_t hash_of(std::uint64_t hash,
                                 std::span<const weighted_item> history) noexcept {
        for (const auto [item, weight] : history)
            hash = detail::hash_combine(
                hash, std::uint64_t{std::bit_cast<std::uint32_t>(weight)} << 32 | item.value());
        return hash;
    }
    static std::uint64_t full_hash(std::uint64_t owner, const query& asked) {
        std::uint64_t hash = asked.user ? hash_of(owner, asked.history) : owner;
        hash = detail::hash_combine(hash, asked.count);
        hash = detail::hash_combine(hash, asked.version);
        return detail::hash_combine(hash, hash_of_key(asked.context.get()));
    }
    shard& shard_of(std::uint64_t owner) noexcept {
        return shards_[(owner >> 32) % shards_.size()];
    }

    list_cache_options options_;
    duration time_to_live_;
    std::vector<shard> shards_;
};

} // namespace hybrec
