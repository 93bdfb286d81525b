// SPDX-License-Identifier: MIT
/// @file
/// Approximate cosines of groups of rows with each other.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/retrieval/search_index.hpp>
#include <hybrec/simd/bfloat16_products.hpp>
#include <hybrec/simd/pair_products.hpp>
#include <hybrec/simd/processor_tiles.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <array>
#include <cstddef>
#include <cstdint>

namespace hybrec::detail {

/// Scores up to `Slots` groups on each side with each other: where products of bfloat16 are fast all 32 × 32
/// pairs of rows at once, otherwise eight rows with 32. Each thread has its own.
template <std::size_t Slots>
class pair_scorer {
  public:
    explicit pair_scorer(const search_index& index)
        : index_{&index}, scores_(Slots * simd::group_rows * simd::group_rows) {
        if (by_products_) {
            left_words_.resize(Slots * words());
            right_words_.resize(Slots * words());
        } else {
            left_panels_.resize(Slots * panel_size());
            right_panels_.resize(Slots * panel_size());
        }
    }

    void set_left(std::size_t slot, std::size_t group) noexcept {
        left_groups_[slot] = group;
        if (by_products_)
            simd::write_pair_rows(index_->packed(group), index_->factors(),
                                  left_words_.data() + slot * words());
        else
            widen(group, left_panels_.data() + slot * panel_size());
    }
    void set_right(std::size_t slot, std::size_t group) noexcept {
        right_groups_[slot] = group;
        if (by_products_)
            simd::write_pair_columns(index_->packed(group), index_->factors(),
                                     right_words_.data() + slot * words());
        else
            widen(group, right_panels_.data() + slot * panel_size());
    }

    /// To be called before `score` for a pair of groups.
    void multiply(const simd::processor_tiles& tiles, std::size_t left,
                  std::size_t right) noexcept {
        if (by_products_)
            simd::pair_products(tiles, left_words_.data() + left * words(),
                                right_words_.data() + right * words(), index_->factors(),
                                scores(right, 0));
    }
    /// Scores eight rows from `first` of a left group on, as `simd::score_tile` does. What is to be reported
    /// is then in `scores(right, first)`.
    [[nodiscard]] std::uint32_t score(std::size_t left, std::size_t first, std::size_t right,
                                      const float* bounds, const float* row_bounds,
                                      std::uint32_t* passed) noexcept {
        float* const out = scores(right, first);
        if (by_products_)
            return simd::scale_tile(out, index_->inverse_lengths(left_groups_[left]) + first,
                                    index_->inverse_lengths(right_groups_[right]), bounds,
                                    row_bounds, passed);
        return simd::score_tile(right_panels_.data() + right * panel_size(), index_->factors(),
                                left_panels_.data() + left * panel_size() + first, bounds,
                                row_bounds, out, passed);
    }
    /// Eight lines of 32.
    [[nodiscard]] float* scores(std::size_t right, std::size_t first) noexcept {
        const std::size_t lines = by_products_ ? simd::group_rows : simd::tile_queries;
        return scores_.data() + (right * lines + first % lines) * simd::group_rows;
    }

  private:
    [[nodiscard]] std::size_t words() const noexcept { return simd::pair_words(index_->factors()); }
    [[nodiscard]] std::size_t panel_size() const noexcept {
        return simd::group_rows * index_->factors();
    }
    void widen(std::size_t group, float* panel) const noexcept {
        simd::widen_group(index_->packed(group), index_->factors(), index_->inverse_lengths(group),
                          panel);
    }

    const search_index* index_;
    bool by_products_ = simd::has_bfloat16_products();
    std::array<std::size_t, Slots> left_groups_{}, right_groups_{};
    aligned_vector<std::uint32_t> left_words_, right_words_;
    aligned_vector<float> left_panels_, right_panels_;
    aligned_vector<float> scores_; // of the slots on the right
};

} // namespace hybrec::detail
