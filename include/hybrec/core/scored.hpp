// SPDX-License-Identifier: MIT
/// @file
/// An index with its score, the total order of rankings, and the kinds of scores.
#pragma once

#include <hybrec/core/index.hpp>

#include <vector>

namespace hybrec {

/// What a model's scores mean. Scores of different kinds are blended only through a normalizer.
enum class score_kind : unsigned char {
    rating,      ///< a value on the scale of the observed ratings
    probability, ///< in [0, 1]
    similarity,  ///< a cosine or another bounded likeness
    preference,  ///< unbounded; only the order and differences within one model mean anything
    rank         ///< a position in a list
};

/// One element of a ranking. Destructures as `auto [item, score]`.
template <class Index, class Score = float>
struct scored {
    using index_type = Index;
    using score_type = Score;

    Index index{};
    Score score{};

    friend constexpr bool operator==(const scored&, const scored&) noexcept = default;
};

using scored_item = scored<item_index>;
using scored_user = scored<user_index>;

/// The order of every ranking: score descending, then index ascending. A total order over distinct
/// indices, so that a ranking never depends on threads, batches or SIMD width.
/// @pre neither score is NaN.
template <class Index, class Score>
[[nodiscard]] constexpr bool ranks_before(const scored<Index, Score>& left,
                                          const scored<Index, Score>& right) noexcept {
    return left.score > right.score || (left.score == right.score && left.index < right.index);
}

/// A list of distinct indices in the order of `ranks_before`. May be shorter than asked for; holds
/// no sentinels.
template <class Index, class Score = float>
using ranking = std::vector<scored<Index, Score>>;

} // namespace hybrec
