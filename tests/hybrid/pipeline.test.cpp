// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/pipeline.hpp>

#include "explained.hpp"
#include "table_model.hpp"

#include <hybrec/core/deadline.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/rank_fusion.hpp>
#include <hybrec/hybrid/ridge.hpp>
#include <hybrec/hybrid/stacking.hpp>
#include <hybrec/hybrid/switching.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/rerank/at_most.hpp>
#include <hybrec/rerank/blocklist.hpp>
#include <hybrec/rerank/mmr.hpp>
#include <hybrec/rerank/pin.hpp>
#include <hybrec/rerank/promotion.hpp>
#include <hybrec/rerank/rule_set.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::items_of;
using test::table_model;

namespace {

using items = std::vector<std::uint32_t>;

/// Turns the list round.
struct reversed {
    struct workspace {};
    template <class Request>
    std::size_t rerank(const Request&, std::span<scored_item> candidates, std::size_t count,
                       workspace&) const {
        std::ranges::reverse(candidates);
        return std::min(count, candidates.size());
    }
};

using generated = decltype(candidates(from(std::declval<table_model<>>(), 3)));
using ranked_pipeline = decltype(std::declval<generated>() | rank(std::declval<table_model<>>()));
using reranked_type = decltype(std::declval<ranked_pipeline>() | rerank(reversed{}));
using ruled = decltype(std::declval<reranked_type>() | enforce(blocklist{{item_index{1}}}));

template <class Pipeline, class Stage>
concept may_follow = requires(Pipeline pipeline, Stage stage) {
    pipeline | stage;
};
using ranking_of_a_model = decltype(rank(std::declval<table_model<>>()));
using reranking = decltype(rerank(reversed{}));
using rules = decltype(enforce(blocklist{{item_index{1}}}));

static_assert(may_follow<generated, ranking_of_a_model> && may_follow<generated, reranking> &&
              may_follow<generated, rules>);
static_assert(!may_follow<ranked_pipeline, ranking_of_a_model>, "candidates are ranked once");
static_assert(!may_follow<reranked_type, ranking_of_a_model>, "ranking comes before reranking");
static_assert(may_follow<reranked_type, reranking> && may_follow<reranked_type, rules>);
static_assert(!may_follow<ruled, reranking> && !may_follow<ruled, rules> &&
                  !may_follow<ruled, ranking_of_a_model>,
              "rules have the last word");
static_assert(!may_follow<ranking_of_a_model, reranking>, "a pipeline starts with candidates");
static_assert(!may_follow<table_model<>, ranking_of_a_model>);

static_assert(recommender<generated> && recommender<ruled> && foldable<ruled> &&
              knows_users<ruled>);
static_assert(component<ruled> && scorer<ruled>);
static_assert(engine<generated> && staged_engine<ruled>);
static_assert(generated::stage_count == 1 && ruled::stage_count == 4);
static_assert(ruled::stage_name(0) == "candidates" && ruled::stage_name(1) == "rank" &&
              ruled::stage_name(2) == "rerank" && ruled::stage_name(3) == "enforce");

template <class Pipeline>
items asked(const Pipeline& pipeline, std::size_t n, user_index user = user_index{0}) {
    return items_of(pipeline.recommend(user, n));
}

/// Writes down what it is told.
struct recorder {
    std::string log;
    hybrec::deadline<> due;
    void stage_begin(std::size_t stage) noexcept { log += "[" + std::to_string(stage); }
    void stage_end(std::size_t stage) noexcept { log += std::to_string(stage) + "]"; }
    void generator_failed(std::size_t generator, generator_failure, std::string_view) noexcept {
        log += "!" + std::to_string(generator);
    }
    void deadline_passed(std::size_t stage) noexcept { log += "-" + std::to_string(stage); }
    [[nodiscard]] hybrec::deadline<> deadline() const noexcept { return due; }
};
static_assert(engine_observer<recorder>);

/// Rubbish, in the manner of models that pad their lists.
class rubbish : public fixed_list {
  public:
    rubbish()
        : fixed_list{{{item_index{2}, 3.0F},
                      {item_index{2}, 2.0F},
                      {item_index{77}, 1.0F},
                      {item_index{1}, std::numeric_limits<float>::quiet_NaN()}},
                     4} {}
};

} // namespace

