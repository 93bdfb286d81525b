// SPDX-License-Identifier: MIT
/// @file
/// Sorts scores by their digits, best first.
#pragma once

#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

namespace hybrec::detail {

/// The workspace of such sorts, and the sort. By digits, because the
/// branches of a comparison sort of unordered scores cannot be predicted.
class score_order {
  public:
    /// A row by its score: the better the score the smaller the key, equal scores have equal keys.
    struct entry {
        std::uint32_t key;
        std::uint32_t row;
    };

    /// The rows of `scores`, best first; equal scores in the order of their rows.
    template <class = on_use>
    [[nodiscard]] std::span<entry> sort(std::span<const float> scores) {
        entries_.resize(scores.size());
        for (std::size_t row = 0; row < scores.size(); ++row)
            entries_[row] = {key_of(scores[row]), static_cast<std::uint32_t>(row)};
        return sort_entries();
    }

    /// As `sort`, for rows of which `has(row)`.
    template <class Has>
    [[nodiscard]] std::span<entry> sort(std::span<const float> scores, const Has& has) {
        entries_.clear();
        for (std::size_t row = 0; row < scores.size(); ++row)
            if (has(row))
                entries_.push_back({key_of(scores[row]), static_cast<std::uint32_t>(row)});
        return sort_entries();
    }

  private:
    static constexpr unsigned digit_bits = 8;
    static constexpr unsigned digits = 32 / digit_bits;
    static constexpr std::size_t digit_count = std::size_t{1} << digit_bits;

    [[nodiscard]] static std::uint32_t key_of(float score) noexcept {
        const auto bits = std::bit_cast<std::uint32_t>(score + 0.0F); // −0 becomes 0
        return (bits >> 31) != 0 ? bits : ~bits & 0x7FFFFFFF;
    }

    template <class = on_use>
    [[nodiscard]] std::span<entry> sort_entries() {
        if (entries_.size() < 64) {
            std::sort(entries_.begin(), entries_.end(), [](const entry& left, const entry& right) {
                return left.key != right.key ? left.key < right.key : left.row < right.row;
            });
            return as_writable_span(entries_);
        }
        other_.resize(entries_.size());
        std::uint32_t counts[digits][digit_count] = {};
        for (const entry& each : entries_)
            for (unsigned digit = 0; digit < digits; ++digit)
                ++counts[digit][each.key >> (digit * digit_bits) & (digit_count - 1)];
        for (unsigned digit = 0; digit < digits; ++digit) {
            const auto digit_of = [digit](const entry& each) {
                return each.key >> (digit * digit_bits) & (digit_count - 1);
            };
            auto& places = counts[digit];
            if (places[digit_of(entries_.front())] == entries_.size())
                continue; // the same everywhere
            std::uint32_t begin = 0;
            for (std::uint32_t& place : places)
                begin += std::exchange(place, begin);
            for (const entry& each : entries_)
                other_[places[digit_of(each)]++] = each;
            std::swap(entries_, other_);
        }
        return as_writable_span(entries_);
    }

    aligned_vector<entry> entries_;
    aligned_vector<entry> other_;
};

} // namespace hybrec::detail
