// SPDX-License-Identifier: MIT
/// @file
/// Lets a step choose more than is asked for, for a later step to choose from.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace hybrec {

/// A step of `sharing` that chooses `length` candidates, or as many as are asked for if that is more.
template <similarity_step Step>
class shortlist {
  public:
    using workspace = typename Step::workspace;

    shortlist(std::size_t length, Step step) : length_{length}, step_{std::move(step)} {}

    template <class Rows>
    void choose(const Rows& rows, std::span<const scored_item> candidates, std::size_t count,
                workspace& memory, std::vector<std::uint32_t>& chosen) const {
        step_.choose(rows, candidates, std::max(count, length_), memory, chosen);
    }

  private:
    std::size_t length_;
    Step step_;
};

} // namespace hybrec
