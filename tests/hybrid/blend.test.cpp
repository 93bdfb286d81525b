// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/blend.hpp>

#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/linear_blend.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/rank_fusion.hpp>
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
    const auto check = [&](const auto& combiner) {
        const blend model{combiner, std::ref(als), std::ref(knn)};
        for (const std::uint32_t user : {0U, 7U, 59U})
            for (const auto& entry : model.recommend(user_index{user}, 5)) {
                const blended_explanation why = model.explain(user_index{user}, entry.index);
                CHECK(why.score == doctest::Approx(entry.score).epsilon(1e-4));
                REQUIRE(why.components.size() == 2);
                double by_item = why.remainder, by_component = 0;
                for (const auto& part : why.parts)
                    by_item += static_cast<double>(part.score);
                for (const auto& component : why.components) {
                    by_component += static_cast<double>(component.score);
                    double inside = component.remainder;
                    for (const auto& part : component.parts)
                        inside += static_cast<double>(part.score);
                    CHECK(inside == doctest::Approx(component.score).epsilon(1e-3));
                }
                CHECK(by_item == doctest::Approx(why.score).epsilon(1e-3));
                if constexpr (!requires { combiner.intercept(); })
                    CHECK(by_component == doctest::Approx(why.score).epsilon(1e-3));
            }
    };
    check(weighted_sum<z_score>{{0.7F, 0.3F}, missing::as_zero});
    check(weighted_sum<min_max>{{0.2F, 0.8F}, missing::renormalize});
    check(linear_blend<z_score>{{0.5F, -0.1F}, 0.25F});
    using explained = blend<weighted_sum<>, implicit_als<>, item_knn<>>;
    static_assert(explainable<explained>);
    static_assert(!explainable<blend<weighted_sum<percentile_rank>, implicit_als<>>>,
                  "ranks are not linear in scores");
    static_assert(!explainable<blend<weighted_sum<>, implicit_als<>, popularity>>,
                  "what a part cannot explain the blend cannot");
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
