// SPDX-License-Identifier: MIT
#include <hybrec/serving/model_engine.hpp>

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/neighbors/item_knn.hpp>
#include <hybrec/serving/any_recommender.hpp>

#include "engines.hpp"
#include "purchases.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;

namespace {

struct device {
    int screen;
};

static_assert(engine<model_engine<item_knn<>>> && engine<model_engine<implicit_als<>>>);
static_assert(engine<model_engine<any_recommender>>);
static_assert(engine<model_engine<std::reference_wrapper<const popularity>>, request<device>>);
static_assert(!servable_model<int> && !servable_model<unfiltered>);

template <class Engine, class Request>
ranking<item_index> ask(const Engine& engine, const Request& who, std::size_t count) {
    typename Engine::workspace memory;
    ranking<item_index> out(count);
    out.resize(engine.recommend_into(who, std::span{out}, memory));
    return out;
}

} // namespace

TEST_CASE("a model answers for users it knows, and for histories if it can fold in") {
    const user_items matrix = purchases::matrix();
    item_knn knn{};
    knn.fit(matrix);
    const model_engine engine{std::ref(std::as_const(knn))};
    CHECK(engine.item_count() == 4);

    CHECK(ask(engine, request{user_index{2}}, 4) == knn.recommend(user_index{2}, 4));
    CHECK_FALSE(ask(engine, request{user_index{2}}, 4).empty());

    const std::vector<weighted_item> history{{item_index{3}, 1.0F}};
    const std::span<const weighted_item> basket{history};
    const auto expected = knn.recommend(knn.fold_in(history), 4, excluding{item_index{3}});
    CHECK(expected.size() == 3);
    CHECK(ask(engine, request{basket}, 4) == expected);
    SUBCASE("also where the user has an index, but no history that the model knows") {
        CHECK(ask(engine, request{user_index{4}, basket}, 4) == expected);
        CHECK(ask(engine, request{user_index{1000}, basket}, 4) == expected);
    }
    SUBCASE("a known user is served from the model, without what the request says") {
        CHECK(ask(engine, request{user_index{2}, basket}, 4) ==
              knn.recommend(user_index{2}, 4, excluding{item_index{3}}));
    }
    SUBCASE("nobody gets nothing") {
        CHECK(ask(engine, request{user_index{4}}, 4).empty());
        CHECK(ask(engine, request{user_index{1000}}, 4).empty());
        CHECK(ask(engine, request{std::span<const weighted_item>{}}, 4).empty());
    }
    SUBCASE("the history may be recommended by option") {
        const model_engine all{knn, unfiltered{}, {.exclude_history = false}};
        // Two items, each of which leads to the other.
        const std::vector<weighted_item> two{{item_index{3}, 1.0F}, {item_index{1}, 1.0F}};
        const request pair{std::span<const weighted_item>{two}};
        CHECK(ask(all, pair, 4) == knn.recommend(knn.fold_in(two), 4));
        CHECK(ask(all, pair, 4).size() == 4);
        CHECK(ask(engine, pair, 4).size() == 2);
    }
    SUBCASE("filters") {
        const model_engine filtered{knn, excluding{item_index{0}}};
        CHECK(ask(filtered, request{user_index{2}}, 4) ==
              knn.recommend(user_index{2}, 4, excluding{item_index{0}}));
        CHECK(ask(filtered, request{user_index{2}, basket}, 4) ==
              knn.recommend(user_index{2}, 4, excluding{item_index{0}, item_index{3}}));
        CHECK(ask(filtered, request{basket}, 4) ==
              knn.recommend(knn.fold_in(history), 4, excluding{item_index{0}, item_index{3}}));
        const model_engine unseen{knn, unseen_by_user{matrix}};
        CHECK(ask(unseen, request{user_index{2}}, 4) ==
              knn.recommend(user_index{2}, 4, unseen_by_user{matrix}));
        CHECK(ask(unseen, request{user_index{2}, basket}, 4) ==
              knn.recommend(user_index{2}, 4,
                            excluding{item_index{0}, item_index{1}, item_index{3}}));
        CHECK(ask(unseen, request{basket}, 4) == expected);
    }
}

TEST_CASE("a model that cannot fold in has nothing for a history; one chosen at run time may") {
    popularity popular;
    popular.fit(purchases::matrix());
    const std::vector<weighted_item> history{{item_index{3}, 1.0F}};
    const request basket{std::span<const weighted_item>{history}};
    CHECK(ask(model_engine{popular}, basket, 4).empty());
    CHECK(engines::items(ask(model_engine{popular}, request{user_index{0}}, 2)) ==
          std::vector{0, 1});

    item_knn knn{};
    knn.fit(purchases::matrix());
    CHECK(ask(model_engine{any_recommender{popular}}, basket, 4).empty());
    CHECK(ask(model_engine{any_recommender{knn}}, basket, 4) == ask(model_engine{knn}, basket, 4));
}