TEST_CASE("a pipeline of generators alone fuses their ranks") {
    const table_model<> first{{{9, 8, 7, 0}}, 4};
    const table_model<> second{{{0, 8, 9, 1}}, 4};
    // 1/61 + 1/63 > 2/62 for items 0 … no: item 1 has ranks 2 and 2, item 2 has 3 and 1, item 0 has 1.
    const auto pipeline = candidates(from(first, 3), from(std::ref(second), 2));
    CHECK(asked(pipeline, 4) == items{2, 1, 0});
    CHECK(asked(pipeline, 1) == items{2});
    CHECK(asked(candidates(from(first, 0), from(second, 1)), 4) == items{2});
    CHECK(asked(candidates(from(first, 0)), 4).empty());
    CHECK(asked(pipeline, 4, user_index{5}).empty());
    CHECK_FALSE(pipeline.knows(user_index{5}));
    CHECK(items_of(pipeline.recommend(user_index{0}, 4, excluding{item_index{2}})) ==
          items{1, 0, 3}); // the second list has room for another
}

TEST_CASE("a ranker orders the union, unscored candidates last") {
    const table_model<> generator{{{9, 8, 7, 6}}, 4};
    const table_model<> ranker{{{0, 2, 3, 0}}, 4};
    const auto pipeline = candidates(from(generator, 4)) | rank(ranker);
    const auto list = pipeline.recommend(user_index{0}, 4);
    CHECK(items_of(list) == items{2, 1, 0, 3});
    CHECK(list[0].score == 3);
    CHECK(std::ranges::is_sorted(list, ranks_before<item_index, float>));
    CHECK(asked(candidates(from(generator, 2)) | rank(ranker), 4) == items{1, 0});
    // A ranker that does not know the user leaves the candidates as they were.
    CHECK(asked(candidates(from(generator, 4)) | rank(table_model<>{{{}}, 4}), 4) ==
          items{0, 1, 2, 3});
}

TEST_CASE("rerankers and rules act in their order") {
    const table_model<> model{std::vector<std::vector<float>>{{9, 8, 7, 6, 5}}, 5};
    CHECK(asked(candidates(from(model, 5)) | rerank(reversed{}, 3), 5) == items{2, 1, 0, 3, 4});
    CHECK(asked(candidates(from(model, 5)) | rerank(reversed{}, 3) | rerank(reversed{}), 2) ==
          items{4, 3});

    SUBCASE("hard filters spare the budget") {
        CHECK(asked(candidates(from(model, 2)) | enforce(blocklist{{item_index{0}}}), 5) ==
              items{1, 2});
    }
    SUBCASE("boosts act before reranking, caps after it") {
        const std::vector<std::uint32_t> group{0, 0, 0, 1, 1};
        const auto of = [&group](item_index item) noexcept { return group[item.value()]; };
        const auto pipeline =
            candidates(from(model, 5)) | rank(model) |
            enforce(promotion{std::vector{item_index{4}}, 10.0}, at_most{1}.per(of));
        CHECK(asked(pipeline, 5) == items{4, 0});
    }
    SUBCASE("pins") {
        const auto pipeline =
            candidates(from(model, 3)) | enforce(pin{item_index{2}, 0}, pin{item_index{4}, 1});
        CHECK(asked(pipeline, 3) == items{2, 0, 1}); // item 4 is no candidate
        decltype(pipeline)::workspace memory;
        std::vector<scored_item> out(3);
        CHECK(pipeline.recommend_into(request{user_index{0}}, out, memory) == 3);
        REQUIRE(memory.report().size() == 1);
        CHECK(memory.report()[0].why == rule_conflict::not_a_candidate);
    }
}

TEST_CASE("a pipeline does not propose what the user has") {
    const table_model<> model{{{9, 8, 7, 6}}, 4};
    auto pipeline = candidates(from(model, 2));
    pipeline.exclude(build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F}},
        {.column_count = 4}));
    CHECK(asked(pipeline, 4) == items{1, 2});
    const std::vector<weighted_item> history{{item_index{2}, 1.0F}, {item_index{1}, 1.0F}};
    CHECK(items_of(pipeline.recommend(request{user_index{0}, history}, 4)) == items{3});
    const std::vector<item_index> visited{item_index{0}, item_index{3}};
    CHECK(items_of(pipeline.recommend(pipeline.fold_in(visited), 4)) == items{1, 2});
}

TEST_CASE("a pipeline is a part of other hybrids") {
    const table_model<> model{{{9, 8, 7, 6}}, 4};
    const auto inner = candidates(from(model, 3)) | rerank(reversed{});
    CHECK(asked(candidates(from(inner, 2), from(model, 1)), 4) == items{0, 2, 1});
}

