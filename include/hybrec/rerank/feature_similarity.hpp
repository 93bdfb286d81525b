// SPDX-License-Identifier: MIT
/// @file
/// Items are alike when they have the same features.
#pragma once

#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/candidate_features.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// The cosine of two items' rows in an item × feature matrix, which is held by value or shared with
/// `std::ref`. Items without features, or beyond the matrix, are like nothing.
///
/// The candidates' rows are gathered once, by feature, so that a row of likenesses is a handful of SIMD
/// additions: one for each feature that the candidate itself has.
template <class Features>
requires item_feature_matrix<held_type<Features>>
class feature_similarity {
  public:
    class workspace {
        friend feature_similarity;
        detail::candidate_features features_;
        std::size_t padded_ = 0;
    };

    explicit feature_similarity(Features features) : features_{std::move(features)} {}

    /// Complexity: O(entries of the candidates).
    void prepare(std::span<const scored_item> candidates, workspace& memory) const {
        const held_type<Features>& features = features_;
        memory.features_.gather(features, candidates, detail::row_scale::length);
        memory.padded_ = padded_size<float>(candidates.size());
    }

    /// Complexity: O(candidates · features of `candidate`), or less where few have them.
    template <class Arch = simd::default_arch>
    void row(std::size_t candidate, const workspace& memory, float* out) const noexcept {
        std::fill_n(out, memory.padded_, 0.0F);
        for (const auto [slot, value] : memory.features_.entries(candidate))
            memory.features_.template add<Arch>(slot, value, out);
    }

  private:
    Features features_;
};

} // namespace hybrec
