// SPDX-License-Identifier: MIT
/// @file
/// Items with the same scores for everybody, and their order.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/math.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Scores of all items; those above 0 are ranked once, and served from then on.
class popular_items {
  public:
    popular_items() = default;
    template <class = on_use>
    explicit popular_items(std::vector<float> scores) : scores_{std::move(scores)} {
        for (std::size_t item = 0; item < scores_.size(); ++item)
            if (scores_[item] > 0)
                order_.push_back(item_index(item));
        std::sort(order_.begin(), order_.end(), [this](item_index left, item_index right) {
            return ranks_before<item_index, float>({left, (*this)[left]}, {right, (*this)[right]});
        });
    }

    [[nodiscard]] std::size_t size() const noexcept { return scores_.size(); }
    [[nodiscard]] bool empty() const noexcept { return order_.empty(); }
    [[nodiscard]] std::span<const float> scores() const noexcept { return as_span(scores_); }
    [[nodiscard]] float operator[](item_index item) const noexcept { return scores_[item.value()]; }

    void score(std::span<const item_index> items, std::span<float> out) const noexcept {
        for (std::size_t at = 0; at < items.size(); ++at)
            out[at] = (*this)[items[at]];
    }

    /// The best items that `filter` admits for `user`, who may be unknown; returns how many.
    template <known_user_filter Filter>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter) const noexcept {
        std::size_t size = 0;
        for (std::size_t at = 0; at < order_.size() && size < out.size(); ++at)
            if (hybrec::admits(filter, user, order_[at]))
                out[size++] = {order_[at], (*this)[order_[at]]};
        return size;
    }

    friend bool operator==(const popular_items& left, const popular_items& right) {
        return left.scores_ == right.scores_;
    }

  private:
    std::vector<float> scores_;
    std::vector<item_index> order_; // items with a positive score, best first
};

/// Reads scores; refuses values that are not finite.
[[nodiscard]] tensor<float> load_scores(archive_reader auto& archive, std::string_view name) {
    auto scores = archive.template read_tensor<float>(name);
    for (const float score : scores.values)
        if (!std::isfinite(score))
            archive.refuse(name, "a value is not finite");
    return scores;
}
} // namespace hybrec::detail
