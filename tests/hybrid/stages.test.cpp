// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/stages.hpp>

#include "table_model.hpp"

#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/rank_fusion.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/rerank/mmr.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::table_model;

namespace {

using blended = blend<weighted_sum<as_is>, table_model<>>;
static_assert(candidate_ranker<blended> && !candidate_ranker<table_model<>>);
static_assert(ranks_candidates<blended> && ranks_candidates<std::reference_wrapper<blended>>);
static_assert(ranks_candidates<table_model<>> && ranks_candidates<reciprocal_rank_fusion>);
static_assert(!ranks_candidates<fixed_list>, "a ranker scores");
static_assert(!ranks_candidates<int>);

template <class Stage>
concept can_rerank = requires(Stage stage) {
    rerank(stage, 10);
};
static_assert(can_rerank<mmr<std::reference_wrapper<const item_features>>>);
static_assert(!can_rerank<table_model<>>);

const std::vector<item_index> offered{item_index{2}, item_index{0}, item_index{1}};

template <class Stage>
std::vector<float> scores_of(const Stage& stage, score_table proposed = {}) {
    typename Stage::workspace memory;
    std::vector<float> out(3, 9.0F);
    stage.score(request{user_index{0}}, offered, proposed, out, memory);
    return out;
}

} // namespace

TEST_CASE("rank scores offered with whatever can score them") {
    const table_model<> model{{{1, 0, 3}, {}}, 3};
    const float none = std::numeric_limits<float>::lowest();
    CHECK(scores_of(rank(model)) == std::vector<float>{3, 1, none});
    CHECK(scores_of(rank(std::ref(model))) == std::vector<float>{3, 1, none});
    CHECK(scores_of(rank(blend{weighted_sum<as_is>{1.0F}, model})) ==
          std::vector<float>{3, 1, none});
    CHECK(scores_of(rank(table_model<>{{{}}, 3})) == std::vector<float>{none, none, none});

    score_table proposed;
    proposed.reset(2, offered);
    proposed.set(0, 0, 5.0F);
    proposed.set(1, 0, 4.0F);
    proposed.set(1, 2, 6.0F);
    const auto stage = rank(weighted_sum<as_is>{1.0F, 3.0F});
    static_assert(decltype(stage)::needs_proposed_scores);
    CHECK(scores_of(stage, proposed) == std::vector<float>{4.25F, none, 4.5F});
}
