// SPDX-License-Identifier: MIT
#include <hybrec/factorization/bpr/pairwise_factorization.hpp>

#include "../als/als_fixture.hpp"
#include "../matrix_of.hpp"

#include <hybrec/factorization/bpr/bpr.hpp>
#include <hybrec/factorization/bpr/warp.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <limits>
#include <stop_token>
#include <vector>

using namespace hybrec;
using test::matrix_of;

namespace {

/// Whether most of what a model recommends beyond the history is of the user's group.
template <class Model>
double share_of_own_group(const Model& model, const user_items& matrix) {
    double hits = 0;
    double all = 0;
    for (std::size_t user = 0; user < matrix.row_count(); ++user)
        for (const auto& [item, score] :
             model.recommend(user_index(user), 5, unseen_by_user{matrix})) {
            hits += item.value() / 15 == user % 4 ? 1.0 : 0.0;
            all += 1;
        }
    return hits / all;
}

} // namespace

TEST_CASE("one step is that of the paper, biases included") {
    // The first user has item 0 and not item 1: every draw is the same. The second has both, and so
    // never a negative, but makes item 1 one that was chosen.
    const auto matrix = matrix_of({{user_index{0}, item_index{0}, 3.0F},
                                   {user_index{1}, item_index{0}, 1.0F},
                                   {user_index{1}, item_index{1}, 1.0F}},
                                  2, 2);
    for (const bool has_bias : {true, false})
        for (const std::size_t epochs : {1U, 3U}) {
            bpr model{{.factors = 3,
                       .learning_rate = 0.5,
                       .user_regularization = 0.1,
                       .item_regularization = 0.2,
                       .bias_regularization = 0.3,
                       .item_bias = has_bias,
                       .epochs = epochs,
                       .seed = 9,
                       .initial_scale = 1}};
            model.fit(matrix);
            std::array<double, 3> x{};
            std::array<std::array<double, 3>, 2> y{};
            std::array<double, 2> b{};
            for (std::size_t k = 0; k < 3; ++k) {
                x[k] = counter_random{9, 1}.normal(k) / std::sqrt(3.0);
                y[0][k] = counter_random{9, 2}.normal(k) / std::sqrt(3.0);
                y[1][k] = counter_random{9, 2}.normal(3 + k) / std::sqrt(3.0);
            }
            for (std::size_t epoch = 0; epoch < epochs; ++epoch) {
                double margin = b[0] - b[1];
                for (std::size_t k = 0; k < 3; ++k)
                    margin += x[k] * (y[0][k] - y[1][k]);
                const double pull = 1 / (1 + std::exp(margin));
                for (std::size_t k = 0; k < 3; ++k) {
                    const double old = x[k];
                    x[k] += 0.5 * (pull * (y[0][k] - y[1][k]) - 0.1 * x[k]);
                    y[0][k] += 0.5 * (pull * old - 0.2 * y[0][k]);
                    y[1][k] += 0.5 * (-pull * old - 0.2 * y[1][k]);
                }
                if (has_bias) {
                    b[0] += 0.5 * (pull - 0.3 * b[0]);
                    b[1] += 0.5 * (-pull - 0.3 * b[1]);
                }
            }
            for (std::size_t item = 0; item < 2; ++item) {
                double score = b[item];
                for (std::size_t k = 0; k < 3; ++k) {
                    score += x[k] * y[item][k];
                    CHECK(static_cast<double>(model.item_factors().row(item_index(item))[k]) ==
                          doctest::Approx(y[item][k]).epsilon(1e-5));
                }
                CHECK(static_cast<double>(model.bias(item_index(item))) ==
                      doctest::Approx(b[item]).epsilon(1e-5));
                CHECK(static_cast<double>(model.score(user_index{0}, item_index(item))) ==
                      doctest::Approx(score).epsilon(1e-5));
            }
        }
}

TEST_CASE_TEMPLATE("pairwise models find planted groups; the loss falls", Model, bpr, warp) {
    const user_items matrix = test::planted_groups();
    // WARP, whose steps do not fade before a margin of 1, needs fewer.
    const std::size_t epochs = std::same_as<Model, warp> ? 10 : 40;
    Model model{{.factors = 8, .epochs = epochs, .compute_loss = true}};
    const fit_report report = model.fit(matrix);
    REQUIRE(report.losses.size() == epochs);
    CHECK(report.losses.back() < 0.8 * report.losses.front());
    CHECK(report.best_iteration == epochs);
    CHECK(share_of_own_group(model, matrix) > 0.9);
    const auto alike = model.similar_items(item_index{0}, 5);
    REQUIRE(alike.size() == 5);
    CHECK(alike.front().index.value() < 15);
}

