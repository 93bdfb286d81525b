// SPDX-License-Identifier: MIT
/// @file
/// Popular, then similar, then collaborative, as more becomes known about a user.
#pragma once

#include <hybrec/concepts/combiner.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/borrowed.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/candidate_list.hpp>
#include <hybrec/hybrid/detail/explain_parts.hpp>
#include <hybrec/hybrid/detail/list_scores.hpp>
#include <hybrec/hybrid/detail/parts.hpp>
#include <hybrec/hybrid/history_lengths.hpp>
#include <hybrec/hybrid/hybrid_explanation.hpp>
#include <hybrec/hybrid/request_model.hpp>
#include <hybrec/retrieval/request_admission.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace hybrec {

struct cold_start_options {
    std::size_t content_below = 5; ///< c: users with fewer items (but some) get content alone
    std::size_t collaborative_from =
        20;                  ///< w: users with that many get the collaborative model alone
    std::size_t depth = 100; ///< length of the lists that are blended in between
};

/// Which model answers; see `cold_start`.
enum class cold_start_regime : unsigned char { popularity, content, blended, collaborative };

[[nodiscard]] constexpr std::string_view name_of(cold_start_regime regime) noexcept {
    switch (regime) {
    case cold_start_regime::popularity:
        return "popularity";
    case cold_start_regime::content:
        return "content";
    case cold_start_regime::blended:
        return "blended";
    case cold_start_regime::collaborative:
        return "collaborative";
    }
    return "";
}

/// `cold_start{popular, content, als, history_lengths{train}}`: switches by the length h of the user's history:
///
/// - h = 0: `popular`, which serves everybody;
/// - h < c: `content`;
/// - c ≤ h < w: both lists blended by rank. The collaborative one counts α = (h − c)/(w − c), the other 1 − α;
///   the item at rank r = 0, 1, … of a list of n counts 1 − r/n;
/// - h ≥ w: `collaborative`.
///
/// A regime whose models have nothing to say (the filter denies all, the user's items have no content)
/// gives way to the next one above, so that the answer is empty only if that of `popular` is. Scores are
/// comparable within one answer only; their kind is `rank`.
template <component Popular, component Content, component Collaborative>
requires detail::serves_everybody<held_type<Popular>>
class cold_start : public request_model<cold_start<Popular, Content, Collaborative>> {
  public:
    static constexpr score_kind kind = score_kind::rank;

    /// @throws option_error unless `content_below` ≤ `collaborative_from` and `depth` is above 0.
    cold_start(Popular popular, Content content, Collaborative collaborative,
               history_lengths lengths, cold_start_options options = {})
        : options_{options},
          popular_{std::move(popular)},
          content_{std::move(content)},
          collaborative_{std::move(collaborative)},
          lengths_{std::move(lengths)} {
        require_option(options.content_below <= options.collaborative_from, "cold_start",
                       "content_below", static_cast<double>(options.content_below),
                       "at most collaborative_from");
        require_option(options.depth != 0, "cold_start", "depth", 0.0, "at least 1");
    }

