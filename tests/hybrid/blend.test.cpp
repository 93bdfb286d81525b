// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/blend.hpp>

#include "explained.hpp"
#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/factorization/bpr/bpr.hpp>
#include <hybrec/hybrid/adaptive_sum.hpp>
#include <hybrec/hybrid/hedge.hpp>
#include <hybrec/hybrid/lexicographic.hpp>
#include <hybrec/hybrid/linear_blend.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/rank_fusion.hpp>
#include <hybrec/hybrid/score_fusion.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/neighbors/item_knn.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;
using test::items_of;
using test::table_model;

namespace {

using ratings = table_model<score_kind::rating>;

template <class Combiner, class... Models>
concept can_blend = requires(Combiner combiner, Models... models) {
    blend{combiner, models...};
};

static_assert(can_blend<weighted_sum<>, table_model<>, ratings>, "a normalizer joins kinds");
static_assert(can_blend<weighted_sum<as_is>, ratings, ratings>);
static_assert(!can_blend<weighted_sum<as_is>, table_model<>, ratings>,
              "scores of different kinds do not mix without a normalizer");
static_assert(can_blend<reciprocal_rank_fusion, table_model<>, ratings>);
static_assert(!can_blend<weighted_sum<>, test::fixed_list>, "a blend asks its parts for scores");
static_assert(!can_blend<weighted_sum<>>, "a blend has parts");

using plain = blend<weighted_sum<as_is>, table_model<>, table_model<>>;
static_assert(scorer<plain> && recommender<plain> && knows_users<plain> && foldable<plain>);
static_assert(plain::kind == score_kind::preference);
static_assert(blend<weighted_sum<as_is>, ratings>::kind == score_kind::rating);
static_assert(blend<weighted_sum<min_max>, ratings>::kind == score_kind::probability);

const std::vector<item_index> all{item_index{0}, item_index{1}, item_index{2}, item_index{3}};

} // namespace

TEST_CASE("blend") {
    // Item 3 has no score in either, item 2 none in the first.
    const table_model<> first{{{4, 2, 0, 0}, {1, 1, 1, 1}, {}}, 4};
    const table_model<> second{{{0, 2, 8, 0}, {}, {}}, 4};
    const blend model{weighted_sum<as_is>{0.75F, 0.25F}, first, std::ref(second)};

    SUBCASE("makes one score of the parts' scores") {
        const auto list = model.recommend(user_index{0}, 10);
        CHECK(items_of(list) == std::vector<std::uint32_t>{0, 1, 2});
        CHECK(list[0].score == 3);
        CHECK(list[1].score == 2);
        CHECK(list[2].score == 2);
        CHECK(items_of(model.recommend(user_index{0}, 1)) == std::vector<std::uint32_t>{0});
        CHECK(items_of(model.recommend(user_index{0}, 4, excluding{item_index{0}})) ==
              std::vector<std::uint32_t>{1, 2});
        std::vector<float> scores(4);
        model.score(user_index{0}, all, scores);
        CHECK(scores == std::vector<float>{3, 2, 2, 0});
    }
    SUBCASE("leaves out parts without a basis") {
        CHECK(model.knows(user_index{1}));
        CHECK(items_of(model.recommend(user_index{1}, 2)) == std::vector<std::uint32_t>{0, 1});
        CHECK_FALSE(model.knows(user_index{2}));
        CHECK(model.recommend(user_index{2}, 4).empty());
        std::vector<float> scores(4, 7.0F);
        model.score(user_index{2}, all, scores);
        CHECK(scores == std::vector<float>(4, 0.0F));
        CHECK(model.recommend(user_index{99}, 4).empty());
    }
    SUBCASE("folds in") {
        const std::vector<item_index> history{item_index{0}};
        CHECK(model.recommend(model.fold_in(history), 4) == model.recommend(user_index{0}, 4));
        CHECK(items_of(model.recommend(model.fold_in(history), 4, excluding{history})) ==
              std::vector<std::uint32_t>{1, 2});
        CHECK_THROWS_AS((void)model.fold_in(std::vector<item_index>{}), data_error);
    }
    SUBCASE("ranks candidates as a list of their own") {
        const blend scaled{weighted_sum<min_max>{0.5F, 0.5F}, first, second};
        decltype(scaled)::workspace memory;
        const std::vector<item_index> candidates{item_index{3}, item_index{1}, item_index{2}};
        std::vector<float> scores(3);
        scaled.score_candidates(request{user_index{0}}, candidates, scores, memory);
        // The first part scores item 1 alone: a constant list. The second says 2 and 8.
        CHECK(scores == std::vector<float>{scaled.absent, 0.25F, 0.5F});
        scaled.score_candidates(request{user_index{0}}, {}, {}, memory);
    }
    SUBCASE("nests") {
        const blend outer{weighted_sum<as_is>{0.5F, 0.5F}, std::ref(model), second};
        const auto list = outer.recommend(user_index{0}, 10);
        CHECK(items_of(list) == std::vector<std::uint32_t>{2, 1, 0});
        CHECK(list[0].score == 5);
        CHECK(list[2].score == 1.5F);
    }
    SUBCASE("refuses parts of different catalogues") {
        const blend wrong{weighted_sum<as_is>{0.5F, 0.5F}, first, table_model<>{{{1, 2}}, 2}};
        CHECK_THROWS_WITH_AS((void)wrong.recommend(user_index{0}, 1),
                             "blend: part 0 has 4 items, part 1 has 2", shape_error);
    }
}

