// SPDX-License-Identifier: MIT
/// @file
/// What several components say about the same items.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec {

/// Bit k: component k. Which components scored an item, or take part in something.
using component_set = std::uint32_t;

/// A column of scores for each component, a row for each item of a list; a component may leave items
/// out. Whoever fills the table keeps to finite scores and distinct items. Columns start at multiples
/// of 64 bytes and are padded to one. Reused from list to list; a warm table allocates nothing.
class score_table {
  public:
    static constexpr std::size_t max_components = 32;

    /// Makes room for these items, about which no component has said anything; scores are 0.
    /// @pre components ≤ max_components; the items are distinct, in any order.
    template <class = on_use>
    void reset(std::size_t components, std::span<const item_index> items) {
        items_.assign(items.begin(), items.end());
        whole_catalogue_ = false;
        clear(components, items.size());
    }
    /// As above for the items 0, 1, …, `items` − 1.
    template <class = on_use>
    void reset(std::size_t components, std::size_t items) {
        if (!whole_catalogue_)
            items_.clear();
        items_.reserve(items);
        while (items_.size() < items)
            items_.push_back(item_index(items_.size()));
        items_.resize(items);
        whole_catalogue_ = true;
        clear(components, items);
    }

    [[nodiscard]] std::size_t component_count() const noexcept { return components_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return items_.size(); }

    /// The item of each row.
    [[nodiscard]] std::span<const item_index> items() const noexcept { return as_span(items_); }

    /// What component k said; 0 where it said nothing.
    [[nodiscard]] std::span<const float> scores(std::size_t component) const noexcept {
        return {scores_.data() + component * stride_, item_count()};
    }
    /// To be written by whoever fills the table; `mark_all` or `set` says where.
    [[nodiscard]] std::span<float> scores(std::size_t component) noexcept {
        return {scores_.data() + component * stride_, item_count()};
    }

    /// Which components scored each item.
    template <class = on_use>
    [[nodiscard]] std::span<const component_set> sources() const noexcept {
        return as_span(sources_);
    }
    /// To be written by whoever fills the table, instead of `set`.
    template <class = on_use>
    [[nodiscard]] std::span<component_set> sources() noexcept {
        return as_writable_span(sources_);
    }
    [[nodiscard]] bool has(std::size_t component, std::size_t row) const noexcept {
        return (sources_[row] >> component & 1U) != 0;
    }
    /// Whether `mark_all` said that component k scored all items: nobody need look at `sources`.
    [[nodiscard]] bool has_all(std::size_t component) const noexcept {
        return (complete_ >> component & 1U) != 0;
    }

    /// Says that component k scored all items.
    void mark_all(std::size_t component) noexcept {
        const component_set bit = component_set{1} << component;
        complete_ |= bit;
        for (component_set& sources : sources_)
            sources |= bit;
    }
    void set(std::size_t component, std::size_t row, float score) noexcept {
        scores(component)[row] = score;
        sources_[row] |= component_set{1} << component;
    }

  private:
    void clear(std::size_t components, std::size_t items) {
        assert(components <= max_components);
        components_ = components;
        complete_ = 0;
        stride_ = padded_size<float>(items);
        scores_.assign(components * stride_, 0.0F);
        sources_.assign(items, 0);
    }

    std::size_t components_ = 0;
    std::size_t stride_ = 0;
    bool whole_catalogue_ = false; // items_ holds 0, 1, …
    component_set complete_ = 0;
    std::vector<item_index> items_;
    aligned_vector<float> scores_; // component after component
    std::vector<component_set> sources_;
};

} // namespace hybrec
