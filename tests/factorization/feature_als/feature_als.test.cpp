// SPDX-License-Identifier: MIT
#include <hybrec/factorization/feature_als/feature_als.hpp>

#include "../als/als_fixture.hpp"

#include <hybrec/core/random.hpp>
#include <hybrec/factorization/als/als.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <stop_token>
#include <utility>
#include <vector>

using namespace hybrec;

static_assert(scorer<feature_als<>> && recommender<feature_als<>> && knows_users<feature_als<>>);
static_assert(foldable<feature_als<>> && explainable<feature_als<>> && archivable<feature_als<>> &&
              embedding_model<feature_als<>>);
static_assert(item_similarity_model<feature_als<>> && user_similarity_model<feature_als<>>);

namespace {

/// Every row has the feature of its group, those from `rows` on as well.
template <class Index>
csr_matrix<Index, feature_index, float> groups_of(std::size_t rows, std::size_t per_group) {
    std::vector<triplet<Index, feature_index, float>> entries;
    for (std::size_t row = 0; row < rows; ++row)
        entries.push_back(
            {Index(row), feature_index(per_group == 0 ? row % 4 : row / per_group % 4), 1.0F});
    return build_csr<Index, feature_index, float>(entries, {.row_count = rows, .column_count = 4});
}

/// The planted groups with one more user and one more item, without interactions.
user_items with_cold_rows() {
    const user_items groups = test::planted_groups();
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::size_t user = 0; user < groups.row_count(); ++user)
        for (const auto [item, weight] : groups.row(user_index(user)))
            entries.push_back({user_index(user), item, weight});
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = 121, .column_count = 61});
}

/// Solves a dense system by Gaussian elimination with pivoting.
std::vector<double> solve_dense(std::vector<std::vector<double>> a, std::vector<double> b) {
    const std::size_t n = b.size();
    for (std::size_t k = 0; k < n; ++k) {
        std::size_t pivot = k;
        for (std::size_t row = k; row < n; ++row)
            if (std::abs(a[row][k]) > std::abs(a[pivot][k]))
                pivot = row;
        std::swap(a[k], a[pivot]);
        std::swap(b[k], b[pivot]);
        for (std::size_t row = k + 1; row < n; ++row) {
            const double factor = a[row][k] / a[k][k];
            for (std::size_t at = k; at < n; ++at)
                a[row][at] -= factor * a[k][at];
            b[row] -= factor * b[k];
        }
    }
    for (std::size_t k = n; k-- > 0;) {
        for (std::size_t at = k + 1; at < n; ++at)
            b[k] -= a[k][at] * b[at];
        b[k] /= a[k][k];
    }
    return b;
}

} // namespace

TEST_CASE_TEMPLATE("users solve the equations with the prior", Confidence, hu_koren_volinsky,
                   python_implicit, observed_weight) {
    const user_items matrix = test::planted_groups();
    const auto of_users = groups_of<user_index>(120, 0);
    const auto of_items = groups_of<item_index>(60, 15);
    feature_als<Confidence> model{{.factors = 5, .regularization = 3, .iterations = 3}};
    model.fit(matrix, of_users, of_items);
    const Confidence confidence;
    const auto& items = model.item_factors();
    for (std::size_t user = 0; user < 10; ++user) {
        std::vector<std::vector<double>> a(5, std::vector<double>(5));
        std::vector<double> b(5);
        const auto prior = model.user_weights().row(feature_index(user % 4));
        const auto value = [&](std::size_t item, std::size_t k) {
            return static_cast<double>(items.row(item_index(item))[k]);
        };
        for (std::size_t i = 0; i < 5; ++i) {
            a[i][i] += 3;
            b[i] += 3 * static_cast<double>(prior[i]);
            for (std::size_t j = 0; j < 5; ++j)
                for (std::size_t item = 0; item < 60; ++item)
                    a[i][j] += confidence.unobserved() * value(item, i) * value(item, j);
        }
        for (const auto [item, weight] : matrix.row(user_index(user)))
            for (std::size_t i = 0; i < 5; ++i) {
                b[i] += confidence.target(static_cast<double>(weight)) * value(item.value(), i);
                for (std::size_t j = 0; j < 5; ++j)
                    a[i][j] += confidence.weight(static_cast<double>(weight)) *
                               value(item.value(), i) * value(item.value(), j);
            }
        const auto expected = solve_dense(a, b);
        const auto x = model.user_factors().row(user_index(user));
        const auto copy =
            model.fold_in(matrix.row(user_index(user)), of_users.row(user_index(user)));
        for (std::size_t k = 0; k < 5; ++k) {
            CHECK(static_cast<double>(x[k]) == doctest::Approx(expected[k]).epsilon(1e-3));
            CHECK(copy.values()[k] == doctest::Approx(x[k]).epsilon(1e-4));
        }
    }
}

