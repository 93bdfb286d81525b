// SPDX-License-Identifier: MIT
#include <hybrec/rerank/similarity_from.hpp>

#include "lists.hpp"
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/rerank/mmr.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

using likeness = float (*)(item_index, item_index);
using shared = std::reference_wrapper<const item_features>;

static_assert(std::same_as<similarity_from<item_features>, feature_similarity<item_features>>);
static_assert(std::same_as<similarity_from<shared>, feature_similarity<shared>>);
static_assert(std::same_as<similarity_from<likeness>, pairwise_similarity<likeness>>);
static_assert(std::same_as<similarity_from<implicit_als<>>, embedding_similarity<implicit_als<>>>);
static_assert(std::same_as<similarity_from<feature_similarity<item_features>>,
                           feature_similarity<item_features>>);
static_assert(!similarity_input<int> && !similarity_input<user_items>);

} // namespace

TEST_CASE("whatever says how much items are alike serves a reranker") {
    const auto genres = features({{1, 0}, {1, 0}, {0, 1}});
    const auto list = ranked({3, 2, 1});
    const mmr_options all_diversity{.diversity = 1};
    const std::vector expected{0, 2, 1};
    CHECK(items(reranked(mmr{genres, all_diversity}, somebody, list, 3)) == expected);
    CHECK(items(reranked(mmr{std::ref(genres), all_diversity}, somebody, list, 3)) == expected);
    CHECK(items(reranked(mmr{feature_similarity{genres}, all_diversity}, somebody, list, 3)) ==
          expected);
    const likeness by_hand = [](item_index left, item_index right) {
        return (left.value() == 2) == (right.value() == 2) ? 1.0F : 0.0F;
    };
    CHECK(items(reranked(mmr{by_hand, all_diversity}, somebody, list, 3)) == expected);
}