TEST_CASE_TEMPLATE("pairwise models have the same bits for any number of threads", Model, bpr,
                   warp) {
    // Enough users and items for several strata.
    const user_items matrix = test::planted_groups(400, 300, 10);
    REQUIRE(detail::strata<>::count_for(400, 300) == 4);
    Model one{{.factors = 5, .epochs = 3, .compute_loss = true}};
    thread_pool single{1};
    const auto losses = one.fit(matrix, {.pool = &single}).losses;
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        Model other{one.options()};
        CHECK(other.fit(matrix, {.pool = &pool}).losses == losses);
        CHECK(other == one);
    }
    Model reseeded{{.factors = 5, .epochs = 3, .seed = 7, .compute_loss = true}};
    reseeded.fit(matrix);
    CHECK(!(reseeded == one));
}

TEST_CASE_TEMPLATE("threads that race learn as well; one thread has nobody to race with", Model,
                   bpr, warp) {
    const user_items matrix = test::planted_groups(400, 300, 10);
    Model ordered{{.factors = 5, .epochs = 12}};
    Model racy{{.factors = 5, .epochs = 12, .racy = true}};
    thread_pool single{1};
    ordered.fit(matrix, {.pool = &single});
    racy.fit(matrix, {.pool = &single});
    CHECK(racy.user_factors() == ordered.user_factors());
    CHECK(racy.item_factors() == ordered.item_factors());
    thread_pool pool{3};
    racy.fit(matrix, {.pool = &pool});
    CHECK(share_of_own_group(racy, matrix) > share_of_own_group(ordered, matrix) - 0.05);
}

TEST_CASE("only the sign of an entry counts; a negative one is as if it were not there") {
    const auto plain = matrix_of({{user_index{0}, item_index{0}, 1.0F},
                                  {user_index{1}, item_index{1}, 1.0F},
                                  {user_index{1}, item_index{2}, 1.0F}},
                                 3, 4);
    const auto signed_matrix = matrix_of({{user_index{0}, item_index{0}, 7.0F},
                                          {user_index{0}, item_index{3}, -2.0F},
                                          {user_index{1}, item_index{1}, 0.5F},
                                          {user_index{1}, item_index{2}, 1.0F},
                                          {user_index{2}, item_index{2}, -1.0F}},
                                         3, 4);
    bpr first{{.factors = 4, .epochs = 5}};
    bpr second = first;
    first.fit(plain);
    second.fit(signed_matrix);
    CHECK(first == second);
    CHECK(!second.knows(user_index{2}));
    CHECK(second.recommend(user_index{2}, 3).empty());
    bpr third{first.options()};
    CHECK_THROWS_AS(third.fit(matrix_of({{user_index{0}, item_index{0}, -1.0F}}, 1, 1)),
                    data_error);
}

TEST_CASE("degenerate matrices: one item, a user who has everything, empty rows and columns") {
    bpr lonely{{.factors = 2, .epochs = 3}};
    lonely.fit(matrix_of({{user_index{0}, item_index{0}, 1.0F}}, 1, 1));
    CHECK(lonely.recommend(user_index{0}, 5).size() == 1);

    warp sated{{.factors = 2, .epochs = 3}};
    sated.fit(matrix_of(
        {{user_index{0}, item_index{0}, 1.0F}, {user_index{0}, item_index{1}, 1.0F}}, 1, 2));
    CHECK(sated.recommend(user_index{0}, 5).size() == 2);

    CHECK_THROWS_AS(lonely.fit(user_items{3, 3}), data_error);
    bpr diverging{{.factors = 4, .learning_rate = 1e30, .epochs = 3}};
    CHECK_THROWS_AS(diverging.fit(test::planted_groups()), numeric_error);
    CHECK(diverging.item_count() == 0);
}

