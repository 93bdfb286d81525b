// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/factor_model.hpp>

#include "../factorization/als/als_fixture.hpp"

#include <hybrec/factorization/als/als.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

using namespace hybrec;

namespace {

using model_type = implicit_als<exact, hu_koren_volinsky, float>;

template <class Model, class... Arguments>
concept can_recommend = requires(const Model& model, const Arguments&... arguments) {
    model.recommend(arguments...);
};
static_assert(can_recommend<model_type, user_index, int>);
static_assert(can_recommend<model_type, folded_user<>, int, excluding<>>);
static_assert(!can_recommend<model_type, item_index, int>, "an item is not a user");
static_assert(!can_recommend<model_type, folded_item<>, int>);
static_assert(!can_recommend<model_type, folded_user<>, int, unseen_by_user<float>>,
              "a visitor is no known user");
static_assert(!can_recommend<model_type, user_index, int, excluding<user_index>>);

template <class Model, class Index>
concept finds_similar_items = requires(const Model& model, Index index) {
    model.similar_items(index, 3);
};
static_assert(finds_similar_items<model_type, item_index>);
static_assert(!finds_similar_items<model_type, user_index>);

model_type fitted(const user_items& matrix) {
    model_type model{{.factors = 9, .iterations = 3}};
    model.fit(matrix);
    return model;
}

} // namespace

TEST_CASE("recommend, recommend_into, recommend_all and score agree to the bit") {
    const user_items matrix = test::planted_groups();
    const model_type model = fitted(matrix);
    const unseen_by_user unseen{matrix};
    std::vector<item_index> items;
    for (std::size_t item = 0; item < model.item_count(); ++item)
        items.push_back(item_index(item));

    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        const auto all = model.recommend_all(10, unseen, {.pool = &pool});
        REQUIRE(all.size() == model.user_count());
        for (std::size_t at = 0; at < all.size(); ++at) {
            const user_index user(at);
            const auto one = model.recommend(user, 10, unseen);
            REQUIRE(std::equal(one.begin(), one.end(), all[at].begin(), all[at].end()));
            std::vector<float> scores(items.size());
            model.score(user, items, scores);
            for (const auto& [item, score] : one) {
                CHECK(score == scores[item.value()]);
                CHECK(score == model.score(user, item));
                CHECK_FALSE(matrix.row(user).contains(item));
            }
        }
    }
    const std::vector<user_index> some{user_index{7}, user_index{3}};
    const auto chosen = model.recommend_all(some, 4, unseen);
    REQUIRE(chosen.size() == 2);
    CHECK(chosen[1][0] == model.recommend(user_index{3}, 1, unseen)[0]);

    std::vector<scored_item> buffer(4);
    CHECK(model.recommend_into(user_index{3}, buffer, unseen) == 4);
    CHECK(buffer == model.recommend(user_index{3}, 4, unseen));
}

TEST_CASE("recommend gives fewer items rather than wrong ones") {
    const user_items matrix = test::planted_groups();
    const model_type model = fitted(matrix);
    CHECK(model.recommend(user_index{0}, 1000).size() == model.item_count());
    CHECK(model.recommend(user_index{0}, 0).empty());
    CHECK(model.recommend(user_index{0}, 10, where{[](item_index) { return false; }}).empty());
    CHECK(model.recommend(user_index{0}, 10, allowing{item_index{4}, item_index{2}}).size() == 2);
    const auto denied =
        model.recommend(user_index{0}, 1000, excluding{item_index{4}} & unseen_by_user{matrix});
    CHECK(denied.size() + matrix.row(user_index{0}).size() +
              !matrix.row(user_index{0}).contains(item_index{4}) ==
          model.item_count());
    CHECK_THROWS_WITH_AS((void)model.recommend(user_index{120}, 3),
                         "user 120 is out of range; the model has 120", shape_error);
    CHECK_THROWS_AS((void)model.similar_items(item_index{60}, 3), shape_error);
    CHECK_THROWS_AS((void)model.recommend_all(std::vector{user_index{500}}, 3), shape_error);
    CHECK_THROWS_AS((void)model.recommend(folded_user<>{3}, 3), shape_error);
}

