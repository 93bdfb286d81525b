// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/als.hpp>

#include "../matrix_of.hpp"
#include "als_fixture.hpp"

#include <hybrec/data/split_random.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/evaluation/validation_metric.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/foreign.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

using namespace hybrec;
using test::matrix_of;

static_assert(scorer<implicit_als<>> && recommender<implicit_als<>> && foldable<implicit_als<>>);
static_assert(embedding_model<implicit_als<>> && item_similarity_model<implicit_als<>> &&
              user_similarity_model<implicit_als<>> && explainable<implicit_als<>>);
static_assert(knows_users<implicit_als<>> && archivable<implicit_als<>>);

namespace {

template <class Model, class Matrix>
concept can_fit = requires(Model& model, const Matrix& matrix) {
    model.fit(matrix);
};

static_assert(can_fit<implicit_als<>, user_items>);
static_assert(can_fit<implicit_als<>, user_items_view>);
static_assert(!can_fit<implicit_als<>, item_users>, "a transposed matrix must not compile");
static_assert(!can_fit<implicit_als<>, int>);

} // namespace

TEST_CASE_TEMPLATE("implicit_als lowers its loss with every iteration", Solver, exact,
                   conjugate_gradient, subspace) {
    const user_items matrix = test::planted_groups();
    implicit_als<Solver> model{{.factors = 12, .iterations = 8, .compute_loss = true}};
    const fit_report report = model.fit(matrix);
    REQUIRE(report.losses.size() == 8);
    for (std::size_t at = 1; at < report.losses.size(); ++at)
        CHECK(report.losses[at] <= report.losses[at - 1] * (1 + 1e-6));
    CHECK(report.losses.back() < 0.8 * report.losses.front());
    CHECK(model.loss(matrix) <= report.losses.back() * (1 + 1e-6)); // users aligned once more
    CHECK(report.reason == stop_reason::iterations);
}

TEST_CASE_TEMPLATE("implicit_als learns planted groups", Solver, exact, conjugate_gradient,
                   subspace) {
    const user_items matrix = test::planted_groups();
    implicit_als<Solver, hu_koren_volinsky, double> model{{.factors = 8, .regularization = 1}};
    model.fit(matrix);
    std::size_t right = 0;
    std::size_t all = 0;
    for (std::size_t user = 0; user < matrix.row_count(); ++user)
        for (const auto& [item, score] : model.recommend(user_index(user), 5)) {
            right += item.value() / 15 == user % 4;
            ++all;
        }
    CHECK(all == 5 * matrix.row_count());
    CHECK(right > 95 * all / 100);
}

TEST_CASE_TEMPLATE("implicit_als gives the same bits for any number of threads", Solver, exact,
                   conjugate_gradient, subspace) {
    const user_items matrix = test::planted_groups();
    const auto fitted = [&](std::size_t threads) {
        thread_pool pool{threads};
        implicit_als<Solver> model{{.factors = 20, .iterations = 4}};
        model.fit(matrix, {.pool = &pool});
        return model;
    };
    const auto one = fitted(1);
    for (const std::size_t threads : {2u, 3u})
        CHECK(fitted(threads) == one);
    implicit_als<Solver> other_seed{{.factors = 20, .iterations = 4, .seed = 43}};
    other_seed.fit(matrix);
    CHECK_FALSE(other_seed.user_factors() == one.user_factors());
}

TEST_CASE("implicit_als fits what others hold, without copying it") {
    const user_items matrix = test::planted_groups(60, 40, 8);
    const std::vector<std::int32_t> offsets(matrix.offsets().begin(), matrix.offsets().end());
    std::vector<std::int32_t> columns;
    for (const item_index item : matrix.columns())
        columns.push_back(static_cast<std::int32_t>(item.value()));
    const foreign_csr<user_index, item_index, float> foreign{
        std::span<const std::int32_t>{offsets}, std::span<const std::int32_t>{columns},
        matrix.values(), matrix.column_count()};
    implicit_als own{{.factors = 5, .iterations = 2}};
    own.fit(matrix);
    implicit_als other{{.factors = 5, .iterations = 2}};
    other.fit(foreign);
    CHECK(other == own);
    other.fit(matrix.view());
    CHECK(other == own);
    auto copy = matrix;
    other.fit(std::move(copy)); // kept as history without a copy
    CHECK(other == own);
}