TEST_CASE("a pipeline tells an observer what it does, and outlives its generators") {
    table_model<> broken{{{1, 2, 3, 4}}, 4};
    broken.fails = true;
    const table_model<> model{{{9, 8, 7, 6}}, 4};
    const auto pipeline =
        candidates(from(std::ref(broken), 3), from(rubbish{}, 4), from(model, 2)) | rank(model) |
        rerank(reversed{}, 2);
    std::vector<scored_item> out(4);
    decltype(pipeline)::workspace memory;
    const request who{user_index{0}};

    recorder observer;
    const std::size_t size = pipeline.recommend_into(who, out, memory, observer);
    CHECK(items_of({out.begin(), out.begin() + static_cast<std::ptrdiff_t>(size)}) ==
          items{1, 0, 2});
    CHECK(observer.log == "[0!0!10][11][22]");
    CHECK_THROWS_AS((void)pipeline.recommend_into(who, out, memory), std::runtime_error);

    recorder late;
    late.due = deadline<>::in(std::chrono::nanoseconds{-1});
    CHECK(pipeline.recommend_into(who, out, memory, late) == 0);
    CHECK(late.log == "[0!0!1!20][11]-2");
}

TEST_CASE("a pipeline explains the scores of its ranker among the candidates") {
    using test::about;
    using test::added_by;
    using test::explaining_table;
    const explaining_table<> first{{{9, 8, 7, 0, 1}, {}, {1, 0, 0, 0, 0}}, 5};
    const explaining_table<> second{{{0, 8, 9, 1, 2}, {1, 2, 3, 4, 5}, {}}, 5};
    const auto generators = [&] { return candidates(from(first, 3), from(std::cref(second), 2)); };
    const auto check = [](const auto& pipeline, std::size_t size) {
        test::check_list_explained(pipeline, user_index{0}, size);
        for (std::uint32_t item = 0; item < 5; ++item)
            CHECK(pipeline.explain(user_index{9}, item_index{item}).score == 0);
        CHECK_THROWS_AS((void)pipeline.explain(user_index{0}, item_index{5}), shape_error);
    };

    SUBCASE("without one, their ranks") {
        const auto pipeline = generators();
        check(pipeline, 3);
        // Item 2 is third in the first list, first in the second.
        const auto why = pipeline.explain(user_index{0}, item_index{2});
        REQUIRE(why.components.size() == 2);
        CHECK(why.components[0].score == about(1.0 / 63));
        CHECK(why.components[1].score == about(1.0 / 61));
        CHECK(added_by(why, 0) == about(0.75 / 63 + 0.75 / 61));
        const auto once = pipeline.explain(user_index{0}, item_index{0});
        CHECK(once.components[1].parts.empty());
        CHECK(pipeline.explain(user_index{0}, item_index{4}).parts.empty()); // not proposed
        test::check_list_explained(pipeline, user_index{2}, 1);
    }
    SUBCASE("combined scores") {
        check(generators() | rank(borda{}), 3);
        const auto pipeline = generators() | rank(weighted_sum<min_max>{{1, 1}});
        check(pipeline, 3);
        // Of 9, 8, 7 and of 8, 9: 1/2 · (8 − 7)/2 + 1/2 · 0.
        const auto why = pipeline.explain(user_index{0}, item_index{1});
        REQUIRE(why.components.size() == 2);
        CHECK(why.components[0].score == 0.25F);
        CHECK(added_by(why.components[0], 0) == about(0.75 * 8 / 4));
        CHECK(why.components[1].score == 0);
    }
    SUBCASE("a model's scores") {
        const auto pipeline = generators() | rank(std::cref(second)) | rerank(reversed{});
        const auto why = pipeline.explain(user_index{0}, item_index{2});
        REQUIRE(why.components.size() == 1);
        CHECK(why.parts == second.explain(user_index{0}, item_index{2}).parts);
        CHECK(pipeline.explain(user_index{0}, item_index{3}).score ==
              0); // has a score; not proposed
        CHECK(pipeline.explain(user_index{0}, item_index{0}).score == 0); // proposed; has no score
    }
    SUBCASE("a blend's scores of the candidates") {
        const blend ranker{weighted_sum<min_max>{{1, 1}}, first, second};
        const auto pipeline = generators() | rank(ranker);
        check(pipeline, 3);
        // Over candidates 0, 1, 2 the second's scores are 8 and 9; over the catalogue they are 1 to 9.
        const auto why = pipeline.explain(user_index{0}, item_index{1});
        REQUIRE(why.components.size() == 2);
        CHECK(why.components[1].score == 0);
        CHECK(ranker.explain(user_index{0}, item_index{1}).components[1].score == 7.0F / 16);
        // It nests.
        const switching outer{otherwise("ranked", pipeline)};
        CHECK(outer.explain(user_index{0}, item_index{1}).parts == why.parts);
    }
    SUBCASE("of what may be recommended") {
        const auto ruled =
            generators() | rank(std::cref(first)) | enforce(blocklist{{item_index{0}}});
        CHECK(ruled.explain(user_index{0}, item_index{0}).score == 0);
        CHECK(ruled.explain(user_index{0}, item_index{1}).score == 8);
        const std::vector<weighted_item> history{{item_index{1}, 1.0F}};
        CHECK(ruled.explain(request{user_index{0}, history}, item_index{1}).score == 0);
        CHECK(ruled.explain(ruled.fold_in(std::vector{item_index{0}}), item_index{1}).score == 8);
    }
}

