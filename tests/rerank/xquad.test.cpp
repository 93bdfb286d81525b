// SPDX-License-Identifier: MIT
#include <hybrec/rerank/xquad.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(reranker<xquad<item_features, user_items>>);

namespace {

static_assert(reranker<xquad<std::reference_wrapper<const item_features>, user_items>>);
static_assert(!reranker<xquad<item_features, user_items>, int>, "an int asks for nothing");

template <class Features, class Histories>
concept can_cover = requires(Features features, Histories histories) {
    xquad{features, histories};
};
static_assert(can_cover<item_features, user_items> && !can_cover<user_items, item_features>);

} // namespace

TEST_CASE("xQuAD covers the interests of the user") {
    // Items 0 to 3 are candidates; 4 and 5 are what users have: one for each feature.
    const auto genres = features({{1, 0}, {1, 0}, {0, 1}, {1, 1}, {1, 0}, {0, 1}});
    const auto train = histories({{0, 0, 0, 0, 3, 1}, {}});
    const auto list = ranked({1, 0.9F, 0.5F, 0});

    SUBCASE("by hand: interests ¾ and ¼, λ = ½") {
        // .5·(1 + .75) is best; the first interest is then covered: 1 → .45, 2 → .25 + .125,
        // 3 → 0 + .5·(¼·½). Then 2, and nothing is left to cover for 3.
        const xquad covering{genres, train, {.diversity = 0.5F}};
        CHECK(items(reranked(covering, somebody, list, 4)) == std::vector{0, 1, 2, 3});
        // λ = .8: 1 → .18, 2 → .1 + .2, 3 → .8·.125.
        const xquad more{genres, train, {.diversity = 0.8F}};
        CHECK(items(reranked(more, somebody, list, 4)) == std::vector{0, 2, 1, 3});
        // Without loss of interest: 1 → .18 + .6, 2 → .3, 3 → .8·½.
        const xquad loyal{genres, train, {.diversity = 0.8F, .redundancy = 0}};
        CHECK(items(reranked(loyal, somebody, list, 4)) == std::vector{0, 1, 3, 2});
    }
    SUBCASE("by the definition") {
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            const std::size_t count = 20 + 9 * seed;
            const auto rows = random_rows(count, 7, 0.4F, seed);
            const auto history = random_rows(1, count, 0.2F, seed + 50);
            const auto scores = random_scores(count, seed);
            const auto relevance = min_max(scores);
            const auto share = [&](std::size_t item, std::size_t feature) {
                double sum = 0;
                for (const float value : rows[item])
                    sum += static_cast<double>(value);
                return sum > 0 ? static_cast<double>(rows[item][feature]) / sum : 0;
            };
            std::vector<double> profile(7);
            double total = 0;
            for (std::size_t item = 0; item < count; ++item) {
                double described = 0;
                for (std::size_t f = 0; f < 7; ++f) {
                    profile[f] += static_cast<double>(history[0][item]) * share(item, f);
                    described += share(item, f);
                }
                total += static_cast<double>(history[0][item]) * described;
            }
            const double lambda = 0.6, alpha = 0.7;
            const auto expected = greedy(count, 10, [&](const std::vector<int>& chosen, int i) {
                double covered = 0;
                for (std::size_t f = 0; f < 7; ++f) {
                    double left = profile[f] / total * share(static_cast<std::size_t>(i), f);
                    for (const int j : chosen)
                        left *= 1 - alpha * share(static_cast<std::size_t>(j), f);
                    covered += left;
                }
                return (1 - lambda) * relevance[static_cast<std::size_t>(i)] + lambda * covered;
            });
            auto shuffled = ranked(scores);
            std::reverse(shuffled.begin(), shuffled.end());
            CHECK(items(reranked(xquad{features(rows),
                                       histories(history),
                                       {.diversity = 0.6F, .redundancy = 0.7F}},
                                 somebody, shuffled, 10)) == expected);
        }
    }
    SUBCASE("who is unknown has the history of the request; both count for who is known") {
        const xquad covering{std::cref(genres), std::cref(train), {.diversity = 1}};
        const std::vector<weighted_item> second{{item_index{5}, 1.0F}};
        CHECK(items(reranked(covering, request{std::span<const weighted_item>{second}}, list, 1)) ==
              std::vector{2});
        const std::vector<weighted_item> much{{item_index{5}, 9.0F}};
        CHECK(items(reranked(covering, somebody, list, 1)) == std::vector{0});
        CHECK(items(reranked(covering, request{user_index{0}, std::span<const weighted_item>{much}},
                             list, 1)) == std::vector{2});
    }
    SUBCASE("dislikes do not count") {
        const xquad covering{genres, train, {.diversity = 1}};
        const std::vector<weighted_item> mixed{{item_index{5}, 1.0F}, {item_index{4}, -9.0F}};
        CHECK(items(reranked(covering, request{std::span<const weighted_item>{mixed}}, list, 1)) ==
              std::vector{2});
    }
    SUBCASE("without a history: by relevance") {
        const xquad covering{genres, train, {.diversity = 0.9F}};
        const std::vector<weighted_item> dislike{{item_index{5}, -1.0F}, {item_index{77}, 1.0F}};
        for (const request<>& nobody : {request{user_index{1}}, request{user_index{99}},
                                        request{std::span<const weighted_item>{}},
                                        request{std::span<const weighted_item>{dislike}}})
            CHECK(reranked(covering, nobody, list, 4) == list);
    }
    SUBCASE("limits") {
        const xquad covering{genres, train, {.diversity = 0.5F}};
        CHECK(reranked(covering, somebody, {}, 3).empty());
        CHECK(reranked(covering, somebody, list, 0).empty());
        CHECK(items(reranked(covering, somebody, ranked({3}), 9)) == std::vector{0});
        CHECK(reranked(xquad{genres, train, {.diversity = 0}}, somebody, list, 9) == list);
        CHECK(items(reranked(xquad{item_features{4, 3}, train, {.diversity = 1}}, somebody,
                             ranked({1, 2, 2, 2}), 9)) == std::vector{1, 2, 3, 0});
        CHECK_THROWS_WITH_AS((xquad{genres, train, {.redundancy = 2}}),
                             "xquad: redundancy is 2; expected a number from 0 to 1", option_error);
        CHECK_THROWS_AS((xquad{genres, train, {.diversity = -1}}), option_error);
    }
}