TEST_CASE("a blend explains itself by component and by history") {
    const auto data = make_synthetic_catalogue({.users = 60, .items = 90, .mean_interactions = 12});
    item_knn<> knn{{.neighbors = 20}};
    knn.fit(data.log.matrix);
    implicit_als<> als{{.factors = 8, .iterations = 3}};
    als.fit(data.log.matrix);
    const auto check = [&](const auto& combiner, double besides = 0) {
        const blend model{combiner, std::ref(als), std::ref(knn)};
        for (const std::uint32_t user : {0U, 7U, 59U})
            for (const auto& entry : model.recommend(user_index{user}, 5)) {
                const hybrid_explanation why = model.explain(user_index{user}, entry.index);
                CHECK(why.score == doctest::Approx(entry.score).epsilon(1e-4));
                REQUIRE(why.components.size() == 2);
                test::check_explained(why, entry.score, besides);
            }
    };
    check(weighted_sum<z_score>{{0.7F, 0.3F}, missing::as_zero});
    check(weighted_sum<min_max>{{0.2F, 0.8F}, missing::renormalize});
    check(linear_blend<z_score>{{0.5F, -0.1F}, 0.25F}, 0.25);
    check(weighted_sum<percentile_rank>{{0.7F, 0.3F}});
    check(reciprocal_rank_fusion{});

    // Visitors too: models differ in what they need for that.
    const blend model{weighted_sum<as_is>{1.0F}, std::ref(als)};
    const blend other{weighted_sum<as_is>{1.0F}, std::ref(knn)};
    const std::vector basket{item_index{2}, item_index{5}};
    const auto why = model.explain(model.fold_in(basket), item_index{7});
    CHECK(why.parts == als.explain(als.fold_in(basket), item_index{7}, basket).parts);
    CHECK(why.parts.size() == 2);
    const item_index best = other.recommend(other.fold_in(basket), 1).front().index;
    CHECK(other.explain(other.fold_in(basket), best).parts ==
          knn.explain(knn.fold_in(basket), best).parts);
}

TEST_CASE("blends of all combiners explain the scores that parts give, and do not give") {
    const test::explaining_table<> first{{{4, 2, 0, 0, -1}, {1, 1, 1, 1, 1}, {}, {2, 0, 0, 0, 1}},
                                         5};
    const test::explaining_table<score_kind::rating> second{
        {{0, 2, 8, 0, 3}, {}, {5, -4, 3, 2, 1}, {0, 0, 2, 0, 2}}, 5};
    const auto check = [&](const auto& combiner, double besides = 0) {
        test::check_scores_explained(blend{combiner, first, std::ref(second)}, besides);
    };
    check(weighted_sum<min_max>{{0.25F, 0.75F}, missing::renormalize});
    check(weighted_sum<sigmoid>{{0, 1}, missing::renormalize});
    check(linear_blend<percentile_rank>{{2, -1}, 0.5F}, 0.5);
    check(adaptive_sum<hedge>{hedge{2}});
    check(comb_mnz<>{});
    check(comb_anz<z_score>{});
    check(borda{});
    check(inverse_square_rank{});
    check(lexicographic{{.step = 2}});

    // 1/4 · (s − 1)/(4 − 1) and 3/4 · (s − 2)/6, of 2 and 2; item 1 adds −1/4 of the scores.
    const blend model{weighted_sum<min_max>{{1, 3}}, test::explaining_table<>{{{4, 2, 1}}, 3},
                      test::explaining_table<>{{{0, 2, 8}}, 3}};
    const auto why = model.explain(user_index{0}, item_index{1});
    CHECK(why.components[0].score == test::about(1.0 / 12));
    CHECK(test::added_by(why.components[0], 0) == test::about(0.75 * 2 / 12));
    CHECK(test::added_by(why.components[0], 1) == test::about(-0.25 * 2 / 12));
    CHECK(why.components[0].remainder == test::about((0.5 * 2 - 1) / 12));
    CHECK(why.components[1].score == test::about(0));
    CHECK(test::added_by(why.components[1], 0) == test::about(0.75 * 2 / 8));
    CHECK(test::added_by(why, 0) == test::about(0.125 + 0.1875));
    // The second has no score for item 0; none has one for an unknown user.
    const auto alone = model.explain(user_index{0}, item_index{0});
    CHECK(alone.components[0].score == 0.25F);
    CHECK(alone.components[1].parts.empty());
    const auto nobody = model.explain(user_index{3}, item_index{0});
    CHECK(nobody.score == 0);
    CHECK(nobody.parts.empty());
    CHECK_THROWS_WITH_AS((void)model.explain(user_index{0}, item_index{3}),
                         "item 3 is out of range; the model has 3", shape_error);
}

