// SPDX-License-Identifier: MIT
#include <hybrec/factorization/explicit_als/explicit_als.hpp>

#include "../matrix_of.hpp"

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

using namespace hybrec;
using test::matrix_of;

static_assert(scorer<explicit_als> && recommender<explicit_als> && knows_users<explicit_als>);
static_assert(foldable<explicit_als> && explainable<explicit_als> && archivable<explicit_als>);
static_assert(embedding_model<explicit_als>);
static_assert(!item_similarity_model<explicit_als> && !user_similarity_model<explicit_als>,
              "vectors with a constant in them say nothing about likeness");

namespace {

double planted(std::size_t user, std::size_t item) {
    const auto taste = [](std::size_t stream, std::size_t at) {
        return counter_random{11, stream}.normal(at);
    };
    return 3.5 + 0.5 * taste(1, user) + 0.4 * taste(2, item) +
           0.5 * taste(3, user) * taste(4, item);
}

/// Ratings with biases and one taste.
user_items planted_ratings(std::size_t users = 60, std::size_t items = 40, double share = 0.5) {
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::size_t user = 0; user < users; ++user)
        for (std::size_t item = 0; item < items; ++item)
            if (counter_random{12, user}.uniform(item) < share)
                entries.push_back(
                    {user_index(user), item_index(item), static_cast<float>(planted(user, item))});
    return matrix_of(entries, users, items);
}

/// The part of the loss that depends on one user's taste and bias, in double.
double user_loss(const explicit_als& model, const user_items& ratings, user_index user,
                 const std::vector<double>& taste, double bias) {
    const auto& options = model.options();
    const std::size_t f = options.factors;
    const auto entries = ratings.row(user);
    double squares = 0;
    for (const double value : taste)
        squares += value * value;
    double total = std::pow(static_cast<double>(entries.size()), options.regularization_exponent) *
                   (options.regularization * squares + options.bias_regularization * bias * bias);
    for (const auto [item, rating] : entries) {
        const auto y = model.item_factors().row(item);
        double predicted = model.mean() + bias + static_cast<double>(y[f + 1]);
        for (std::size_t k = 0; k < f; ++k)
            predicted += taste[k] * static_cast<double>(y[k]);
        total +=
            (static_cast<double>(rating) - predicted) * (static_cast<double>(rating) - predicted);
    }
    return total;
}

} // namespace

TEST_CASE("users minimise their part of the loss") {
    const user_items ratings = planted_ratings();
    for (const double exponent : {0.0, 1.0}) {
        explicit_als model{{.factors = 3,
                            .regularization = 0.05,
                            .bias_regularization = 0.2,
                            .regularization_exponent = exponent,
                            .iterations = 3}};
        model.fit(ratings);
        for (std::size_t user = 0; user < 10; ++user) {
            const auto x = model.user_factors().row(user_index(user));
            const std::vector<double> taste{x.begin(), x.begin() + 3};
            const double bias = static_cast<double>(x[3]) - model.mean();
            CHECK(x[4] == 1);
            const double least = user_loss(model, ratings, user_index(user), taste, bias);
            for (std::size_t k = 0; k < 4; ++k)
                for (const double step : {-0.02, 0.02}) {
                    auto moved = taste;
                    if (k < 3)
                        moved[k] += step;
                    CHECK(user_loss(model, ratings, user_index(user), moved,
                                    bias + (k == 3 ? step : 0)) > least);
                }
        }
    }
}

TEST_CASE("hand-computed: one user, one rating, almost no taste") {
    // μ = 4, so everything else is 0.
    explicit_als model{{.factors = 1, .iterations = 2}};
    model.fit(matrix_of({{user_index{0}, item_index{0}, 4.0F}}, 1, 1));
    CHECK(model.mean() == 4);
    CHECK(model.predict(user_index{0}, item_index{0}) == 4);
    // Two users, one item, ratings 5 and 3, taste held at nothing: μ = 4, bᵢ = 0 by symmetry, and
    // (bᵤ − 1)² + λ·bᵤ² is least at 1/(1 + λ).
    explicit_als biases{
        {.factors = 1, .regularization = 1e6, .bias_regularization = 0.25, .iterations = 3}};
    biases.fit(matrix_of(
        {{user_index{0}, item_index{0}, 5.0F}, {user_index{1}, item_index{0}, 3.0F}}, 3, 2));
    CHECK(static_cast<double>(biases.predict(user_index{0}, item_index{0})) ==
          doctest::Approx(4.8).epsilon(1e-4));
    CHECK(static_cast<double>(biases.predict(user_index{1}, item_index{0})) ==
          doctest::Approx(3.2).epsilon(1e-4));
    // Who is not known adds nothing.
    CHECK(!biases.knows(user_index{2}));
    CHECK(biases.recommend(user_index{2}, 2).empty());
    CHECK(static_cast<double>(biases.predict(user_index{2}, item_index{0})) ==
          doctest::Approx(4).epsilon(1e-4));
    CHECK(static_cast<double>(biases.predict(user_index{0}, item_index{1})) ==
          doctest::Approx(4.8).epsilon(1e-4));
    CHECK(biases.predict(user_index{2}, item_index{1}) == 4);
    CHECK_THROWS_AS((void)biases.predict(user_index{3}, item_index{0}), shape_error);
}

