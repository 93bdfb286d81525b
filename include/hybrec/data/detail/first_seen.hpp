// SPDX-License-Identifier: MIT
/// @file
/// Ids that several threads meet in parts of a file, numbered as one thread would number them.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/text_hash.hpp>
#include <hybrec/data/id_map.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// The ids that one thread has met, numbered in the order in which it did so, and where each of
/// them was first.
///
/// Every row of a log looks two ids up, in tables that do not fit the nearer caches. So a slot holds
/// the text as well, and half a cache line answers; `prefetch` asks for it some rows ahead.
class first_seen {
  public:
    first_seen() : slots_(16) {}

    /// The thread's own number of `id`. `hash` is its `text_hash`.
    /// @pre `place` is not below that of earlier calls.
    template <class = on_use>
    std::uint32_t add(std::string_view id, std::uint64_t hash, std::uint64_t place) {
        const std::size_t mask = slots_.size() - 1;
        std::size_t at = static_cast<std::size_t>(hash) & mask;
        for (; slots_[at].number != slot::empty; at = (at + 1) & mask)
            if (holds(slots_[at], id))
                return slots_[at].number;
        if (size() >= max_index_count)
            fail<shape_error>({"an id map holds at most 4294967295 ids"});
        const auto number = static_cast<std::uint32_t>(size());
        texts_.push_back(id);
        places_.push_back(place);
        slots_[at].assign(number, id);
        if (3 * size() > 2 * slots_.size())
            grow();
        return number;
    }

    /// Asks the memory for what `add` will look at.
    void prefetch([[maybe_unused]] std::uint64_t hash) const noexcept {
#if defined(__GNUC__)
        __builtin_prefetch(&slots_[static_cast<std::size_t>(hash) & (slots_.size() - 1)]);
#endif
    }

    [[nodiscard]] std::size_t size() const noexcept { return texts_.size(); }
    [[nodiscard]] std::string_view operator[](std::size_t number) const noexcept {
        return texts_[number];
    }
    /// Where the id was first; ascending.
    [[nodiscard]] std::uint64_t place(std::size_t number) const noexcept { return places_[number]; }

  private:
    struct alignas(32) slot {
        static constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();
        static constexpr std::size_t most_text = 27;
        static constexpr std::uint8_t elsewhere = 255; ///< as a length: the text is too long

        std::uint32_t number = empty;
        std::uint8_t length = 0;
        char text[most_text] = {};

        void assign(std::uint32_t new_number, std::string_view id) noexcept {
            number = new_number;
            length = id.size() <= most_text ? static_cast<std::uint8_t>(id.size()) : elsewhere;
            std::memcpy(text, id.data(), std::min(id.size(), most_text));
        }
    };
    static_assert(sizeof(slot) == 32);

    [[nodiscard]] bool holds(const slot& own, std::string_view id) const noexcept {
        if (id.size() > slot::most_text)
            return own.length == slot::elsewhere && texts_[own.number] == id;
        if (own.length != id.size())
            return false;
        // Most ids have 8 to 16 characters: two loads, which may overlap, instead of a call.
        if (id.size() >= 8 && id.size() <= 16)
            return same_word(own.text, id.data()) &&
                   same_word(own.text + id.size() - 8, id.data() + id.size() - 8);
        return std::string_view{own.text, id.size()} == id;
    }

    [[nodiscard]] static bool same_word(const char* left, const char* right) noexcept {
        std::uint64_t words[2];
        std::memcpy(&words[0], left, 8);
        std::memcpy(&words[1], right, 8);
        return words[0] == words[1];
    }

    void grow() {
        aligned_vector<slot> larger(2 * slots_.size());
        const std::size_t mask = larger.size() - 1;
        for (const slot& old : slots_) {
            if (old.number == slot::empty)
                continue;
            std::size_t at = static_cast<std::size_t>(text_hash(texts_[old.number])) & mask;
            while (larger[at].number != slot::empty)
                at = (at + 1) & mask;
            larger[at] = old;
        }
        slots_ = std::move(larger);
    }

    text_ids texts_;
    std::vector<std::uint64_t> places_;
    aligned_vector<slot> slots_;
};

/// One numbering for all threads.
template <class Index>
struct merged_ids {
    id_map<Index> ids;
    std::vector<std::vector<std::uint32_t>> numbers; ///< of each thread, for each of its own
};

/// Numbers the ids of all threads in the order of their first places, whichever thread read which
/// part. Complexity: O(n log threads) for n ids, counted once for each thread.
template <class Index>
[[nodiscard]] merged_ids<Index> merge_first_seen(const aligned_vector<const first_seen*>& threads) {
    merged_ids<Index> merged;
    merged.numbers.resize(threads.size());
    // The thread whose next id was first seen earliest comes next.
    using candidate = std::pair<std::uint64_t, std::size_t>; // place, thread
    std::vector<candidate> next;                             // as a heap
    const auto put = [&](std::size_t thread, std::size_t id) {
        next.emplace_back(threads[thread]->place(id), thread);
        std::push_heap(next.begin(), next.end(), std::greater<>{});
    };
    for (std::size_t thread = 0; thread < threads.size(); ++thread) {
        merged.numbers[thread].reserve(threads[thread]->size());
        if (threads[thread]->size() != 0)
            put(thread, 0);
    }
    while (!next.empty()) {
        std::pop_heap(next.begin(), next.end(), std::greater<>{});
        const std::size_t thread = next.back().second;
        next.pop_back();
        const first_seen& own = *threads[thread];
        std::vector<std::uint32_t>& numbers = merged.numbers[thread];
        numbers.push_back(merged.ids.add(own[numbers.size()]).value());
        if (numbers.size() < own.size())
            put(thread, numbers.size());
    }
    return merged;
}

} // namespace hybrec::detail