TEST_CASE("implicit_als permutes its result with its users") {
    const user_items matrix = test::planted_groups(60, 40, 8);
    std::vector<triplet<user_index, item_index, float>> reversed;
    for (std::size_t user = 0; user < 60; ++user)
        for (const auto [item, value] : matrix.row(user_index(user)))
            reversed.push_back({user_index(59 - user), item, value});
    const auto mirrored = build_csr<user_index, item_index, float>(reversed, {.column_count = 40});
    implicit_als<exact, hu_koren_volinsky, double> model{{.factors = 5, .iterations = 3}};
    auto other = model;
    model.fit(matrix); // item factors start from the same numbers, users do not matter to `exact`
    other.fit(mirrored);
    for (std::size_t user = 0; user < 60; ++user)
        for (std::size_t item = 0; item < 40; ++item)
            CHECK(model.score(user_index(user), item_index(item)) ==
                  doctest::Approx(other.score(user_index(59 - user), item_index(item)))
                      .epsilon(1e-8));
}

TEST_CASE("implicit_als stops by tolerance and by a validator, whose best factors it keeps") {
    const user_items matrix = test::planted_groups();
    SUBCASE("tolerance") {
        implicit_als model{{.factors = 8, .iterations = 500, .tolerance = 1e-3}};
        const fit_report report = model.fit(matrix);
        CHECK(report.reason == stop_reason::tolerance);
        CHECK(report.iterations < 500);
        CHECK(report.losses.size() == report.iterations);
    }
    SUBCASE("validator") {
        int calls = 0;
        implicit_als model{{.factors = 8, .iterations = 50, .patience = 2, .align_users = false}};
        const fit_report report =
            model.fit(matrix, no_progress{}, [&](const auto&) { return ++calls == 3 ? 5.0 : 1.0; });
        CHECK(report.reason == stop_reason::validation);
        CHECK(report.iterations == 5);
        CHECK(report.best_iteration == 3);
        implicit_als three{{.factors = 8, .iterations = 3, .align_users = false}};
        three.fit(matrix);
        CHECK(model.item_factors() == three.item_factors());
        CHECK(model.user_factors() == three.user_factors());
    }
}

TEST_CASE("implicit_als stops by a ranking metric on held-out interactions") {
    const split parts = split_random(test::planted_groups(), {.test_fraction = 0.2, .seed = 1});
    implicit_als model{{.factors = 8, .iterations = 60, .patience = 3}};
    const validation_metric validate{parts.train, parts.test, ndcg{.k = 10}};
    const fit_report report = model.fit(parts.train, no_progress{}, validate);
    REQUIRE(report.validation_scores.size() == report.iterations);
    CHECK(report.validation_scores[report.best_iteration - 1] ==
          *std::max_element(report.validation_scores.begin(), report.validation_scores.end()));
    if (report.reason == stop_reason::validation)
        CHECK(report.iterations == report.best_iteration + 3);
    else
        CHECK(report.iterations == 60);
}

TEST_CASE("implicit_als reports progress and can be cancelled without losing its state") {
    const user_items matrix = test::planted_groups();
    implicit_als model{{.factors = 8, .iterations = 3, .compute_loss = true}};
    std::vector<std::size_t> steps;
    std::string measure;
    model.fit(matrix, [&](const progress_event& event) {
        steps.push_back(event.step);
        measure = event.measure;
        CHECK(event.steps == 3);
    });
    CHECK(steps == std::vector<std::size_t>{0, 1, 2, 3});
    CHECK(measure == "loss");

    const auto before = model;
    std::stop_source source;
    const auto cancel = [&](const progress_event& event) {
        if (event.step == 2)
            source.request_stop();
    };
    CHECK_THROWS_AS(model.fit(matrix, cancel, {.stop = source.get_token()}), cancelled);
    CHECK(model == before);
}

TEST_CASE("implicit_als continues from its factors, on more data") {
    const user_items matrix = test::planted_groups();
    implicit_als whole{{.factors = 8, .iterations = 4, .align_users = false}};
    whole.fit(matrix);
    implicit_als halves{{.factors = 8, .iterations = 2, .align_users = false}};
    halves.fit(matrix);
    thread_pool pool{2};
    halves.refit(matrix, execution{.pool = &pool});
    CHECK(halves.item_factors() == whole.item_factors());

    const user_items larger = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{130}, item_index{2}, 1.0F},
                                                            {user_index{0}, item_index{70}, 1.0F}});
    halves.refit(larger);
    CHECK(halves.user_count() == 131);
    CHECK(halves.item_count() == 71);
    CHECK_THROWS_AS(halves.refit(matrix), shape_error);
}

TEST_CASE("implicit_als refits with new users and items from where the others were") {
    als_options options{.factors = 8, .iterations = 6, .compute_loss = true};
    implicit_als model{options};
    model.fit(test::planted_groups());
    // Four more users, and four more items, which everybody of a group has.
    const user_items more_users = test::planted_groups(124);
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::size_t user = 0; user < 124; ++user) {
        for (const item_index item : more_users.row(user_index(user)).columns())
            entries.push_back({user_index(user), item, 1.0F});
        entries.push_back({user_index(user), item_index(60 + user % 4), 1.0F});
    }
    const auto larger = build_csr<user_index, item_index, float>(entries);
    options.iterations = 4;
    const auto afresh = implicit_als{options}.fit(larger);
    const auto continued = model.refit(larger);
    // One iteration comes further than four from random factors, as those that were there stay.
    CHECK(continued.losses.front() < afresh.losses.back());
}

