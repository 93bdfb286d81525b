// SPDX-License-Identifier: MIT
/// @file
/// Items are alike when a model's vectors of them point the same way.
#pragma once

#include <hybrec/concepts/model.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/simd/batch.hpp>
#include <hybrec/simd/gathered.hpp>
#include <hybrec/simd/vector.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// The cosine of two items' vectors in a model, which is held by value or shared with `std::ref`. Items
/// with a zero vector (or one whose squared length is no float), or beyond the model, are like nothing.
///
/// Asks for models that themselves offer likeness of items: where biases are stored as factors, angles
/// mean nothing.
template <class Model>
requires embedding_model<held_type<Model>> && item_similarity_model<held_type<Model>>
class embedding_similarity {
  public:
    class workspace {
        friend embedding_similarity;
        aligned_vector<float> directions_;  // of the candidates, of length 1
        aligned_vector<const float*> rows_; // in whole groups
        std::size_t stride_ = 0;
    };

    explicit embedding_similarity(Model model) : model_{std::move(model)} {}

    /// Complexity: O(candidates · factors).
    template <class Arch = simd::default_arch>
    void prepare(std::span<const scored_item> candidates, workspace& memory) const {
        const held_type<Model>& model = model_;
        const auto& vectors = model.item_factors();
        memory.stride_ = padded_size<float>(vectors.factors());
        memory.directions_.assign(candidates.size() * memory.stride_, 0);
        memory.rows_.clear();
        for (std::size_t candidate = 0; candidate < candidates.size(); ++candidate) {
            float* const direction = memory.directions_.data() + candidate * memory.stride_;
            memory.rows_.push_back(direction);
            if (candidates[candidate].index.value() >= vectors.rows())
                continue;
            const auto vector = vectors.row(candidates[candidate].index);
            std::transform(vector.begin(), vector.end(), direction,
                           [](auto value) { return static_cast<float>(value); });
            const float squares = simd::dot<float, Arch>(direction, direction, memory.stride_);
            if (squares > 0 && std::isfinite(squares))
                simd::scale<float, Arch>(1 / std::sqrt(squares), direction, direction,
                                         memory.stride_);
            else
                std::fill_n(direction, memory.stride_, 0.0F);
        }
        if (!candidates.empty())
            memory.rows_.resize(padded_size<float>(candidates.size()), memory.rows_.front());
    }

    /// Complexity: O(candidates · factors).
    template <class Arch = simd::default_arch>
    void row(std::size_t candidate, const workspace& memory, float* out) const noexcept {
        simd::gathered_dot<float, Arch>(memory.rows_.data(), memory.rows_.size(),
                                        memory.rows_[candidate], memory.stride_, out);
    }

  private:
    Model model_;
};

} // namespace hybrec