namespace {

template <class... Stages>
using pipeline_of = decltype((std::declval<Stages>() | ...));
using explained = decltype(candidates(from(std::declval<test::explaining_table<>>(), 3)));
template <class Ranker>
using stage_of = decltype(rank(std::declval<Ranker>()));
using good_blend = blend<weighted_sum<>, test::explaining_table<>>;
using bad_blend = blend<weighted_sum<>, table_model<>>;

static_assert(explainable<explained> && !explainable<generated>);
static_assert(explainable<pipeline_of<explained, stage_of<borda>>> &&
              !explainable<pipeline_of<generated, stage_of<borda>>>);
static_assert(explainable<pipeline_of<generated, stage_of<good_blend>>>,
              "it is the ranker that explains");
static_assert(!explainable<pipeline_of<explained, stage_of<bad_blend>>> &&
              !explainable<pipeline_of<explained, stage_of<table_model<>>>>);
static_assert(explainable<pipeline_of<generated, stage_of<test::index_explaining_table>>> &&
              !explains_visitors<pipeline_of<generated, stage_of<test::index_explaining_table>>>);
using stacked = stacking<ridge, z_score, no_features, test::explaining_table<>>;
static_assert(explainable<stacked> && explainable<pipeline_of<generated, stage_of<stacked>>>);

} // namespace

namespace {

struct failing : table_model<> {
    using table_model<>::table_model;
    template <class Filter = unfiltered>
    std::size_t recommend_into(user_index, std::span<scored_item>, const Filter& = {}) const {
        throw data_error{"no list today"};
    }
    template <class Filter = unfiltered>
    std::size_t recommend_into(const folded&, std::span<scored_item>, const Filter& = {}) const {
        throw data_error{"no list today"};
    }
};

} // namespace

TEST_CASE("a pipeline scores its candidates, and is a part of blends") {
    const table_model<> left{{{3, 2, 1, 0}, {}}, 4}, right{{{9, 8, 7, 6}, {}}, 4};
    const auto engine = candidates(from(std::cref(left), 2)) | rank(std::cref(right));
    std::vector<item_index> all;
    for (std::uint32_t item = 0; item < 4; ++item)
        all.push_back(item_index{item});
    std::vector<float> scores(4, -1.0F);
    engine.score(user_index{0}, all, scores);
    CHECK(scores == std::vector{9.0F, 8.0F, 0.0F, 0.0F}); // the others are not proposed
    const blend nested{weighted_sum<as_is>{1}, engine};
    CHECK(nested.recommend(user_index{0}, 4) == engine.recommend(user_index{0}, 4));
    const auto unranked = candidates(from(std::cref(left), 3));
    const auto list = unranked.recommend(user_index{0}, 4);
    unranked.score(user_index{0}, all, scores);
    REQUIRE(list.size() == 3);
    for (const auto& [item, score] : list)
        CHECK(scores[item.value()] == score);
    CHECK(scores[3] == 0);
    // Listing may throw, scoring may not: a list that fails is none.
    const auto broken = candidates(from(failing{{{3, 2, 1, 0}, {}}, 4}, 3));
    CHECK_THROWS_AS((void)broken.recommend(user_index{0}, 2), data_error);
    broken.score(user_index{0}, all, scores);
    CHECK(scores == std::vector{0.0F, 0.0F, 0.0F, 0.0F});
}
