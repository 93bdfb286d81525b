// SPDX-License-Identifier: MIT
#include <hybrec/rerank/shortlist.hpp>

#include "lists.hpp"
#include <hybrec/rerank/dpp.hpp>
#include <hybrec/rerank/mmr.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(similarity_step<shortlist<mmr<>>> && similarity_step<shortlist<shortlist<dpp<>>>>);
static_assert(!reranker<shortlist<mmr<>>>);

TEST_CASE("a shortlist is what later steps choose from") {
    // Item 3 is unlike all, but the first step leaves only two.
    const auto rows = features({{1, 0}, {1, 0}, {1, 0}, {0, 1}});
    const auto list = ranked({4, 3, 2, 1});
    const mmr<> by_score{{.diversity = 0}};
    const mmr<> by_distance{{.diversity = 1}};
    CHECK(items(reranked(sharing{rows, shortlist{2, by_score}, by_distance}, somebody, list, 2)) ==
          std::vector{0, 1});
    CHECK(items(reranked(sharing{rows, shortlist{4, by_score}, by_distance}, somebody, list, 2)) ==
          std::vector{0, 3});
    // Asked for more than the shortlist, it gives more.
    CHECK(items(reranked(sharing{rows, shortlist{2, by_score}, by_distance}, somebody, list, 4)) ==
          std::vector{0, 3, 1, 2});
}
