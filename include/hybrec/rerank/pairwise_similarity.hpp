// SPDX-License-Identifier: MIT
/// @file
/// Items are as much alike as a function says.
#pragma once

#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <type_traits>
#include <utility>
#include <vector>

namespace hybrec {

/// Says how much two items are alike, as `similarity_source` asks for: finite, symmetric, 1 for copies.
/// Must not throw, and must be safe for concurrent calls.
template <class Function>
concept likeness_of_items =
    std::regular_invocable<const Function&, item_index, item_index> &&
    std::convertible_to < std::invoke_result_t<const Function&, item_index, item_index>,
double > ;

/// The likeness of items as a function of two of them, held by value or shared with `std::ref`.
template <class Function>
requires likeness_of_items<held_type<Function>>
class pairwise_similarity {
  public:
    class workspace {
        friend pairwise_similarity;
        std::vector<item_index> items_;
    };

    explicit pairwise_similarity(Function function) : function_{std::move(function)} {}

    void prepare(std::span<const scored_item> candidates, workspace& memory) const {
        memory.items_.clear();
        for (const scored_item& candidate : candidates)
            memory.items_.push_back(candidate.index);
    }

    /// Complexity: a call for each candidate.
    void row(std::size_t candidate, const workspace& memory, float* out) const noexcept {
        const held_type<Function>& function = function_;
        const std::size_t count = memory.items_.size();
        for (std::size_t other = 0; other < count; ++other)
            out[other] =
                static_cast<float>(function(memory.items_[candidate], memory.items_[other]));
        std::fill(out + count, out + padded_size<float>(count), 0.0F);
    }

  private:
    Function function_;
};

} // namespace hybrec
