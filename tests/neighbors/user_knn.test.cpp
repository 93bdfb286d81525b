// SPDX-License-Identifier: MIT
#include <hybrec/neighbors/user_knn.hpp>

#include <hybrec/core/for_each_type.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <stop_token>
#include <type_traits>
#include <vector>

using namespace hybrec;

static_assert(scorer<user_knn<>> && recommender<user_knn<>> && knows_users<user_knn<>> &&
              archivable<user_knn<>>);
static_assert(foldable<user_knn<>> && explainable<user_knn<>> && user_similarity_model<user_knn<>>);
static_assert(!item_similarity_model<user_knn<>>, "it knows users only");
static_assert(!embedding_model<user_knn<>>);

namespace {

/// Users 0 … 4, items 0 … 3; user 3 resembles nobody, user 4 has nothing.
user_items toy_users() {
    return {{0, 2, 5, 7, 8, 8},
            {item_index{0}, item_index{1}, item_index{0}, item_index{1}, item_index{2},
             item_index{1}, item_index{2}, item_index{3}},
            {1, 1, 1, 1, 1, 1, 2, 1},
            4};
}
// u0·u1 = 2, u0·u2 = 1, u1·u2 = 3; squares 2, 3, 5.
const float u01 = 2 / std::sqrt(6.0F), u02 = 1 / std::sqrt(10.0F), u12 = 3 / std::sqrt(15.0F);
doctest::Approx nearly(float value) { return doctest::Approx(value).epsilon(1e-5); }

user_items random_matrix(std::size_t users, std::size_t items) {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < users; ++user)
        for (std::size_t item = 0; item < items; ++item)
            if (const counter_random draw{4, user}; draw.below(5, item) == 0)
                entries.add(user_index(user), item_index(item),
                            static_cast<float>(draw.uniform(item + items)) - 0.2F);
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

} // namespace

TEST_CASE("user_knn scores by cosines of users") {
    const user_items matrix = toy_users();
    user_knn model;
    model.fit(matrix);
    CHECK(model.neighbors().entry_count() == 6);
    CHECK(model.score(user_index{0}, item_index{2}) == nearly(u01 * 1 + u02 * 2));
    CHECK(model.score(user_index{0}, item_index{0}) == nearly(u01));
    CHECK(model.score(user_index{0}, item_index{3}) == 0);
    CHECK(model.score(user_index{2}, item_index{1}) == nearly(u02 + u12));
    const auto ranked = model.recommend(user_index{0}, 9, unseen_by_user{matrix});
    REQUIRE(ranked.size() == 1); // item 3 belongs to nobody like user 0
    CHECK(ranked[0] == scored_item{item_index{2}, model.score(user_index{0}, item_index{2})});
    CHECK(model.knows(user_index{0}));
    for (const std::uint32_t stranger : {3U, 4U, 5U})
        CHECK(!model.knows(user_index{stranger}));
    CHECK(model.recommend(user_index{3}, 5).empty());
    CHECK(model.recommend(user_index{4}, 5).empty());
    CHECK_THROWS_AS((void)model.recommend(user_index{5}, 5), shape_error);

    user_knn first{{.neighbors = 1}};
    first.fit(toy_users());
    CHECK(first.score(user_index{0}, item_index{2}) == nearly(u01));
    CHECK(first.similar_users(user_index{0}, 5).size() == 2); // not only neighbours
    CHECK(first.similar_users(user_index{0}, 1).front().index == user_index{1});
    CHECK(first.similar_users(user_index{0}, 5, excluding{std::vector{user_index{1}}})
              .front()
              .index == user_index{2});
    CHECK(first.similar_users(user_index{4}, 5).empty());
    CHECK_THROWS_AS((void)first.similar_users(user_index{5}, 5), shape_error);

    user_knn<jaccard> sets;
    sets.fit(toy_users());
    CHECK(sets.score(user_index{0}, item_index{2}) == nearly(2.0F / 3 + 2 * 1.0F / 3));
}

