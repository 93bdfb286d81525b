// SPDX-License-Identifier: MIT
#include <hybrec/factorization/logistic_mf/logistic_mf.hpp>

#include "../als/als_fixture.hpp"
#include "../matrix_of.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <stop_token>
#include <vector>

using namespace hybrec;
using test::matrix_of;

static_assert(scorer<logistic_mf> && recommender<logistic_mf> && knows_users<logistic_mf>);
static_assert(foldable<logistic_mf> && archivable<logistic_mf> && embedding_model<logistic_mf>);
static_assert(!explainable<logistic_mf>);
static_assert(!item_similarity_model<logistic_mf> && !user_similarity_model<logistic_mf>,
              "vectors with a constant in them say nothing about likeness");

TEST_CASE("one iteration is the AdaGrad step of the paper, users first") {
    // One user, who has item 0 with value 2 and not item 1: each of the 3 negatives is item 1. As
    // column, item 0 has every user, so that no negative is found.
    logistic_mf model{{.factors = 2,
                       .learning_rate = 0.3,
                       .regularization = 0.2,
                       .alpha = 1.5,
                       .negatives = 3,
                       .iterations = 1,
                       .seed = 5,
                       .initial_scale = 1}};
    model.fit(matrix_of({{user_index{0}, item_index{0}, 2.0F}}, 1, 2));
    // Item 1 is not known: its vector is zero, and adds nothing.
    CHECK(!model.knows(item_index{1}));
    std::array<double, 4> x{};
    std::array<double, 4> y{};
    for (std::size_t k = 0; k < 2; ++k) {
        x[k] = counter_random{5, 1}.normal(k) / std::sqrt(2.0);
        y[k] = counter_random{5, 2}.normal(k) / std::sqrt(2.0);
    }
    x[2] = std::log(1.5 * 2 / (1 + 3));
    x[3] = y[2] = 1;
    const auto step = [](std::array<double, 4>& moved, const std::array<double, 4>& fixed,
                         std::size_t constant) {
        double score = 0;
        for (std::size_t k = 0; k < 4; ++k)
            score += moved[k] * fixed[k];
        const double slope = 3 - 4 / (1 + std::exp(-score));
        for (std::size_t k = 0; k < 4; ++k) {
            if (k == constant)
                continue;
            const double g = slope * fixed[k] - 0.2 * moved[k];
            moved[k] += 0.3 * g / std::sqrt(g * g + 1e-6);
        }
    };
    step(x, y, 3);
    step(y, x, 2);
    for (std::size_t k = 0; k < 4; ++k) {
        CHECK(static_cast<double>(model.user_factors().row(user_index{0})[k]) ==
              doctest::Approx(x[k]).epsilon(1e-4));
        CHECK(static_cast<double>(model.item_factors().row(item_index{0})[k]) ==
              doctest::Approx(y[k]).epsilon(1e-4));
    }
}

TEST_CASE("planted groups are found, by users of training and by folded-in ones") {
    const user_items matrix = test::planted_groups();
    logistic_mf model{{.factors = 8, .negatives = 4}};
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    model.fit(matrix);
    double hits = 0;
    double all = 0;
    for (std::size_t user = 0; user < 120; ++user)
        for (const auto& [item, score] :
             model.recommend(user_index(user), 4, unseen_by_user{matrix})) {
            hits += item.value() / 15 == user % 4;
            all += 1;
        }
    CHECK(hits > 0.85 * all);
    const float probability =
        model.probability(user_index{0}, matrix.row(user_index{0}).columns()[0]);
    CHECK((probability > 0.4F && probability < 1));
    const std::vector<item_index> basket{item_index{31}, item_index{33}, item_index{36}};
    const auto visitor = model.fold_in(basket);
    CHECK(visitor == model.fold_in(basket));
    hits = 0;
    for (const auto& [item, score] : model.recommend(visitor, 8, excluding(basket)))
        hits += item.value() / 15 == 2;
    CHECK(hits >= 7);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{weighted_item{item_index{0}, -1.0F}}),
                    data_error);
}

TEST_CASE("biases rank items by how many users chose them") {
    std::vector<triplet<user_index, item_index, float>> entries; // item i has 10·i users
    for (std::size_t item = 1; item < 8; ++item)
        for (std::size_t user = 0; user < 10 * item; ++user)
            entries.push_back({user_index((user * 7 + item) % 80), item_index(item), 1.0F});
    logistic_mf model{{.factors = 2, .negatives = 2, .initial_scale = 0.01}};
    model.fit(matrix_of(entries, 80, 8));
    const auto bias = [&](std::size_t item) {
        return model.item_factors().row(item_index(item))[3];
    };
    for (std::size_t item = 4; item < 8; ++item)
        CHECK(bias(item) > bias(item - 3) + 0.5F);
}

TEST_CASE("logistic_mf has the same bits at 1, 2 and 3 threads") {
    const user_items matrix = test::planted_groups(200, 80);
    logistic_mf one{{.factors = 5, .iterations = 3}};
    thread_pool single{1};
    one.fit(matrix, {.pool = &single});
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        logistic_mf other{one.options()};
        other.fit(matrix, {.pool = &pool});
        CHECK(other == one);
    }
}

TEST_CASE("dislikes, cold rows, one item, refused data; a stop leaves the model") {
    logistic_mf model{{.factors = 3, .iterations = 3}};
    model.fit(matrix_of({{user_index{0}, item_index{0}, 1.0F},
                         {user_index{0}, item_index{1}, -2.0F},
                         {user_index{1}, item_index{2}, 1.0F},
                         {user_index{2}, item_index{1}, -1.0F}},
                        4, 3));
    CHECK(model.knows(user_index{0}));
    CHECK(!model.knows(user_index{2}));
    CHECK(!model.knows(user_index{3}));
    CHECK(!model.knows(item_index{1}));
    CHECK(model.recommend(user_index{3}, 2).empty());
    logistic_mf lonely{model.options()};
    lonely.fit(matrix_of({{user_index{0}, item_index{0}, 1.0F}}, 1, 1));
    CHECK(lonely.recommend(user_index{0}, 2).size() == 1);

    const logistic_mf before = model;
    CHECK_THROWS_AS(model.fit(user_items{2, 2}), data_error);
    CHECK_THROWS_AS(model.fit(matrix_of({{user_index{0}, item_index{0}, -1.0F}}, 1, 1)),
                    data_error);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK_THROWS_AS(model.fit(test::planted_groups(), {.stop = stopped.get_token()}), cancelled);
    CHECK(model == before);
    logistic_mf small{{.memory_budget = 100}};
    CHECK_THROWS_WITH_AS(small.fit(test::planted_groups()),
                         doctest::Contains("memory_budget is 100"), memory_budget_error);
}