TEST_CASE("similar items and users are those with the largest cosine, without themselves") {
    const user_items matrix = test::planted_groups();
    const model_type model = fitted(matrix);
    const auto cosine = [](auto left, auto right) {
        double product = 0, left_length = 0, right_length = 0;
        for (std::size_t at = 0; at < left.size(); ++at) {
            product += static_cast<double>(left[at]) * static_cast<double>(right[at]);
            left_length += static_cast<double>(left[at]) * static_cast<double>(left[at]);
            right_length += static_cast<double>(right[at]) * static_cast<double>(right[at]);
        }
        return product / std::sqrt(left_length * right_length);
    };
    const auto similar = model.similar_items(item_index{20}, 59);
    CHECK(similar.size() == 59);
    for (std::size_t at = 0; at < similar.size(); ++at) {
        CHECK(similar[at].index != item_index{20});
        CHECK(similar[at].score ==
              doctest::Approx(cosine(model.item_factors().row(item_index{20}),
                                     model.item_factors().row(similar[at].index)))
                  .epsilon(1e-4));
        if (at > 0)
            CHECK(ranks_before(similar[at - 1], similar[at]));
    }
    CHECK(similar.front().index.value() / 15 == 1);
    CHECK(model.similar_users(user_index{6}, 1).front().index.value() % 4 == 2);
    CHECK(model.similar_items(item_index{20}, 5, excluding{similar.front().index}).front().index ==
          similar[1].index);
}

TEST_CASE("similar_items_all and similar_users_all have the bits of one at a time") {
    const user_items matrix = test::planted_groups();
    model_type model = fitted(matrix);
    auto users = model.user_factors();
    auto items = model.item_factors();
    std::fill(items.row(item_index{7}).begin(), items.row(item_index{7}).end(), 0.0F);
    std::fill(users.row(user_index{5}).begin(), users.row(user_index{5}).end(), 0.0F);
    model.set_factors(std::move(users), std::move(items));
    const excluding denied{item_index{20}, item_index{21}};
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        const auto all_items = model.similar_items_all(6, denied, {.pool = &pool});
        const auto all_users = model.similar_users_all(6, unfiltered{}, {.pool = &pool});
        REQUIRE(all_items.size() == model.item_count());
        REQUIRE(all_users.size() == model.user_count());
        for (std::size_t at = 0; at < all_items.size(); ++at) {
            const auto one = model.similar_items(item_index(at), 6, denied);
            CHECK(one.size() == (at == 7 ? 0 : 6));
            CHECK(std::equal(one.begin(), one.end(), all_items[at].begin(), all_items[at].end()));
            for (const auto& [item, score] : one)
                CHECK((item != item_index{7} && denied.admits(item)));
        }
        for (std::size_t at = 0; at < all_users.size(); ++at) {
            const auto one = model.similar_users(user_index(at), 6);
            CHECK(std::equal(one.begin(), one.end(), all_users[at].begin(), all_users[at].end()));
        }
    }
}

TEST_CASE("vectors that are not numbers, or near the limits, are served without harm") {
    const user_items matrix = test::planted_groups();
    model_type model = fitted(matrix);
    auto users = model.user_factors();
    auto items = model.item_factors();
    constexpr auto limits = std::numeric_limits<float>();
    items.row(item_index{1})[0] = limits.quiet_NaN();
    items.row(item_index{2})[0] = limits.infinity();
    items.row(item_index{3})[1] = limits.max();
    items.row(item_index{4})[0] = limits.denorm_min();
    users.row(user_index{0})[0] = limits.quiet_NaN();
    users.row(user_index{1})[0] = 1e18F;
    model.set_factors(std::move(users), std::move(items));
    CHECK(model.recommend(user_index{0}, 5).empty());
    const auto all = model.recommend_all(60);
    for (std::size_t at = 1; at < model.user_count(); ++at) {
        ranking<item_index, float> expected;
        for (std::size_t item = 0; item < model.item_count(); ++item) {
            const float score = model.score(user_index(at), item_index(item));
            if (model.knows(item_index(item)) && score == score)
                expected.push_back({item_index(item), score});
        }
        std::sort(expected.begin(), expected.end(), ranks_before<item_index, float>);
        CHECK(model.recommend(user_index(at), 60) == expected);
        CHECK(std::equal(all[at].begin(), all[at].end(), expected.begin(), expected.end()));
    }
}