TEST_CASE("a blend explains for visitors and by request, if its parts do") {
    using test::explaining_table;
    using by_index = blend<weighted_sum<as_is>, explaining_table<>, test::index_explaining_table>;
    using by_request = blend<weighted_sum<as_is>, explaining_table<>>;
    static_assert(explainable<blend<weighted_sum<>, implicit_als<>, item_knn<>>>);
    static_assert(explainable<by_index> && explainable<by_request>);
    static_assert(explainable<blend<weighted_sum<>, implicit_als<>, popularity>> &&
                      !explainable<blend<weighted_sum<>, implicit_als<>, bpr>>,
                  "what a part cannot explain the blend cannot; what is popular needs no history");
    static_assert(explains_visitors<implicit_als<>> && explains_visitors<item_knn<>>);
    static_assert(explains_visitors<by_request> && !explains_visitors<by_index>);
    static_assert(explainable<blend<weighted_sum<as_is>, by_index>>, "blends nest");
    static_assert(explains_visitors<blend<weighted_sum<as_is>, by_request>>);
    static_assert(!explains_visitors<blend<weighted_sum<as_is>, by_index>>);

    const explaining_table<> table{{{4, 2}, {1, 3}}, 2};
    const blend model{weighted_sum<as_is>{1.0F}, blend{weighted_sum<as_is>{1.0F}, table}};
    const auto expected = table.explain(user_index{1}, item_index{1});
    // A visitor of item 1 is taken for user 1.
    const std::vector history{weighted_item{item_index{1}, 1.0F}};
    for (const auto& why :
         {model.explain(model.fold_in(history), item_index{1}),
          model.explain(request{std::span<const weighted_item>{history}}, item_index{1}),
          model.explain(request<int>{user_index{1}, 3}, item_index{1})}) {
        CHECK(why.score == 3);
        CHECK(why.parts == expected.parts);
        REQUIRE(why.components.size() == 1);
        CHECK(why.components[0].parts == expected.parts);
    }
    const blend indexed{weighted_sum<as_is>{1.0F},
                        by_index{weighted_sum<as_is>{{1, 1}}, table,
                                 test::index_explaining_table{{{1, 1}, {1, 1}}, 2}}};
    test::check_scores_explained(indexed);
    CHECK(test::added_by(indexed.explain(user_index{0}, item_index{0}), 0) == 0.75 * (4 + 1) / 2);
    CHECK(model.explain(request{std::span<const weighted_item>{}}, item_index{1}).score == 0);
}

TEST_CASE("a blend of one model is that model") {
    const auto data = make_synthetic_catalogue({.users = 60, .items = 90, .mean_interactions = 12});
    item_knn<> model{{.neighbors = 5}};
    model.fit(data.log.matrix);
    const blend alone{weighted_sum<as_is>{1.0F}, std::ref(model)};
    const unseen_by_user unseen{data.log.matrix};
    for (std::uint32_t user = 0; user < 60; ++user)
        CHECK(alone.recommend(user_index{user}, 90, unseen) ==
              model.recommend(user_index{user}, 90, unseen));
}

TEST_CASE("a blend answers the same on any number of threads") {
    const auto data = make_synthetic_catalogue({.users = 60, .items = 90, .mean_interactions = 12});
    implicit_als<> als{{.factors = 8, .iterations = 3}};
    als.fit(data.log.matrix);
    popularity popular;
    popular.fit(data.log.matrix);
    const blend model{weighted_sum<>{0.8F, 0.2F}, std::ref(als), std::ref(popular)};
    thread_pool one{1}, three{3};
    const auto expected = model.recommend_all(5, unfiltered{}, {.pool = &one});
    CHECK(model.recommend_all(5, unfiltered{}, {.pool = &three}) == expected);
    for (std::uint32_t user = 0; user < 60; ++user) {
        const auto list = model.recommend(user_index{user}, 5);
        CHECK(std::ranges::equal(list, expected[user]));
    }
}