TEST_CASE("implicit_als refuses what it cannot learn from, with a typed error") {
    implicit_als model{{.factors = 4, .iterations = 2}};
    CHECK_THROWS_AS(model.fit(user_items{}), data_error);
    CHECK_THROWS_AS(model.fit(user_items{5, 7}), data_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{0}), not_fitted_error);
    CHECK_THROWS_AS((void)model.recommend(user_index{0}, 3), shape_error);

    auto bad = test::planted_groups(20, 8, 3);
    bad.values()[4] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(model.fit(bad), data_error);
    bad.values()[4] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS(model.fit(bad), data_error);

    implicit_als budgeted{{.factors = 4, .memory_budget = 1000}};
    CHECK_THROWS_AS(budgeted.fit(test::planted_groups()), memory_budget_error);
    CHECK(budgeted.estimate_bytes(100, 50, 1000) > 1000);
    CHECK(implicit_als{{.factors = 128}}.estimate_bytes(100, 50, 1000) >
          budgeted.estimate_bytes(100, 50, 1000));
}

TEST_CASE("implicit_als names the row of a singular system") {
    // One entry per user cannot determine 4 factors once nothing else holds the system up.
    const user_items matrix =
        matrix_of({{user_index{1}, item_index{0}, 1}, {user_index{2}, item_index{1}, 1}});
    implicit_als model{als_options{.factors = 4, .regularization = 0}, exact{},
                       observed_weight{.unobserved_weight = 0}};
    CHECK_THROWS_WITH_AS(model.fit(matrix),
                         doctest::Contains("least-squares system of user 1 is singular"),
                         numeric_error);
    CHECK_FALSE(model.fitted());

    // A half-iteration that fails leaves every row as it was: user 0, who has no entries and is
    // solved (to zero) before user 1 fails, as well.
    factor_table<user_index, float> users(3, 4);
    users.row(user_index{0})[2] = 5;
    model.set_factors(users, factor_table<item_index, float>(2, 4));
    const auto before = model;
    CHECK_THROWS_AS(model.update_users(matrix), numeric_error);
    CHECK(model == before);
}

TEST_CASE("implicit_als names the lowest of several singular rows, whatever the threads") {
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::uint32_t user = 7; user < 600; ++user)
        entries.push_back({user_index{user}, item_index{user % 2}, 1.0F});
    const user_items matrix = matrix_of(entries, 600, 2);
    implicit_als model{als_options{.factors = 4, .regularization = 0}, exact{},
                       observed_weight{.unobserved_weight = 0}};
    thread_pool pool{3};
    for (int time = 0; time < 20; ++time)
        CHECK_THROWS_WITH_AS(model.fit(matrix, {.pool = &pool}),
                             doctest::Contains("least-squares system of user 7 is singular"),
                             numeric_error);
}

TEST_CASE("implicit_als takes users and items without interactions, and a single user") {
    const user_items sparse = matrix_of({{user_index{1}, item_index{2}, 1}}, 4, 5);
    implicit_als model{{.factors = 4, .iterations = 3}};
    model.fit(sparse);
    CHECK(model.knows(user_index{1}));
    CHECK_FALSE(model.knows(user_index{0}));
    CHECK_FALSE(model.knows(user_index{99}));
    CHECK(model.knows(item_index{2}));
    CHECK_FALSE(model.knows(item_index{0}));
    CHECK(model.recommend(user_index{0}, 3).empty());
    CHECK(model.similar_items(item_index{0}, 3).empty());
    CHECK(model.recommend(user_index{1}, 3).front().index == item_index{2});

    const user_items single = matrix_of({{user_index{0}, item_index{0}, 2}});
    model.fit(single);
    CHECK(model.recommend(user_index{0}, 10).size() == 1);
    CHECK(model.similar_users(user_index{0}, 10).empty());
}

TEST_CASE("a negative weight is a dislike in the convention of Python implicit") {
    auto matrix = test::planted_groups(80, 40, 10);
    for (float& value : matrix.values())
        value = 3;
    const item_index item = matrix.columns()[0];
    implicit_als model{als_options{.factors = 8}, exact{}, python_implicit{}};
    model.fit(matrix);
    const float liked = model.score(user_index{0}, item);
    matrix.values()[0] = -3;
    model.fit(matrix);
    CHECK(model.score(user_index{0}, item) < liked - 0.1F);
}
