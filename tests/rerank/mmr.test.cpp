// SPDX-License-Identifier: MIT
#include <hybrec/rerank/mmr.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(similarity_step<mmr<>>);

namespace {

template <class Source>
concept can_diversify_by = requires(Source source) {
    mmr{source, {.diversity = 0.3F}};
};

static_assert(reranker<mmr<item_features>>);
static_assert(reranker<mmr<std::reference_wrapper<const item_features>>>);
static_assert(!reranker<mmr<>>, "a step has no likenesses of its own");
static_assert(can_diversify_by<item_features> && !can_diversify_by<int>);
static_assert(!can_diversify_by<user_items>, "users are not items");

/// Items 0 and 1 are copies, 2 has nothing to do with them, 3 is half of each.
const item_features genres = features({{1, 0}, {1, 0}, {0, 1}, {1, 1}});

} // namespace

TEST_CASE("MMR weighs relevance against the most similar item chosen") {
    SUBCASE("by hand: after 0, item 1 is worth .45 − .5, item 2 .25, item 3 0 − .5/√2") {
        const auto list = ranked({1, 0.9F, 0.5F, 0});
        const mmr diverse{genres, {.diversity = 0.5F}};
        CHECK(items(reranked(diverse, somebody, list, 4)) == std::vector{0, 2, 1, 3});
        CHECK(items(reranked(diverse, somebody, list, 2)) == std::vector{0, 2});
        CHECK(reranked(diverse, somebody, list, 2)[1].score == 0.5F);
    }
    SUBCASE("relevance is relative to the list, unless told otherwise") {
        // As they are, scores of 10 and 9 outweigh any likeness; stretched to [0, 1] they do not.
        const auto list = ranked({10, 9, 5, 0});
        CHECK(items(reranked(mmr{genres, {.diversity = 0.5F}}, somebody, list, 2)) ==
              std::vector{0, 2});
        CHECK(items(reranked(mmr{genres, {.diversity = 0.5F, .normalize = false}}, somebody, list,
                             2)) == std::vector{0, 1});
    }
    SUBCASE("no diversity is the order of scores, nothing else is that of distance") {
        const auto list = ranked({1, 0.9F, 0.5F, 0});
        CHECK(reranked(mmr{genres, {.diversity = 0}}, somebody, list, 4) == list);
        // 0 is the most relevant; 2 is unlike it, then 3 before the copy.
        CHECK(items(reranked(mmr{genres, {.diversity = 1}}, somebody, list, 4)) ==
              std::vector{0, 2, 3, 1});
    }
    SUBCASE("by the definition, whatever the order of the candidates") {
        for (std::uint64_t seed = 0; seed < 8; ++seed) {
            const std::size_t count = 17 + 5 * seed; // also past whole registers
            const auto rows = random_rows(count, 6, 0.4F, seed);
            const auto scores = random_scores(count, seed);
            const auto relevance = min_max(scores);
            const float diversity = 0.1F + 0.1F * static_cast<float>(seed);
            const double lambda = static_cast<double>(diversity);
            const auto expected = greedy(count, 12, [&](const std::vector<int>& chosen, int i) {
                double nearest = 0;
                for (std::size_t at = 0; at < chosen.size(); ++at) {
                    const double alike = cosine(rows[static_cast<std::size_t>(i)],
                                                rows[static_cast<std::size_t>(chosen[at])]);
                    nearest = at == 0 ? alike : std::max(nearest, alike);
                }
                return (1 - lambda) * relevance[static_cast<std::size_t>(i)] - lambda * nearest;
            });
            auto list = ranked(scores);
            const mmr diverse{features(rows), {.diversity = diversity}};
            CHECK(items(reranked(diverse, somebody, list, 12)) == expected);
            std::reverse(list.begin(), list.end());
            CHECK(items(reranked(diverse, somebody, list, 12)) == expected);
        }
    }
    SUBCASE("negative likeness attracts") {
        const auto list = ranked({1, 0.5F, 0.5F});
        const auto opposite = features({{1}, {1}, {-1}});
        CHECK(items(reranked(mmr{opposite, {.diversity = 0.5F}}, somebody, list, 2)) ==
              std::vector{0, 2});
    }
}

TEST_CASE("MMR at its limits") {
    const mmr diverse{std::cref(genres), {.diversity = 0.5F}};
    SUBCASE("no candidate, one candidate, no places, more places than candidates") {
        CHECK(reranked(diverse, somebody, {}, 5).empty());
        CHECK(items(reranked(diverse, somebody, ranked({7}), 5)) == std::vector{0});
        CHECK(reranked(diverse, somebody, ranked({1, 2}), 0).empty());
        CHECK(items(reranked(diverse, somebody, ranked({1, 2}), 99)) == std::vector{1, 0});
    }
    SUBCASE("constant scores and items that are all alike: in the order of the index") {
        const auto copies = features({{1}, {1}, {1}, {1}});
        const auto list = ranked({2, 2, 2, 2});
        const std::vector expected{0, 1, 2, 3};
        CHECK(items(reranked(mmr{copies}, somebody, list, 4)) == expected);
        CHECK(items(reranked(mmr{copies}, somebody, {list.rbegin(), list.rend()}, 4)) == expected);
    }
    SUBCASE("items without features, with zeros only, or beyond the matrix are like nothing") {
        const auto none = item_features{2, 0};
        CHECK(items(reranked(mmr{none, {.diversity = 1}}, somebody, ranked({1, 3, 2}), 3)) ==
              std::vector{1, 2, 0});
        CHECK(items(reranked(mmr{item_features{}}, somebody, ranked({1, 3, 2}), 3)) ==
              std::vector{1, 2, 0});
    }
    SUBCASE("those not chosen follow in the order they had") {
        auto list = ranked({1, 0.9F, 0.5F, 0});
        mmr<std::reference_wrapper<const item_features>>::workspace workspace;
        CHECK(diverse.rerank(somebody, list, 2, workspace) == 2);
        CHECK(items(list) == std::vector{0, 2, 1, 3});
        CHECK(diverse.rerank(somebody, std::span{list}.first(0), 2, workspace) == 0);
        CHECK(diverse.rerank(somebody, list, 4, workspace) == 4); // the workspace serves again
        CHECK(items(list) == std::vector{0, 2, 1, 3});
    }
    SUBCASE("options out of range are refused") {
        CHECK_THROWS_WITH_AS(mmr<>({.diversity = 1.5F}),
                             "mmr: diversity is 1.5; expected a number from 0 to 1", option_error);
        CHECK_THROWS_AS((mmr{genres, {.diversity = -0.1F}}), option_error);
        CHECK_THROWS_AS((mmr{genres, {.diversity = std::nanf("")}}), option_error);
    }
}
