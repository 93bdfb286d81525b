// SPDX-License-Identifier: MIT
/// @file
/// A recommender whose scores are a table, for the tests of evaluation.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <span>
#include <vector>

namespace toy {

/// Ranks items by `scores[user][item]`; an item whose score is −∞ is never recommended.
struct recommender {
    static constexpr hybrec::score_kind kind = hybrec::score_kind::preference;
    using score_type = float;

    std::vector<std::vector<float>> scores;

    [[nodiscard]] std::size_t user_count() const { return scores.size(); }
    [[nodiscard]] std::size_t item_count() const { return scores.empty() ? 0 : scores[0].size(); }

    void score(hybrec::user_index user, std::span<const hybrec::item_index> items,
               std::span<float> out) const noexcept {
        for (std::size_t at = 0; at < items.size(); ++at)
            out[at] = scores[user.value()][items[at].value()];
    }

    template <class Filter = hybrec::unfiltered>
    [[nodiscard]] hybrec::ranking<hybrec::item_index>
    recommend(hybrec::user_index user, std::size_t n, const Filter& filter = {}) const {
        hybrec::ranking<hybrec::item_index> all;
        for (std::size_t at = 0; at < item_count(); ++at) {
            const hybrec::item_index item(at);
            bool admitted = std::isfinite(scores[user.value()][at]);
            if constexpr (hybrec::user_item_filter<Filter>)
                admitted = admitted && filter.admits(user, item);
            else
                admitted = admitted && filter.admits(item);
            if (admitted)
                all.push_back({item, scores[user.value()][at]});
        }
        std::sort(all.begin(), all.end(), hybrec::ranks_before<hybrec::item_index, float>);
        all.resize(std::min(n, all.size()));
        return all;
    }

    template <class Filter>
    std::size_t recommend_into(hybrec::user_index user, std::span<hybrec::scored_item> out,
                               const Filter& filter) const {
        const auto top = recommend(user, out.size(), filter);
        std::copy(top.begin(), top.end(), out.begin());
        return top.size();
    }
};

static_assert(hybrec::recommender<recommender> && hybrec::scorer<recommender>);

} // namespace toy
