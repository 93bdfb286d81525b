// SPDX-License-Identifier: MIT
/// @file
/// The rankings of many users or items in one block of memory.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/scored.hpp>

#include <cassert>
#include <cstddef>
#include <span>

namespace hybrec {

/// One ranking per position, each of at most `depth()` entries.
template <class Index, class Score = float>
class rankings {
  public:
    using entry = scored<Index, Score>;

    rankings(std::size_t count, std::size_t depth)
        : depth_{depth}, entries_(count * depth), sizes_(count) {}

    [[nodiscard]] std::size_t size() const noexcept { return sizes_.size(); }
    [[nodiscard]] std::size_t depth() const noexcept { return depth_; }

    /// The ranking at `position`. @pre `position` is below `size()`.
    [[nodiscard]] std::span<const entry> operator[](std::size_t position) const noexcept {
        assert(position < size());
        return {entries_.data() + position * depth_, sizes_[position]};
    }

    /// The memory of the ranking at `position`, to be filled by whoever makes it.
    [[nodiscard]] std::span<entry> buffer(std::size_t position) noexcept {
        return {entries_.data() + position * depth_, depth_};
    }
    void set_size(std::size_t position, std::size_t size) noexcept {
        assert(size <= depth_);
        sizes_[position] = size;
        // What lies behind the end is cleared, so that equal rankings compare equal.
        for (std::size_t at = size; at < depth_; ++at)
            entries_[position * depth_ + at] = entry{};
    }

    friend bool operator==(const rankings&, const rankings&) = default;

  private:
    std::size_t depth_;
    aligned_vector<entry> entries_;
    aligned_vector<std::size_t> sizes_;
};

} // namespace hybrec
