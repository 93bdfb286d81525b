// SPDX-License-Identifier: MIT
/// @file
/// Which rows of a table a batch touches, and from where.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/on_use.hpp>

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace hybrec::neural {

/// Groups the positions of a batch by the row they name: `rows()` in the order of first appearance,
/// and for each the positions in ascending order. So sums over duplicates have one order.
class row_groups {
  public:
    /// Complexity: O(ids) after the first call for a table. Memory is kept.
    /// @pre every id is below `rows`.
    template <class = on_use>
    void group(std::span<const std::uint32_t> ids, std::size_t rows) {
        for (const std::uint32_t row : rows_)
            slot_[row] = none;
        if (slot_.size() < rows)
            slot_.resize(rows, none);
        rows_.clear();
        offsets_.assign(1, 0);
        for (const std::uint32_t id : ids) {
            assert(id < rows);
            if (slot_[id] == none) {
                slot_[id] = static_cast<std::uint32_t>(rows_.size());
                rows_.push_back(id);
                offsets_.push_back(0);
            }
            ++offsets_[slot_[id] + 1];
        }
        for (std::size_t k = 1; k < offsets_.size(); ++k)
            offsets_[k] += offsets_[k - 1];
        next_.assign(offsets_.begin(), offsets_.end());
        members_.resize(ids.size());
        for (std::size_t at = 0; at < ids.size(); ++at)
            members_[next_[slot_[ids[at]]]++] = static_cast<std::uint32_t>(at);
    }

    [[nodiscard]] std::size_t size() const noexcept { return rows_.size(); }
    template <class = on_use>
    [[nodiscard]] std::span<const std::uint32_t> rows() const noexcept {
        return as_span(rows_);
    }
    /// The positions that name `rows()[k]`.
    template <class = on_use>
    [[nodiscard]] std::span<const std::uint32_t> members(std::size_t k) const noexcept {
        return as_span(members_).subspan(offsets_[k], offsets_[k + 1] - offsets_[k]);
    }
    /// @pre a row of the table.
    [[nodiscard]] bool contains(std::size_t row) const noexcept { return slot_[row] != none; }
    /// Which of `rows()` a row is. @pre the batch touches it.
    [[nodiscard]] std::size_t slot(std::uint32_t row) const noexcept { return slot_[row]; }

  private:
    static constexpr std::uint32_t none = std::numeric_limits<std::uint32_t>::max();

    std::vector<std::uint32_t> slot_; // of a row; none if it is not touched
    std::vector<std::uint32_t> rows_;
    std::vector<std::uint32_t> offsets_;
    std::vector<std::uint32_t> next_;
    std::vector<std::uint32_t> members_;
};

} // namespace hybrec::neural
