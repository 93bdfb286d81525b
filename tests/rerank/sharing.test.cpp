// SPDX-License-Identifier: MIT
#include <hybrec/rerank/sharing.hpp>

#include "lists.hpp"
#include <hybrec/rerank/dpp.hpp>
#include <hybrec/rerank/mmr.hpp>
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/shortlist.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

/// Counts how often candidates are prepared.
class counting_source {
  public:
    using inner = feature_similarity<item_features>;
    using workspace = inner::workspace;

    explicit counting_source(item_features rows) : inner_{std::move(rows)} {}
    void prepare(std::span<const scored_item> candidates, workspace& memory) const {
        ++prepared;
        inner_.prepare(candidates, memory);
    }
    void row(std::size_t candidate, const workspace& memory, float* out) const noexcept {
        inner_.row(candidate, memory, out);
    }

    mutable int prepared = 0;

  private:
    inner inner_;
};

template <class Source, class Step>
concept can_share = requires(Source source, Step step) {
    sharing{source, step};
};
static_assert(can_share<item_features, mmr<>> && can_share<counting_source, dpp<>>);
static_assert(!can_share<item_features, mmr<item_features>>, "has a source of its own");
static_assert(!can_share<item_features, int> && !can_share<int, mmr<>>);
static_assert(reranker<sharing<item_features, shortlist<mmr<>>, dpp<>>>);

} // namespace

TEST_CASE("rerankers share a table of likenesses and give what they give one by one") {
    const auto rows = random_rows(70, 9, 0.4F, 3);
    const auto list = ranked(random_scores(70, 3));
    const mmr<> first{{.diversity = 0.05F}};
    const dpp<> second{{.diversity = 0.95F}};
    const auto shortened = reranked(sharing{features(rows), first}, somebody, list, 20);
    const auto expected = reranked(sharing{features(rows), second}, somebody, shortened, 5);

    const counting_source source{features(rows)};
    const sharing both{std::ref(source), shortlist{20, first}, second};
    decltype(both)::workspace workspace;
    auto whole = list;
    REQUIRE(both.rerank(somebody, whole, 5, workspace) == 5);
    CHECK(source.prepared == 1);
    CHECK(ranking<item_index>{whole.begin(), whole.begin() + 5} == expected);
    CHECK(items(expected) != items(reranked(sharing{features(rows), second}, somebody, list, 5)));

    // Three steps: the permutation is followed twice.
    const sharing three{std::ref(source), shortlist{40, first}, shortlist{20, second}, first};
    const auto middle = reranked(sharing{features(rows), second}, somebody,
                                 reranked(sharing{features(rows), first}, somebody, list, 40), 20);
    CHECK(reranked(three, somebody, list, 6) ==
          reranked(sharing{features(rows), first}, somebody, middle, 6));
    CHECK(reranked(both, somebody, {}, 6).empty());
}
