// SPDX-License-Identifier: MIT
/// @file
/// How different the items of a ranking are from each other.
#pragma once

#include <hybrec/concepts/metric.hpp>
#include <hybrec/core/index.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <utility>

namespace hybrec {

/// How much two items are alike, usually in [0, 1]; symmetric, pure, `noexcept`.
template <class Similarity>
concept item_similarity = requires(const Similarity& similarity, item_index item) {
    { similarity(item, item) }
    noexcept->std::convertible_to<double>;
};

/// One minus the mean likeness of all pairs among the first k items (Smyth and McClave 2001; Ziegler
/// et al. 2005): 0 for a list of copies, 1 if no two have anything in common.
template <item_similarity Similarity>
class intra_list_diversity {
  public:
    intra_list_diversity(std::size_t k, Similarity similarity)
        : k_{k}, similarity_{std::move(similarity)} {}

    [[nodiscard]] std::string name() const { return "intra_list_diversity@" + std::to_string(k_); }
    [[nodiscard]] std::size_t depth() const noexcept { return k_; }

    /// 0 for fewer than two items, which cannot differ. Complexity: O(k²) likenesses.
    [[nodiscard]] double operator()(std::span<const item_index> ranked,
                                    std::span<const item_index> /*relevant*/) const noexcept {
        ranked = ranked.first(std::min(k_, ranked.size()));
        if (ranked.size() < 2)
            return 0;
        double sum = 0;
        for (std::size_t left = 1; left < ranked.size(); ++left)
            for (std::size_t right = 0; right < left; ++right)
                sum += static_cast<double>(similarity_(ranked[left], ranked[right]));
        const auto pairs = static_cast<double>(ranked.size() * (ranked.size() - 1)) / 2;
        return 1 - sum / pairs;
    }

  private:
    std::size_t k_;
    Similarity similarity_;
};

} // namespace hybrec