TEST_CASE("W is the ridge regression of the vectors that have interactions") {
    const auto matrix = with_cold_rows();
    const auto of_items = groups_of<item_index>(61, 15);
    // A single feature per row: (nᵍ + ρ)·wᵍ is the sum of the group's vectors.
    feature_als<> model{
        {.factors = 3, .feature_regularization = 2, .feature_steps = 8, .iterations = 4}};
    model.fit(matrix, user_features{}, of_items);
    for (std::size_t group = 0; group < 4; ++group)
        for (std::size_t k = 0; k < 3; ++k) {
            double sum = 0;
            for (std::size_t item = 15 * group; item < 15 * group + 15; ++item)
                sum += static_cast<double>(model.item_factors().row(item_index(item))[k]);
            CHECK(static_cast<double>(model.item_weights().row(feature_index(group))[k]) ==
                  doctest::Approx(sum / 17).epsilon(1e-4));
        }
    // Item 60 has the feature of group 0 and nothing else.
    for (std::size_t k = 0; k < 3; ++k)
        CHECK(model.item_factors().row(item_index{60})[k] ==
              model.item_weights().row(feature_index{0})[k]);
}

TEST_CASE("without features it is implicit ALS") {
    const user_items matrix = test::planted_groups();
    feature_als<> model{{.factors = 6, .regularization = 0.5, .iterations = 3}};
    model.fit(matrix, user_features{}, item_features{});
    // From the same start.
    factor_table<user_index, float> start(120, 6);
    for (std::size_t user = 0; user < 120; ++user)
        for (std::size_t k = 0; k < 6; ++k)
            start.row(user_index(user))[k] = static_cast<float>(
                0.1 / std::sqrt(6.0) * counter_random{42, 1}.normal(6 * user + k));
    implicit_als<> plain{{.factors = 6, .regularization = 0.5}};
    plain.set_factors(start, factor_table<item_index, float>(60, 6));
    for (int iteration = 0; iteration < 3; ++iteration) {
        plain.update_items(matrix);
        plain.update_users(matrix);
    }
    for (std::size_t user = 0; user < 120; ++user)
        for (std::size_t item = 0; item < 60; ++item)
            CHECK(std::abs(model.score(user_index(user), item_index(item)) -
                           plain.score(user_index(user), item_index(item))) < 1e-3F);
}

TEST_CASE("users and items without interactions are served by their features") {
    const auto matrix = with_cold_rows();
    feature_als<> model{{.factors = 6, .iterations = 8}};
    model.fit(matrix, groups_of<user_index>(121, 0), groups_of<item_index>(61, 15));
    CHECK(model.knows(user_index{120})); // of group 0
    CHECK(model.knows(item_index{60}));
    for (const auto& [item, score] : model.recommend(user_index{120}, 10))
        CHECK((item.value() < 15 || item.value() == 60));
    for (const auto& [item, score] : model.similar_items(item_index{60}, 5))
        CHECK(item.value() < 15);
    const auto features = groups_of<user_index>(4, 0);
    const auto stranger = model.fold_in_features(features.row(user_index{2}));
    for (const auto& [item, score] : model.recommend(stranger, 10))
        CHECK(item.value() / 15 == 2);

    feature_als<> plain{{.factors = 6, .iterations = 8}};
    plain.fit(matrix, user_features{}, item_features{});
    CHECK(!plain.knows(user_index{120}));
    CHECK(!plain.knows(item_index{60}));
    CHECK(plain.recommend(user_index{120}, 5).empty());
    CHECK_THROWS_AS((void)plain.fold_in_features(features.row(user_index{2})), shape_error);
}

TEST_CASE_TEMPLATE("a score is what the history adds and what the prior adds", Confidence,
                   hu_koren_volinsky, python_implicit, observed_weight) {
    const auto matrix = with_cold_rows();
    const auto of_users = groups_of<user_index>(121, 0);
    constexpr std::size_t factors = 4;
    feature_als<Confidence> model{{.factors = factors, .regularization = 3, .iterations = 3}};
    model.fit(matrix, of_users, groups_of<item_index>(61, 15));
    const Confidence confidence;
    double largest_prior_part = 0;
    const auto y = [&](std::size_t item, std::size_t k) {
        return static_cast<double>(model.item_factors().row(item_index(item))[k]);
    };
    for (const std::size_t user : {0U, 7U, 61U}) {
        const auto history = matrix.row(user_index(user));
        // z = A⁻¹·y of the item that is explained.
        const std::size_t target = 20;
        std::vector<std::vector<double>> a(factors, std::vector<double>(factors));
        std::vector<double> b(factors);
        for (std::size_t i = 0; i < factors; ++i) {
            a[i][i] += 3;
            b[i] = y(target, i);
            for (std::size_t j = 0; j < factors; ++j) {
                for (std::size_t item = 0; item < 61; ++item)
                    a[i][j] += confidence.unobserved() * y(item, i) * y(item, j);
                for (const auto [item, weight] : history)
                    a[i][j] += confidence.weight(static_cast<double>(weight)) * y(item.value(), i) *
                               y(item.value(), j);
            }
        }
        const auto z = solve_dense(a, b);
        const auto why = model.explain(user_index(user), item_index(target));
        REQUIRE(why.parts.size() == history.size());
        double total = 0;
        for (const auto& [item, part] : why.parts) {
            double expected = 0;
            for (std::size_t k = 0; k < factors; ++k)
                expected += z[k] * y(item.value(), k);
            const auto at = std::ranges::lower_bound(history.columns(), item);
            const float weight =
                history.values()[static_cast<std::size_t>(at - history.columns().begin())];
            expected *= confidence.target(static_cast<double>(weight));
            CHECK(std::abs(static_cast<double>(part) - expected) < 2e-4);
            total += static_cast<double>(part);
        }
        // λ·⟨z, W f⟩ is left.
        const auto prior = model.user_weights().row(feature_index(user % 4));
        double expected = 0;
        for (std::size_t k = 0; k < factors; ++k)
            expected += 3 * z[k] * static_cast<double>(prior[k]);
        largest_prior_part = std::max(largest_prior_part, std::abs(expected));
        CHECK(std::abs(static_cast<double>(why.remainder) - expected) < 2e-4);
        CHECK(total + static_cast<double>(why.remainder) ==
              doctest::Approx(static_cast<double>(why.score)).epsilon(1e-4));
        CHECK(why.score == model.score(user_index(user), item_index(target)));

        const auto copy = model.fold_in(history, of_users.row(user_index(user)));
        const auto again = model.explain(copy, item_index(target), history);
        CHECK(again.parts.front().index == why.parts.front().index);
        CHECK(std::abs(again.remainder - why.remainder) < 1e-3F);
    }
    CHECK(largest_prior_part > 1e-3);
    // A user without history has the prior's part and nothing else.
    const auto cold = model.explain(user_index{120}, item_index{20});
    CHECK(cold.parts.empty());
    CHECK(cold.remainder == cold.score);
    CHECK(cold.score != 0);
    CHECK_THROWS_AS((void)model.explain(user_index{121}, item_index{0}), shape_error);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{61}), shape_error);
}

