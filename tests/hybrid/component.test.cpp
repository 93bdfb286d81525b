// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/component.hpp>

#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::table_model;

namespace {

struct context {
    int hour = 0;
};

using part_blend = blend<weighted_sum<>, table_model<>>;

static_assert(component<implicit_als<>> && component<std::reference_wrapper<implicit_als<>>>);
static_assert(component<fixed_list> && !scoring_component<fixed_list>);
static_assert(!component<int> && !component<implicit_als<exact, observed_weight, double>>,
              "hybrids count in float");
static_assert(request_recommender<part_blend> && request_recommender<part_blend, request<context>>);
static_assert(!request_recommender<table_model<>> && !request_recommender<popularity>);
static_assert(same_kinds<table_model<>, popularity>);
static_assert(!same_kinds<table_model<>, table_model<score_kind::rating>>);

/// What `with_user_of` calls with: 'i' an index, 'f' something folded in, 'r' the request, '-' nothing.
template <class Model, class Context>
char asked_with(const Model& model, const request<Context>& who) {
    char how = '-';
    const bool asked = with_user_of(model, who, [&]<class User>(const User&) {
        how = std::is_same_v<User, user_index>         ? 'i'
              : std::is_same_v<User, request<Context>> ? 'r'
                                                       : 'f';
    });
    CHECK(asked == (how != '-'));
    CHECK(knows_request(model, who) == asked);
    return how;
}

} // namespace

TEST_CASE("a component is asked by what it takes for the user of a request") {
    const table_model<> model{{{1, 2}, {}}, 2};
    const std::vector<weighted_item> history{{item_index{0}, 1.0F}};
    CHECK(asked_with(model, request{user_index{0}}) == 'i');
    CHECK(asked_with(model, request{user_index{0}, history}) == 'i');
    CHECK(asked_with(model, request{user_index{1}}) == '-');
    CHECK(asked_with(model, request{user_index{9}}) == '-');
    CHECK(asked_with(model, request{user_index{9}, history}) == 'f');
    CHECK(asked_with(model, request<context>{history, {3}}) == 'f');
    CHECK(asked_with(model, request{std::span<const weighted_item>{}}) == '-');

    popularity popular;
    CHECK(asked_with(popular, request{std::span<const weighted_item>{}}) == 'i');
    CHECK(asked_with(fixed_list{{}, 2}, request{user_index{9}}) == 'i');

    const part_blend hybrid{weighted_sum<>{1.0F}, model};
    CHECK(asked_with(hybrid, request<context>{user_index{0}, {3}}) == 'r');
    CHECK(asked_with(hybrid, request{user_index{1}}) == '-');
}

TEST_CASE("a component's items and scores for a request") {
    const table_model<> model{{{1, 2, 3}}, 3};
    std::vector<scored_item> out(2);
    const std::vector<weighted_item> history{{item_index{0}, 1.0F}};
    for (const request<> who : {request<>{user_index{0}}, request<>{history}}) {
        CHECK(ask_for_items(model, who, std::span{out}, excluding{item_index{2}}) == 2);
        CHECK(test::items_of({out.begin(), out.end()}) == std::vector<std::uint32_t>{1, 0});
        const std::vector<item_index> items{item_index{2}, item_index{0}};
        std::vector<float> scores(2);
        CHECK(ask_for_scores(model, who, items, scores));
        CHECK(scores == std::vector<float>{3, 1});
    }
    std::vector<float> untouched{7};
    const item_index first{0};
    CHECK_FALSE(ask_for_scores(model, request{user_index{4}}, {&first, 1}, untouched));
    CHECK(untouched[0] == 7);
    CHECK(ask_for_items(model, request{user_index{4}}, std::span{out}, unfiltered{}) == 0);
}
