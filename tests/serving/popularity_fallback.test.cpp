// SPDX-License-Identifier: MIT
#include <hybrec/serving/popularity_fallback.hpp>

#include <hybrec/baseline/decayed_popularity.hpp>
#include <hybrec/baseline/popularity.hpp>
#include <hybrec/baseline/random_baseline.hpp>
#include <hybrec/factorization/als/als.hpp>

#include "engines.hpp"
#include "purchases.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;

namespace {

struct screen_device {
    int screen;
};

static_assert(userless_recommender<popularity> && userless_recommender<decayed_popularity>);
static_assert(!userless_recommender<random_baseline> && !userless_recommender<implicit_als<>>);
static_assert(engine<popularity_fallback<popularity>>);
static_assert(engine<popularity_fallback<std::reference_wrapper<const popularity>>>);
static_assert(engine<popularity_fallback<popularity>, request<screen_device>>);

} // namespace

TEST_CASE("the popular items that are not in the history") {
    popularity popular;
    popular.fit(purchases::matrix()); // items 0, 1, 2, 3 have 4, 3, 2, 1 users
    const popularity_fallback fallback{std::ref(popular)};
    popularity_fallback<popularity>::workspace memory;
    decltype(fallback)::workspace shared;
    std::vector<scored_item> out(3);
    CHECK(fallback.recommend_into(request{user_index{1000}}, std::span{out}, shared) == 3);
    CHECK(engines::items(out) == std::vector{0, 1, 2});
    const std::vector<weighted_item> history{{item_index{2}, 1.0F}, {item_index{0}, 1.0F}};
    CHECK(popularity_fallback{popular}.recommend_into(
              request<screen_device>{std::span<const weighted_item>{history}, screen_device{3}},
              std::span{out}, memory) == 2);
    CHECK(out[0].index == item_index{1});
    CHECK(out[1].index == item_index{3});
    CHECK(fallback.item_count() == 4);
}