TEST_CASE_TEMPLATE("who chose nothing, and what nobody chose, is not known and not recommended",
                   Model, bpr, warp) {
    // Items 0, 2, 4, … of twice as many; the last user has no entry.
    const user_items groups = test::planted_groups();
    std::vector<triplet<user_index, item_index, float>> triplets;
    for (std::size_t user = 0; user < groups.row_count(); ++user)
        for (const auto [item, weight] : groups.row(user_index(user)))
            triplets.push_back({user_index(user), item_index(2 * item.value()), weight});
    const std::size_t users = groups.row_count() + 1;
    const auto matrix = matrix_of(triplets, users, 2 * groups.column_count());
    Model model{{.factors = 8, .epochs = 20}};
    model.fit(matrix);
    const user_index nobody(users - 1);
    CHECK(!model.knows(nobody));
    CHECK(model.recommend(nobody, 3).empty());
    for (std::size_t item = 0; item < matrix.column_count(); ++item) {
        CHECK(model.knows(item_index(item)) == (item % 2 == 0));
        if (item % 2 == 1)
            CHECK(model.score(user_index{0}, item_index(item)) == 0);
    }
    CHECK(model.similar_items(item_index{1}, 3).empty());

    // A user's list has all chosen items, those with scores below 0 too, and no other.
    const auto lists = model.recommend_all(matrix.column_count());
    for (std::size_t user = 0; user + 1 < users; ++user) {
        const auto list = model.recommend(user_index(user), matrix.column_count());
        REQUIRE(list.size() == groups.column_count());
        CHECK(list.back().score < 0);
        CHECK(std::ranges::equal(list, lists[user]));
        CHECK(
            std::ranges::all_of(list, [](const auto& one) { return one.index.value() % 2 == 0; }));
    }
    const std::vector basket{item_index{0}, item_index{2}};
    CHECK(model.recommend(model.fold_in(basket), 500, excluding(basket)).size() ==
          groups.column_count() - 2);
}

TEST_CASE("a stopped, refused or failed fit leaves the model as it was") {
    const user_items matrix = test::planted_groups();
    bpr model{{.factors = 4, .epochs = 2}};
    model.fit(matrix);
    const bpr before = model;
    std::stop_source stopped;
    CHECK_THROWS_AS(model.fit(matrix,
                              [&](const progress_event& event) {
                                  if (event.step == 1)
                                      stopped.request_stop();
                              },
                              {.stop = stopped.get_token()}),
                    cancelled);
    CHECK(model == before);

    const std::size_t bytes =
        model.estimate_bytes(matrix.row_count(), matrix.column_count(), matrix.entry_count());
    bpr small{{.factors = 4, .epochs = 2, .memory_budget = bytes - 1}};
    CHECK_THROWS_WITH_AS(small.fit(matrix), doctest::Contains(std::to_string(bytes).c_str()),
                         memory_budget_error);
    bpr enough{{.factors = 4, .epochs = 2, .memory_budget = bytes}};
    CHECK_NOTHROW(enough.fit(matrix));
}

TEST_CASE("the best epoch is kept, and patience ends training") {
    const user_items matrix = test::planted_groups();
    std::vector<float> seen;
    const auto validator = [&](const bpr& model) {
        seen.push_back(model.score(user_index{0}, item_index{0}));
        return seen.size() == 2 ? 1.0 : 0.5;
    };
    bpr model{{.factors = 4, .epochs = 20, .patience = 3}};
    const auto report = model.fit(matrix, no_progress{}, validator);
    CHECK(report.iterations == 5);
    CHECK(report.best_iteration == 2);
    CHECK(report.reason == stop_reason::validation);
    CHECK(model.score(user_index{0}, item_index{0}) == seen[1]);
    bpr two{{.factors = 4, .epochs = 2, .patience = 3}};
    two.fit(matrix);
    CHECK(two.item_factors() == model.item_factors());
    CHECK(two.user_factors() == model.user_factors());
}

TEST_CASE_TEMPLATE("a folded-in user is recommended what members of the group like", Model, bpr,
                   warp) {
    const user_items matrix = test::planted_groups();
    Model model{{.factors = 8, .epochs = 40}};
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    model.fit(matrix);
    const std::vector<item_index> basket{item_index{31}, item_index{33}, item_index{36}};
    const auto visitor = model.fold_in(basket);
    CHECK(visitor == model.fold_in(basket));
    std::size_t hits = 0;
    for (const auto& [item, score] : model.recommend(visitor, 8, excluding(basket)))
        hits += item.value() / 15 == 2;
    CHECK(hits >= 7);
    CHECK_THROWS_AS((void)model.fold_in(std::vector<item_index>{}), data_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{60}}), shape_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{weighted_item{item_index{0}, -1.0F}}),
                    data_error);
}
