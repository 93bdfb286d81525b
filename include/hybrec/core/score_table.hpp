// SPDX-License-Identifier: MIT
/// @file
/// What several components say about the same items.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec {

/// A column of scores for each component, a row for each item of a list; a component may leave items
/// out. Whoever fills the table keeps to finite scores. Columns start at multiples of 64 bytes and
/// are padded to one. Reused from list to list; a warm table allocates nothing.
class score_table {
  public:
    /// Bit k: component k scored the item.
    using source_set = std::uint32_t;
    static constexpr std::size_t max_components = 32;

    /// Makes room for a list of `items`, about which no component has said anything; scores are 0.
    /// @pre components ≤ max_components.
    void reset(std::size_t components, std::size_t items) {
        assert(components <= max_components);
        components_ = components;
        stride_ = padded_size<float>(items);
        scores_.assign(components * stride_, 0.0F);
        sources_.assign(items, 0);
    }

    [[nodiscard]] std::size_t component_count() const noexcept { return components_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return sources_.size(); }

    /// What component k said; 0 where it said nothing.
    [[nodiscard]] std::span<const float> scores(std::size_t component) const noexcept {
        return {scores_.data() + component * stride_, item_count()};
    }
    /// To be written by whoever fills the table; `mark` says where.
    [[nodiscard]] std::span<float> scores(std::size_t component) noexcept {
        return {scores_.data() + component * stride_, item_count()};
    }

    /// Which components scored each item.
    [[nodiscard]] std::span<const source_set> sources() const noexcept { return sources_; }
    /// To be written by whoever fills the table.
    [[nodiscard]] std::span<source_set> sources() noexcept { return sources_; }
    [[nodiscard]] bool has(std::size_t component, std::size_t item) const noexcept {
        return (sources_[item] >> component & 1U) != 0;
    }

    /// Says that component k scored all items.
    void mark_all(std::size_t component) noexcept {
        for (source_set& sources : sources_)
            sources |= source_set{1} << component;
    }
    void set(std::size_t component, std::size_t item, float score) noexcept {
        scores(component)[item] = score;
        sources_[item] |= source_set{1} << component;
    }

  private:
    std::size_t components_ = 0;
    std::size_t stride_ = 0;
    aligned_vector<float> scores_; // component after component
    std::vector<source_set> sources_;
};

} // namespace hybrec