    [[nodiscard]] const cold_start_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t user_count() const noexcept {
        return detail::most_users(std::tie(popular_, content_, collaborative_));
    }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return detail::most_items(std::tie(popular_, content_, collaborative_));
    }

    /// The regime that the length of the history calls for.
    template <class Context>
    [[nodiscard]] cold_start_regime regime_of(const request<Context>& who) const noexcept {
        const std::size_t length = lengths_(who);
        return length == 0                            ? cold_start_regime::popularity
               : length < options_.content_below      ? cold_start_regime::content
               : length < options_.collaborative_from ? cold_start_regime::blended
                                                      : cold_start_regime::collaborative;
    }

    template <class Context>
    [[nodiscard]] bool knows_request(const request<Context>&) const noexcept {
        return true;
    }

    template <class Context, request_filter<request<Context>> Filter>
    std::size_t answer(const request<Context>& who, std::span<scored_item> out,
                       const Filter& filter) const {
        return answer(who, out, filter, nullptr);
    }
    /// As `recommend_into`, and says which regime answered.
    template <class Context, request_filter<request<Context>> Filter = unfiltered>
    std::size_t recommend_into(const request<Context>& who, std::span<scored_item> out,
                               cold_start_regime& answered, const Filter& filter = {}) const {
        return answer(who, out, filter, &answered);
    }
    using request_model<cold_start>::recommend_into;

    /// The score of an item that the regime does not list.
    static constexpr float absent = std::numeric_limits<float>::lowest();

    /// Scores of items in the list of all that the regime gives; in the blended one, in those of `depth` items:
    /// see `request_model::score`.
    template <class Context>
    bool score_request(const request<Context>& who, std::span<const item_index> items,
                       std::span<float> out) const noexcept {
        borrowed<workspace> memory;
        const auto make = [&]() -> std::span<const scored_item> {
            auto& list = memory->blended;
            list.resize(1);
            cold_start_regime regime{};
            (void)answer(who, list, unfiltered{}, &regime);
            if (regime == cold_start_regime::blended) {
                fuse(who, options_.depth, unfiltered{}, *memory);
            } else {
                list.resize(item_count());
                list.resize(answer(who, list, unfiltered{}));
            }
            return list;
        };
        return detail::score_by_list(make, item_count(), items, out, absent);
    }

    /// Why `item` has its score in the regime that answers: components are popularity, content, collaborative. In
    /// the blended one each adds what its list does, shared `in_proportion`. No history accounts for what is popular.
    template <class User, class Context>
    requires explaining_component<Content, User> && explaining_component<Collaborative, User>
    [[nodiscard]] hybrid_explanation explain_request(const request<Context>& who,
                                                     item_index item) const {
        scored_item best;
        cold_start_regime regime{};
        (void)answer(who, span_of_one(best), unfiltered{}, &regime);
        explanation<float> popular, content, collaborative;
        if (regime == cold_start_regime::popularity) {
            std::vector<scored_item> list(item_count());
            list.resize(ask_for_items(model_of(popular_), who, list, unfiltered{}));
            for (const scored_item& each : list)
                if (each.index == item)
                    popular.score = popular.remainder = each.score;
        } else if (regime == cold_start_regime::content) {
            content = ask_why(model_of(content_), who, item);
        } else if (regime == cold_start_regime::collaborative) {
            collaborative = ask_why(model_of(collaborative_), who, item);
        } else {
            borrowed<workspace> memory;
            propose(who, options_.depth, unfiltered{}, memory->lists);
            const double share = collaborative_share(who);
            std::array<detail::contribution, 2> adds;
            memory->lists.visit([&](std::size_t list, std::size_t rank, std::size_t row,
                                    float score) {
                if (memory->lists.items()[row] == item)
                    adds[list] = {score, in_proportion(static_cast<double>(score),
                                                       worth_of(memory->lists, list, rank, share))};
            });
            auto both = detail::explain_parts(std::tie(content_, collaborative_), who, item, adds);
            content = std::move(both.components[0]);
            collaborative = std::move(both.components[1]);
        }
        hybrid_explanation result;
        for (auto* const each : {&popular, &content, &collaborative})
            result.add(std::move(*each));
        return result;
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        visitor(model_of(self.popular_));
        visitor(model_of(self.content_));
        visitor(model_of(self.collaborative_));
        visitor(self.lengths_);
    }

  private:
    template <class Context, class Filter>
    std::size_t answer(const request<Context>& who, std::span<scored_item> out,
                       const Filter& filter, cold_start_regime* answered) const {
        const request_admission<Filter, request<Context>> admission{filter, who};
        const auto ask = [&](const auto& model) {
            return ask_for_items(model, who, out, admission);
        };
        cold_start_regime regime = regime_of(who);
        std::size_t size = 0;
        if (regime == cold_start_regime::collaborative)
            size = ask(model_of(collaborative_));
        if (regime == cold_start_regime::blended ||
            (size == 0 && regime == cold_start_regime::collaborative)) {
            regime = cold_start_regime::blended;
            size = blend(who, out, admission);
        }
        if (regime == cold_start_regime::content)
            size = ask(model_of(content_));
        if (size == 0) {
            regime = cold_start_regime::popularity;
            size = ask(model_of(popular_));
        }
        if (answered)
            *answered = regime;
        return size;
    }

    struct workspace {
        detail::candidate_list lists;
        std::vector<scored_item> blended;
    };

    /// The lists that are blended: content, collaborative.
    template <class Context, class Admission>
    void propose(const request<Context>& who, std::size_t depth, const Admission& admission,
                 detail::candidate_list& lists) const {
        lists.begin(item_count(), 2 * depth);
        const auto ask = [&](const auto& model) {
            const auto list = lists.buffer(std::min(depth, item_count()));
            lists.take(ask_for_items(model, who, list, admission));
        };
        ask(model_of(content_));
        ask(model_of(collaborative_));
    }
    /// α
    template <class Context>
    [[nodiscard]] double collaborative_share(const request<Context>& who) const noexcept {
        const std::size_t beyond = lengths_(who) - std::min(lengths_(who), options_.content_below);
        return std::min(1.0, static_cast<double>(beyond) /
                                 static_cast<double>(std::max<std::size_t>(
                                     1, options_.collaborative_from - options_.content_below)));
    }
    /// What a rank in one of the lists counts.
    [[nodiscard]] static double worth_of(const detail::candidate_list& lists, std::size_t list,
                                         std::size_t rank, double share) noexcept {
        const double weight = list == 0 ? 1 - share : share;
        const auto length = static_cast<double>(lists.size_of(list));
        return weight * (1 - static_cast<double>(rank - 1) / length);
    }

    /// The sum of both lists, in no order, into `memory.blended`.
    template <class Context, class Admission>
    void fuse(const request<Context>& who, std::size_t depth, const Admission& admission,
              workspace& memory) const {
        propose(who, depth, admission, memory.lists);
        const double share = collaborative_share(who);
        memory.blended.clear();
        for (const item_index item : memory.lists.items())
            memory.blended.push_back({item, 0});
        memory.lists.visit([&](std::size_t list, std::size_t rank, std::size_t row, float) {
            memory.blended[row].score +=
                static_cast<float>(worth_of(memory.lists, list, rank, share));
        });
    }

    template <class Context, class Admission>
    std::size_t blend(const request<Context>& who, std::span<scored_item> out,
                      const Admission& admission) const {
        borrowed<workspace> memory;
        fuse(who, std::max(options_.depth, out.size()), admission, *memory);
        auto& blended = memory->blended;
        const std::size_t size = std::min(out.size(), blended.size());
        std::partial_sort(blended.begin(), blended.begin() + static_cast<std::ptrdiff_t>(size),
                          blended.end(), ranks_before<item_index, float>);
        std::copy_n(blended.begin(), size, out.begin());
        return size;
    }

    cold_start_options options_;
    Popular popular_;
    Content content_;
    Collaborative collaborative_;
    history_lengths lengths_;
};

template <class Popular, class Content, class Collaborative>
cold_start(Popular, Content, Collaborative, history_lengths, cold_start_options = {})
    -> cold_start<Popular, Content, Collaborative>;

} // namespace hybrec
