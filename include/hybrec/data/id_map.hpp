// SPDX-License-Identifier: MIT
/// @file
/// Maps between an application's ids and dense indices, in both directions.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/data/detail/text_hash.hpp>

#include <algorithm>
#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
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
    template <class = on_use>
    void push_back(view id) {
        text_.append(id);
        ends_.push_back(text_.size());
    }
    [[nodiscard]] static std::uint64_t hash(view id) noexcept { return text_hash(id); }
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
    template <class = on_use>
    void push_back(view id) {
        ids_.push_back(id);
    }
    [[nodiscard]] static std::uint64_t hash(view id) noexcept {
        return mixed(static_cast<std::uint64_t>(id) + 0x9E3779B97F4A7C15);
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
        if (3 * (size() + 1) > 2 * slots_.size())
            grow();
        const std::uint64_t hash = ids::hash(id);
        slot& found = slots_[find_slot(id, hash)];
        if (found.index != empty_slot)
            return Index(found.index);
        if (size() >= max_index_count)
            fail<shape_error>({"an id map holds at most 4294967295 ids"});
        const auto index = static_cast<std::uint32_t>(size());
        ids_.push_back(id);
        found = {tag_of(hash), index};
        return Index(index);
    }

    /// The index of `id`, if it is known.
    [[nodiscard]] std::optional<Index> find(id_view id) const noexcept {
        if (slots_.empty())
            return std::nullopt;
        const std::uint32_t found = slots_[find_slot(id, ids::hash(id))].index;
        return found == empty_slot ? std::nullopt : std::optional<Index>{Index(found)};
    }

    [[nodiscard]] bool contains(id_view id) const noexcept { return find(id).has_value(); }

    /// The index of `id`. @throws unknown_id_error naming the id.
    [[nodiscard]] Index at(id_view id) const {
        if (const std::optional<Index> found = find(id))
            return *found;
        fail<unknown_id_error>({"unknown id ", ids::show(id), "; the map holds ", size(), " ids"});
    }

    /// The id at `index`. @pre `index` is below `size()`.
    [[nodiscard]] id_view operator[](Index index) const noexcept { return ids_[index.value()]; }

    friend bool operator==(const id_map& left, const id_map& right) {
        return left.ids_ == right.ids_;
    }

  private:
    static constexpr std::uint32_t empty_slot = std::numeric_limits<std::uint32_t>::max();

    /// The tag, bits of the hash that do not choose the slot, tells most other ids apart without
    /// looking at their texts.
    struct slot {
        std::uint32_t tag = 0;
        std::uint32_t index = empty_slot;
    };

    [[nodiscard]] static std::uint32_t tag_of(std::uint64_t hash) noexcept {
        return static_cast<std::uint32_t>(hash >> 32);
    }

    /// The slot that holds `id`, or the empty one where it belongs. Linear probing; the table is at
    /// most two thirds full.
    [[nodiscard]] std::size_t find_slot(id_view id, std::uint64_t hash) const noexcept {
        const std::size_t mask = slots_.size() - 1;
        const std::uint32_t tag = tag_of(hash);
        std::size_t at = static_cast<std::size_t>(hash) & mask;
        while (slots_[at].index != empty_slot &&
               (slots_[at].tag != tag || ids_[slots_[at].index] != id))
            at = (at + 1) & mask;
        return at;
    }

    void grow() {
        const std::size_t mask = std::max<std::size_t>(16, 2 * slots_.size()) - 1;
        slots_.assign(mask + 1, {});
        for (std::size_t index = 0; index < size(); ++index) {
            const std::uint64_t hash = ids::hash(ids_[index]);
            std::size_t at = static_cast<std::size_t>(hash) & mask;
            while (slots_[at].index != empty_slot) // no id is there twice
                at = (at + 1) & mask;
            slots_[at] = {tag_of(hash), static_cast<std::uint32_t>(index)};
        }
    }

    ids ids_;
    aligned_vector<slot> slots_;
};

} // namespace hybrec
