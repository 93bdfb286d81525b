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
    [[nodiscard]] std::size_t capacity() const noexcept { return buffer_.size(); }

    /// Whether every further entry pushes another one out.
    [[nodiscard]] bool full() const noexcept { return size_ == buffer_.size(); }

    /// A score below this one cannot enter any more; −∞ while there is room.
    [[nodiscard]] Score threshold() const noexcept {
        return size_ < buffer_.size() || buffer_.empty() ? -std::numeric_limits<Score>::infinity()
                                                         : worst().score;
    }

    /// Whether `candidate` would enter now. False for NaN. Complexity: O(1).
    [[nodiscard]] bool would_enter(const entry& candidate) const noexcept {
        if (candidate.score != candidate.score)
            return false;
        return size_ < buffer_.size() || (!buffer_.empty() && ranks_before(candidate, worst()));
    }

    /// Keeps `candidate`. @pre `would_enter(candidate)`.
    /// Complexity: O(log k), or O(k) for k up to 32, where it is faster.
    void enter(const entry& candidate) noexcept {
        if (size_ < buffer_.size())
            ++size_;
        else if (!sorted())
            std::pop_heap(buffer_.begin(), buffer_.end(), ranks_before<Index, Score>);
        if (sorted()) {
            std::size_t at = size_ - 1;
            for (; at > 0 && ranks_before(candidate, buffer_[at - 1]); --at)
                buffer_[at] = buffer_[at - 1];
            buffer_[at] = candidate;
        } else {
            buffer_[size_ - 1] = candidate;
            std::push_heap(buffer_.begin(), end(), ranks_before<Index, Score>);
        }
    }

    /// Sorts what was kept and returns how many there are. Call once, at the end.
    [[nodiscard]] std::size_t finish() noexcept {
        if (!sorted())
            std::sort_heap(buffer_.begin(), end(), ranks_before<Index, Score>);
        return size_;
    }

  private:
    /// Short lists are kept in order; long ones as a heap whose top is the entry that ranks last.
    [[nodiscard]] bool sorted() const noexcept { return buffer_.size() <= 32; }
    [[nodiscard]] const entry& worst() const noexcept {
        return sorted() ? buffer_.back() : buffer_.front();
    }
    [[nodiscard]] auto end() const noexcept {
        return buffer_.begin() + static_cast<std::ptrdiff_t>(size_);
    }

    std::span<entry> buffer_;
    std::size_t size_ = 0;
};

} // namespace hybrec
