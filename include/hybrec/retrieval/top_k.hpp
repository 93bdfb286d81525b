// SPDX-License-Identifier: MIT
/// @file
/// Keeps the best k of a stream of scored indices in memory that the caller owns.
#pragma once

#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <span>

namespace hybrec {

/// The best `buffer.size()` of all that was offered, in the order of `ranks_before`. The result
/// depends on the set of offers alone, not on their order. NaN is never kept. Does not allocate.
template <class Index, class Score>
class top_k {
  public:
    using entry = scored<Index, Score>;

    /// @pre `buffer` outlives this object.
    explicit top_k(std::span<entry> buffer) noexcept : buffer_{buffer} {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// A score below this one cannot enter any more; −∞ while there is room.
    [[nodiscard]] Score threshold() const noexcept {
        return size_ < buffer_.size() || buffer_.empty() ? -std::numeric_limits<Score>::infinity()
                                                         : buffer_[0].score;
    }

    /// Whether `candidate` would enter now. False for NaN. Complexity: O(1).
    [[nodiscard]] bool would_enter(const entry& candidate) const noexcept {
        if (candidate.score != candidate.score)
            return false;
        return size_ < buffer_.size() || (!buffer_.empty() && ranks_before(candidate, buffer_[0]));
    }

    /// Keeps `candidate`. @pre `would_enter(candidate)`. Complexity: O(log k).
    void enter(const entry& candidate) noexcept {
        // A heap whose top is the entry that ranks last.
        if (size_ == buffer_.size())
            std::pop_heap(buffer_.begin(), buffer_.end(), ranks_before<Index, Score>);
        else
            ++size_;
        buffer_[size_ - 1] = candidate;
        std::push_heap(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size_),
                       ranks_before<Index, Score>);
    }

    /// Sorts what was kept and returns how many there are. Call once, at the end.
    [[nodiscard]] std::size_t finish() noexcept {
        std::sort_heap(buffer_.begin(), buffer_.begin() + static_cast<std::ptrdiff_t>(size_),
                       ranks_before<Index, Score>);
        return size_;
    }

  private:
    std::span<entry> buffer_;
    std::size_t size_ = 0;
};

} // namespace hybrec
