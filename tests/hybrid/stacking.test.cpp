// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/stacking.hpp>

#include "explained.hpp"
#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/baseline/random_baseline.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/data/split_random.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/logistic.hpp>
#include <hybrec/hybrid/ndcg_search.hpp>
#include <hybrec/hybrid/non_negative_least_squares.hpp>
#include <hybrec/hybrid/pipeline.hpp>
#include <hybrec/hybrid/ridge.hpp>
#include <hybrec/neighbors/item_knn.hpp>
#include <hybrec/weighting/bm25.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::table_model;

namespace {

using stacked = stacking<ridge, z_score, no_features, table_model<>, popularity>;
static_assert(scorer<stacked> && recommender<stacked> && foldable<stacked>);
static_assert(candidate_ranker<stacked>);
template <class Learner, class... Models>
concept can_stack = requires(Learner learner, Models... models) {
    stacking{learner, models...};
};
static_assert(can_stack<ridge, table_model<>> && can_stack<logistic, table_model<>>);
static_assert(!can_stack<ridge, fixed_list>, "stacking asks its parts for scores");
static_assert(!can_stack<int, table_model<>>, "stacking needs a learner");

struct data {
    data() {
        const auto log =
            make_synthetic_catalogue({.users = 200, .items = 150, .mean_interactions = 20}).log;
        const auto outer = split_random(log);
        const auto inner = split_random(outer.train, {.seed = 1});
        train = inner.train;
        validation = inner.test;
        test = outer.test;
    }
    user_items train, validation, test;
};

double ndcg_of(const auto& model, const data& d) {
    return evaluate(model, d.train, d.test, ndcg{10}).metrics()[0].mean;
}

} // namespace

TEST_CASE("stacking learns who can be trusted") {
    const data d;
    implicit_als<> als{{.factors = 8, .iterations = 5}};
    random_baseline noise;
    popularity popular;
    const auto try_out = [&](const auto& learner) {
        stacking model{learner, std::ref(als), std::ref(noise), std::ref(popular)};
        CHECK(model.combiner().weights()[1] == doctest::Approx(1.0 / 3));
        model.fit(d.train, d.validation);
        CHECK(std::abs(model.combiner().weights()[1]) <
              0.2F * std::abs(model.combiner().weights()[0]));
        CHECK(ndcg_of(model, d) > 0.95 * ndcg_of(als, d)); // least squares is not NDCG
        CHECK(ndcg_of(model, d) > ndcg_of(popular, d));
        CHECK(ndcg_of(model, d) > ndcg_of(noise, d));
    };
    SUBCASE("ridge") { try_out(ridge{}); }
    SUBCASE("non-negative least squares") { try_out(non_negative_least_squares{}); }
    SUBCASE("logistic") { try_out(logistic{}); }
    SUBCASE("search on NDCG") { try_out(ndcg_search{}); }
}

TEST_CASE("stacking gives the same bits on any number of threads, and out of fold") {
    const data d;
    const auto weights = [&](std::size_t threads, bool out_of_fold) {
        thread_pool pool{threads};
        stacking model{ridge{}, implicit_als<>{{.factors = 8, .iterations = 3}},
                       item_knn<>{{.neighbors = 10}}};
        if (out_of_fold)
            model.fit_out_of_fold(d.train, 3, 7, {}, {.pool = &pool});
        else
            model.fit(d.train, d.validation, {.depth = 20}, {.pool = &pool});
        CHECK(model.template model<0>().user_count() == 200);
        return std::vector<float>{model.combiner().weights().begin(),
                                  model.combiner().weights().end()};
    };
    for (const bool out_of_fold : {false, true}) {
        const auto one = weights(1, out_of_fold);
        CHECK(one[0] > 0);
        CHECK(weights(2, out_of_fold) == one);
        CHECK(weights(3, out_of_fold) == one);
    }
}

TEST_CASE("stacking refuses what would mislead it") {
    const data d;
    popularity popular;
    popular.fit(d.train);
    stacking model{ridge{}, std::ref(popular)};
    CHECK_THROWS_WITH_AS(model.learn(d.train, d.train),
                         doctest::Contains("both in training and in validation data"), data_error);
    CHECK_THROWS_AS(model.learn(d.train, user_items{200, 150}), data_error);
    CHECK_THROWS_AS(model.learn(d.train, user_items{2, 3}), shape_error);
    CHECK(model.combiner().weights()[0] == 1);
}

TEST_CASE("a pipeline fits shared parts once and lets its ranker learn on the candidates") {
    const data d;
    implicit_als<> als{{.factors = 8, .iterations = 5}};
    popularity popular;
    auto engine = candidates(from(std::ref(als), 40), from(std::ref(popular), 20)) |
                  rank(stacking{non_negative_least_squares{}, std::ref(als), std::ref(popular)});
    engine.fit(d.train, d.validation);
    const auto weights = engine.ranking().ranker().combiner().weights();
    CHECK(weights[0] > 0);
    CHECK(weights[0] != weights[1]);
    CHECK(ndcg_of(engine, d) > ndcg_of(popular, d));
    for (std::uint32_t user = 0; user < 20; ++user)
        for (const auto& entry : engine.recommend(user_index{user}, 20))
            CHECK_FALSE(d.train.row(user_index{user}).contains(entry.index));
    CHECK_THROWS_AS(engine.fit(d.train, d.train), data_error);
}

TEST_CASE("a pipeline leaves parts alone that are shared with std::cref") {
    const data d;
    implicit_als<> als{{.factors = 8, .iterations = 5}};
    popularity popular;
    als.fit(bm25{}(d.train)); // not what the pipeline would train it on
    popular.fit(d.train);
    const implicit_als<> before = als;
    auto engine = candidates(from(std::cref(als), 40), from(std::cref(popular), 20)) |
                  rank(stacking{non_negative_least_squares{}, std::cref(als), std::cref(popular)});
    engine.fit(d.train, d.validation);
    CHECK(als == before);
    CHECK(engine.ranking().ranker().combiner().weights()[0] > 0);
}

TEST_CASE("stacking explains the scores it learned, of the catalogue and of candidates") {
    const data d;
    implicit_als<> als{{.factors = 8, .iterations = 5}};
    item_knn<> knn{{.neighbors = 20}};
    popularity popular;
    stacking model{logistic{}, std::ref(als), std::ref(knn)};
    static_assert(explainable<decltype(model)> && !explainable<stacked>);
    model.fit(d.train, d.validation);
    const auto intercept = static_cast<double>(model.combiner().intercept());
    for (const scored_item& entry : model.recommend(user_index{3}, 50))
        test::check_explained(model.explain(user_index{3}, entry.index), entry.score, intercept);

    // The ranker explains; what generators say does not count, so `popular` may be one.
    auto engine = candidates(from(std::ref(als), 20), from(std::ref(popular), 10)) |
                  rank(stacking{ridge{}, std::ref(als), std::ref(knn)});
    engine.fit(d.train, d.validation);
    const auto besides = static_cast<double>(engine.ranking().ranker().combiner().intercept());
    const auto list = engine.recommend(user_index{3}, 10);
    REQUIRE(list.size() == 10);
    for (const scored_item& entry : list) {
        const auto why = engine.explain(request{user_index{3}}, entry.index);
        REQUIRE(why.components.size() == 2);
        test::check_explained(why, entry.score, besides);
        CHECK(why.parts.size() == d.train.row(user_index{3}).size());
    }
}
