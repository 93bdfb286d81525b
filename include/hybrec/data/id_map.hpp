// SPDX-License-Identifier: MIT
/// @file
/// Maps between an application's ids and dense indices, in both directions.
#pragma once

#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace hybrec {

namespace detail {

/// Ids as texts, stored one after the other in one block of memory.
class text_ids {
  public:
    using view = std::string_view;

    [[nodiscard]] std::size_t size() const noexcept { return ends_.size(); }
    [[nodiscard]] view operator[](std::size_t at) const noexcept {
        const std::uint64_t begin = at == 0 ? 0 : ends_[at - 1];
        return {text_.data() + begin, static_cast<std::size_t>(ends_[at] - begin)};
    }
    void push_back(view id) {
        text_.append(id);
        ends_.push_back(text_.size());
    }
    [[nodiscard]] static std::size_t hash(view id) noexcept {
        return std::hash<std::string_view>{}(id);
    }
    [[nodiscard]] static std::string show(view id) { return "\"" + std::string{id} + "\""; }

    friend bool operator==(const text_ids&, const text_ids&) = default;

  private:
    std::string text_;
    std::vector<std::uint64_t> ends_;
};

/// Ids as integers.
class integer_ids {
  public:
    using view = std::int64_t;

    [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
    [[nodiscard]] view operator[](std::size_t at) const noexcept { return ids_[at]; }
    void push_back(view id) { ids_.push_back(id); }
    [[nodiscard]] static std::size_t hash(view id) noexcept {
        // The finalizer of SplitMix64 (Steele, Lea, Flood 2014): consecutive ids must spread.
        auto bits = static_cast<std::uint64_t>(id) + 0x9E3779B97F4A7C15;
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return static_cast<std::size_t>(bits ^ (bits >> 31));
    }
    [[nodiscard]] static std::string show(view id) { return std::to_string(id); }

    friend bool operator==(const integer_ids&, const integer_ids&) = default;

  private:
    std::vector<std::int64_t> ids_;
};

} // namespace detail

/// Numbers external ids 0, 1, 2, … in the order in which they are added.
///
/// `Id` is `std::string` (seen as `std::string_view`) or `std::int64_t`. Const calls are
/// thread-safe. Views of text ids stay valid until the next id is added.
template <class Index, class Id = std::string>
requires std::same_as<Id, std::string> || std::same_as<Id, std::int64_t>
class id_map {
    using ids =
        std::conditional_t<std::same_as<Id, std::string>, detail::text_ids, detail::integer_ids>;

  public:
    using index_type = Index;
    using id_type = Id;
    using id_view = typename ids::view;

    [[nodiscard]] std::size_t size() const noexcept { return ids_.size(); }
    [[nodiscard]] bool empty() const noexcept { return size() == 0; }

    /// The index of `id`, which is added if it is new. Amortised O(length of the id).
    /// @throws shape_error if there are already 2³² − 1 ids.
    Index add(id_view id) {
        if (2 * (size() + 1) > slots_.size())
            grow();
        const std::size_t slot = find_slot(id);
        if (slots_[slot] != empty_slot)
            return Index(slots_[slot]);
        if (size() >= max_index_count)
            throw shape_error{"an id map holds at most 4294967295 ids"};
        slots_[slot] = static_cast<std::uint32_t>(size());
        ids_.push_back(id);
        return Index(size() - 1);
    }

    /// The index of `id`, if it is known.
    [[nodiscard]] std::optional<Index> find(id_view id) const noexcept {
        if (slots_.empty())
            return std::nullopt;
        const std::uint32_t found = slots_[find_slot(id)];
        return found == empty_slot ? std::nullopt : std::optional<Index>{Index(found)};
    }

    [[nodiscard]] bool contains(id_view id) const noexcept { return find(id).has_value(); }

    /// The index of `id`. @throws unknown_id_error naming the id.
    [[nodiscard]] Index at(id_view id) const {
        if (const std::optional<Index> found = find(id))
            return *found;
        throw unknown_id_error{"unknown id " + ids::show(id) + "; the map holds " +
                               std::to_string(size()) + " ids"};
    }

    /// The id at `index`. @pre `index` is below `size()`.
    [[nodiscard]] id_view operator[](Index index) const noexcept { return ids_[index.value()]; }

    friend bool operator==(const id_map& left, const id_map& right) {
        return left.ids_ == right.ids_;
    }

  private:
    static constexpr std::uint32_t empty_slot = std::numeric_limits<std::uint32_t>::max();

    /// The slot that holds `id`, or the empty one where it belongs. Linear probing; the table is at
    /// most half full.
    [[nodiscard]] std::size_t find_slot(id_view id) const noexcept {
        const std::size_t mask = slots_.size() - 1;
        std::size_t slot = ids::hash(id) & mask;
        while (slots_[slot] != empty_slot && ids_[slots_[slot]] != id)
            slot = (slot + 1) & mask;
        return slot;
    }

    void grow() {
        const std::size_t slots = std::bit_ceil(std::max<std::size_t>(16, 4 * size()));
        slots_.assign(slots, empty_slot);
        for (std::size_t at = 0; at < size(); ++at)
            slots_[find_slot(ids_[at])] = static_cast<std::uint32_t>(at);
    }

    ids ids_;
    std::vector<std::uint32_t> slots_;
};

} // namespace hybrec