TEST_CASE("feature_als explains by histories that it keeps or is given") {
    const user_items matrix = test::planted_groups();
    feature_als<> without{{.factors = 4, .iterations = 2, .keep_history = false}};
    CHECK_THROWS_AS((void)without.explain(user_index{0}, item_index{0}), not_fitted_error);
    without.fit(matrix, user_features{}, item_features{});
    CHECK(without.history() == nullptr);
    CHECK_THROWS_WITH_AS((void)without.explain(user_index{0}, item_index{0}),
                         doctest::Contains("keep_history"), not_fitted_error);
    feature_als<> with{{.factors = 4, .iterations = 2}};
    user_items moved = matrix;
    const void* const entries = moved.values().data();
    with.fit(std::move(moved), user_features{}, item_features{});
    CHECK(with.history()->values().data() == entries); // without a copy
    CHECK(with.item_factors() == without.item_factors());
    CHECK(with.estimate_bytes(10, 10, 1000) > without.estimate_bytes(10, 10, 1000));
    // Without a prior the history accounts for everything.
    const auto why = with.explain(user_index{0}, item_index{1});
    CHECK(std::abs(why.remainder) < 1e-4F);
}

TEST_CASE("feature_als has the same bits at 1, 2 and 3 threads") {
    const user_items matrix = test::planted_groups(200, 80);
    const auto of_users = groups_of<user_index>(200, 0);
    const auto of_items = groups_of<item_index>(80, 20);
    feature_als<> one{{.factors = 5, .iterations = 3}};
    thread_pool single{1};
    one.fit(matrix, of_users, of_items, {.pool = &single});
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        feature_als<> other{one.options()};
        other.fit(matrix, of_users, of_items, {.pool = &pool});
        CHECK(other == one);
    }
}

TEST_CASE("dislikes, one item, refused data; a stop leaves the model") {
    const auto dislike = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 3.0F},
                                                            {user_index{1}, item_index{0}, 2.0F},
                                                            {user_index{1}, item_index{1}, -3.0F},
                                                            {user_index{0}, item_index{1}, 2.0F}},
        {.row_count = 2, .column_count = 2});
    feature_als<python_implicit> model{{.factors = 2, .regularization = 0.1, .iterations = 5}};
    model.fit(dislike, user_features{}, item_features{});
    CHECK(model.score(user_index{1}, item_index{1}) < model.score(user_index{1}, item_index{0}));

    feature_als<> single{{.factors = 3, .iterations = 2}};
    const auto one = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F}});
    single.fit(one, user_features{}, item_features{});
    CHECK(single.recommend(user_index{0}, 3).size() == 1);
    const auto before = single;
    CHECK_THROWS_AS(single.fit(user_items{2, 2}, user_features{}, item_features{}), data_error);
    CHECK_THROWS_AS(single.fit(one, groups_of<user_index>(2, 0), item_features{}), shape_error);
    std::stop_source stopped;
    stopped.request_stop();
    CHECK_THROWS_AS(single.fit(test::planted_groups(), user_features{}, item_features{},
                               {.stop = stopped.get_token()}),
                    cancelled);
    CHECK(single == before);
    feature_als<> small{{.memory_budget = 100}};
    CHECK_THROWS_WITH_AS(small.fit(one, user_features{}, item_features{}),
                         doctest::Contains("memory_budget is 100"), memory_budget_error);
}