TEST_CASE("user_knn folds in what it has seen, and explains by parts") {
    const user_items matrix = random_matrix(40, 30);
    for_each_type<cosine, asymmetric_cosine, jaccard>([&]<class Similarity>() {
        Similarity similarity;
        if constexpr (std::same_as<Similarity, asymmetric_cosine>)
            similarity.alpha = 0.3;
        user_knn<Similarity> model{{.neighbors = 100}, similarity};
        model.fit(matrix);
        for (std::size_t at = 0; at < 40; ++at) {
            const user_index user(at);
            const neighborhood same = model.fold_in(matrix.row(user));
            // All neighbours, and the user itself.
            const auto known = model.neighbors().row(user);
            CHECK(same.neighbors().size() == known.size() + 1);
            for (const auto [other, value] : same.neighbors())
                if (other != user) {
                    const auto place =
                        std::find(known.columns().begin(), known.columns().end(), other);
                    REQUIRE(place != known.columns().end());
                    CHECK(value == nearly(known.values()[static_cast<std::size_t>(
                                       place - known.columns().begin())]));
                }
            for (const auto [item, score] : model.recommend(user, 5)) {
                CHECK(score == model.score(user, item));
                const auto why = model.explain(user, item);
                CHECK(why.score == score);
                CHECK(why.parts.size() == matrix.row(user).size());
                CHECK(std::abs(why.remainder) < 1e-4F * (1 + std::abs(score)));
            }
            for (const auto [item, score] : model.recommend(same, 5)) {
                float again = 0;
                model.score(same, {&item, 1}, {&again, 1});
                CHECK(again == score);
                CHECK(std::abs(model.explain(same, item).remainder) <
                      1e-4F * (1 + std::abs(score)));
            }
        }
    });
    user_knn model;
    model.fit(toy_users());
    // u0 is like u1 by items 0 and 1 alike, and like u2 by item 1 alone.
    const auto why = model.explain(user_index{0}, item_index{2});
    REQUIRE(why.parts.size() == 2);
    CHECK(why.parts[0].index == item_index{1});
    CHECK(why.parts[0].score == nearly(u01 / 2 + 2 * u02));
    CHECK(why.parts[1].score == nearly(u01 / 2));
    const neighborhood visitor = model.fold_in(std::vector{item_index{3}});
    CHECK(visitor.neighbors().columns()[0] == user_index{3});
    CHECK(model.recommend(visitor, 3, excluding{std::vector{item_index{3}}}).empty());
}

TEST_CASE("user_knn gives the same bits for any number of threads") {
    const user_items matrix = random_matrix(300, 50);
    thread_pool one{1};
    user_knn expected{{.neighbors = 9}};
    expected.fit(matrix, {.pool = &one});
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        user_knn model{{.neighbors = 9}};
        model.fit(matrix, {.pool = &pool});
        CHECK(model == expected);
    }
}

TEST_CASE("user_knn takes what is small or wrong") {
    user_knn model;
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    CHECK(!model.knows(user_index{0}));
    model.fit(user_items{{0, 1}, {item_index{0}}, {3}, 1});
    CHECK(!model.knows(user_index{0})); // there is nobody else
    CHECK(model.recommend(model.fold_in(std::vector{item_index{0}}), 3) ==
          ranking<item_index>{{item_index{0}, 3}});
    CHECK_THROWS_AS((void)model.fold_in(std::vector<item_index>{}), data_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{1}}), shape_error);
    user_knn other;
    other.fit(toy_users());
    CHECK_THROWS_AS((void)other.recommend(model.fold_in(std::vector{item_index{0}}), 3),
                    shape_error);

    const user_knn before = model;
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS_AS(model.fit(toy_users(), {.stop = source.get_token()}), cancelled);
    CHECK(model == before);
    CHECK_THROWS_AS(model.fit(user_items{3, 3}), data_error);
    user_items bad = toy_users();
    bad.values()[3] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(model.fit(bad), data_error);
    user_knn narrow{{.memory_budget = 500}};
    CHECK_THROWS_WITH_AS(narrow.fit(toy_users()), doctest::Contains("memory_budget is 500"),
                         memory_budget_error);
    CHECK_THROWS_WITH_AS((user_knn{{.neighbors = 0}}),
                         "user_knn: neighbors is 0; expected at least 1", option_error);
}

TEST_CASE(
    "user_knn takes the first of users that are all alike, and never recommends what is cold") {
    // Four users have items 0 and 2, with a 3; item 1 is cold.
    user_knn model{{.neighbors = 2}};
    model.fit(user_items{{0, 2, 4, 6, 8},
                         {item_index{0}, item_index{2}, item_index{0}, item_index{2}, item_index{0},
                          item_index{2}, item_index{0}, item_index{2}},
                         {3, 3, 3, 3, 3, 3, 3, 3},
                         3});
    const std::vector<user_index> expected{user_index{1}, user_index{2}, user_index{0},
                                           user_index{2}, user_index{0}, user_index{1},
                                           user_index{0}, user_index{1}};
    CHECK(std::equal(model.neighbors().columns().begin(), model.neighbors().columns().end(),
                     expected.begin(), expected.end()));
    CHECK(model.score(user_index{3}, item_index{1}) == 0);
    const auto found = model.recommend(user_index{3}, 3);
    REQUIRE(found.size() == 2); // 1·3 + 1·3 each
    CHECK(found[0].index == item_index{0});
    CHECK(found[0].score == nearly(6));
    CHECK(found[1].index == item_index{2});
}
