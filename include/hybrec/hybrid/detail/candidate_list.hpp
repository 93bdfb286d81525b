// SPDX-License-Identifier: MIT
/// @file
/// The union of what generators propose.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/score_table.hpp>
#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace hybrec::detail {

/// The lists that generators propose, one after the other, and their union. Reused from request to
/// request; a warm one allocates nothing.
class candidate_list {
  public:
    /// Room for lists of at most `total` items of a catalogue of `item_count`.
    template <class = on_use>
    void begin(std::size_t item_count, std::size_t total) {
        row_of_.resize(std::max(row_of_.size(), item_count));
        proposed_.resize(total);
        ends_.clear();
        items_.clear();
    }

    /// Where the next generator writes at most `budget` items.
    template <class = on_use>
    [[nodiscard]] std::span<scored_item> buffer(std::size_t budget) noexcept {
        return as_writable_span(proposed_).subspan(end(), budget);
    }

    /// Takes the first `size` items of the buffer as the next generator's list, best first.
    /// @pre they are distinct items of the catalogue with finite scores.
    template <class = on_use>
    void take(std::size_t size) {
        const std::size_t begin = end();
        for (const scored_item candidate : as_span(proposed_).subspan(begin, size))
            if (!is_listed(candidate.index)) {
                row_of_[candidate.index.value()] = static_cast<std::uint32_t>(items_.size());
                items_.push_back(candidate.index);
            }
        ends_.push_back(begin + size);
    }

    /// All items, each once, in the order in which they were first proposed.
    [[nodiscard]] std::span<const item_index> items() const noexcept { return as_span(items_); }

    /// Writes the proposed scores: a column per generator, a row per item.
    template <class = on_use>
    void fill(score_table& table) const {
        table.reset(ends_.size(), as_span(items_));
        visit([&](std::size_t generator, std::size_t, std::size_t row, float score) {
            table.set(generator, row, score);
        });
    }

    /// What the items are worth by their ranks alone: Σ 1 / (60 + rank) over the lists (reciprocal rank
    /// fusion, Cormack et al. 2009).
    void fuse(std::span<float> out) const noexcept {
        std::fill(out.begin(), out.end(), 0.0F);
        visit([&](std::size_t, std::size_t rank, std::size_t row, float) {
            out[row] += worth_of(rank);
        });
    }
    /// What a rank in one list is worth.
    [[nodiscard]] static float worth_of(std::size_t rank) noexcept {
        return 1.0F / (60.0F + static_cast<float>(rank));
    }

    /// The length of a list.
    [[nodiscard]] std::size_t size_of(std::size_t list) const noexcept {
        return ends_[list] - (list == 0 ? 0 : ends_[list - 1]);
    }

    /// Calls `visitor(generator, rank from 1, row, score)` for everything proposed.
    template <class Visitor>
    void visit(const Visitor& visitor) const {
        std::size_t at = 0;
        for (std::size_t generator = 0; generator < ends_.size(); ++generator)
            for (std::size_t rank = 1; at < ends_[generator]; ++at, ++rank)
                visitor(generator, rank, std::size_t{row_of_[proposed_[at].index.value()]},
                        proposed_[at].score);
    }

  private:
    [[nodiscard]] std::size_t end() const noexcept { return ends_.empty() ? 0 : ends_.back(); }

    [[nodiscard]] bool is_listed(item_index item) const noexcept {
        const std::size_t row = row_of_[item.value()];
        return row < items_.size() && items_[row] == item;
    }

    std::vector<scored_item> proposed_;
    std::vector<std::size_t> ends_; // of the generators' lists
    std::vector<item_index> items_;
    std::vector<std::uint32_t> row_of_; // by item; right only where `items_` agrees
};

} // namespace hybrec::detail