TEST_CASE("ratings that were held out are predicted; the loss falls") {
    const user_items ratings = planted_ratings();
    explicit_als model{{.factors = 2,
                        .regularization = 0.01,
                        .bias_regularization = 0.01,
                        .iterations = 20,
                        .compute_loss = true}};
    const auto report = model.fit(ratings);
    for (std::size_t k = 1; k < report.losses.size(); ++k)
        CHECK(report.losses[k] <= report.losses[k - 1] * (1 + 1e-5));
    double squares = 0;
    double spread = 0;
    std::size_t count = 0;
    for (std::size_t user = 0; user < 60; ++user)
        for (std::size_t item = 0; item < 40; ++item)
            if (!ratings.row(user_index(user)).contains(item_index(item))) {
                const double truth = planted(user, item);
                const double error =
                    truth - static_cast<double>(model.predict(user_index(user), item_index(item)));
                squares += error * error;
                spread += (truth - model.mean()) * (truth - model.mean());
                ++count;
            }
    REQUIRE(count > 500);
    CHECK(squares < 0.05 * spread);
    CHECK(static_cast<double>(model.score(user_index{1}, item_index{2})) ==
          doctest::Approx(planted(1, 2)).epsilon(0.1));
}

TEST_CASE("the same bits at 1, 2 and 3 threads") {
    const user_items ratings = planted_ratings(150, 90);
    explicit_als one{{.factors = 5, .iterations = 3, .compute_loss = true}};
    thread_pool single{1};
    const auto losses = one.fit(ratings, {.pool = &single}).losses;
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        explicit_als other{one.options()};
        CHECK(other.fit(ratings, {.pool = &pool}).losses == losses);
        CHECK(other == one);
    }
}

TEST_CASE("a folded-in copy of a user has the user's vector; parts sum to the rating") {
    const user_items ratings = planted_ratings();
    explicit_als model{{.factors = 4, .iterations = 5}};
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    model.fit(ratings);
    for (std::size_t user = 0; user < 20; ++user) {
        const auto row = ratings.row(user_index(user));
        const auto copy = model.fold_in(row);
        const auto x = model.user_factors().row(user_index(user));
        for (std::size_t k = 0; k < x.size(); ++k)
            CHECK(copy.values()[k] == doctest::Approx(x[k]).epsilon(1e-3));
        for (const std::size_t item : {0U, 7U}) {
            const auto why = model.explain(user_index(user), item_index(item));
            CHECK(why.score == model.score(user_index(user), item_index(item)));
            REQUIRE(why.parts.size() == row.size());
            double sum = static_cast<double>(why.remainder);
            for (const auto& part : why.parts)
                sum += static_cast<double>(part.score);
            CHECK(sum == doctest::Approx(static_cast<double>(why.score)).epsilon(1e-5));
            // What does not come from the user's ratings: μ + bᵢ.
            CHECK(static_cast<double>(why.remainder) ==
                  doctest::Approx(model.mean() + static_cast<double>(
                                                     model.item_factors().row(item_index(item))[5]))
                      .epsilon(1e-3));
            CHECK(std::abs(model.explain(copy, item_index(item), row).remainder - why.remainder) <
                  1e-3F);
        }
    }
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{99}), shape_error);
    explicit_als forgetful{{.factors = 2, .iterations = 1, .keep_history = false}};
    forgetful.fit(ratings);
    CHECK(forgetful.history() == nullptr);
    CHECK_THROWS_AS((void)forgetful.explain(user_index{0}, item_index{0}), not_fitted_error);
}

TEST_CASE("constant, zero and negative ratings; refused data; a stop leaves the model") {
    explicit_als model{{.factors = 2, .iterations = 3}};
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::size_t user = 0; user < 4; ++user)
        for (std::size_t item = 0; item < 3; ++item)
            entries.push_back({user_index(user), item_index(item), -2.5F});
    model.fit(matrix_of(entries, 4, 3));
    CHECK(model.predict(user_index{1}, item_index{1}) == doctest::Approx(-2.5));
    const explicit_als before = model;
    CHECK_THROWS_AS(model.fit(user_items{2, 2}), data_error);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK_THROWS_AS(model.fit(planted_ratings(), {.stop = stopped.get_token()}), cancelled);
    CHECK(model == before);
    explicit_als small{{.memory_budget = 1000}};
    CHECK_THROWS_WITH_AS(small.fit(planted_ratings()), doctest::Contains("memory_budget is 1000"),
                         memory_budget_error);
}

TEST_CASE("the best iteration is kept, and patience ends training") {
    std::size_t calls = 0;
    float kept = 0;
    explicit_als model{{.factors = 2, .iterations = 20, .patience = 2}};
    const auto report = model.fit(planted_ratings(), no_progress{}, [&](const explicit_als& now) {
        if (++calls == 3)
            kept = now.score(user_index{0}, item_index{0});
        return calls == 3 ? 1.0 : 0.0;
    });
    CHECK(report.iterations == 5);
    CHECK(report.best_iteration == 3);
    CHECK(model.score(user_index{0}, item_index{0}) == kept);
    CHECK(model.history() != nullptr);
}
