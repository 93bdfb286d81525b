// SPDX-License-Identifier: MIT
#include <hybrec/linear/random_walk.hpp>

#include "linear_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace hybrec;
using namespace hybrec::test;

static_assert(scorer<random_walk> && recommender<random_walk> && knows_users<random_walk>);
static_assert(foldable<random_walk> && explainable<random_walk> && archivable<random_walk> &&
              item_similarity_model<random_walk>);
static_assert(!embedding_model<random_walk>);

namespace {

dense walks(const dense& x, double alpha, double beta) {
    const std::size_t users = x.size(), items = x.front().size();
    std::vector<double> of_user(users), of_item(items), count(items);
    for (std::size_t u = 0; u < users; ++u)
        for (std::size_t i = 0; i < items; ++i) {
            of_user[u] += std::max(0.0, x[u][i]);
            of_item[i] += std::max(0.0, x[u][i]);
            count[i] += x[u][i] > 0;
        }
    dense b = zeros(items, items);
    for (std::size_t u = 0; u < users; ++u)
        for (std::size_t i = 0; i < items; ++i)
            for (std::size_t j = 0; j < items; ++j)
                if (i != j && x[u][i] > 0 && x[u][j] > 0)
                    b[i][j] += std::pow(x[u][i] / of_item[i], alpha) *
                               std::pow(x[u][j] / of_user[u], alpha) / std::pow(count[j], beta);
    return b;
}

} // namespace

TEST_CASE("random_walk by hand") {
    // From item 0 its users 0 and 1 with ½ each; from user 0 item 1 with ½, from user 1 with ⅓.
    const user_items matrix = from_dense({{1, 1, 0}, {1, 1, 1}});
    random_walk p3{{.alpha = 1, .beta = 0}};
    p3.fit(matrix);
    CHECK(p3.coefficient(item_index{0}, item_index{1}) == doctest::Approx(0.25 + 1.0 / 6));
    CHECK(p3.coefficient(item_index{0}, item_index{2}) == doctest::Approx(1.0 / 6));
    CHECK(p3.coefficient(item_index{0}, item_index{0}) == 0);
    random_walk rp3{{.alpha = 1, .beta = 1}};
    rp3.fit(matrix);
    CHECK(rp3.coefficient(item_index{0}, item_index{1}) ==
          doctest::Approx((0.25 + 1.0 / 6) / 2)); // item 1 has two users
}

TEST_CASE("random_walk follows its definition") {
    for (const bool signs : {false, true})
        for (const double alpha : {1.0, 0.7}) {
            const double beta = alpha == 1 ? 0 : 0.4;
            CAPTURE(signs);
            CAPTURE(alpha);
            const dense x = random_dense(30, 20, signs);
            const user_items matrix = from_dense(x);
            random_walk model{{.alpha = alpha, .beta = beta, .neighbors = 0}};
            model.fit(matrix);
            check_scores(model, matrix, product(x, walks(x, alpha, beta)), 1e-5);
        }
}

TEST_CASE("random_walk keeps the best neighbours of each item") {
    const dense x = random_dense(30, 20);
    const user_items matrix = from_dense(x);
    random_walk all{{.neighbors = 0}};
    all.fit(matrix);
    random_walk best{{.neighbors = 3}};
    best.fit(matrix);
    for (std::size_t from = 0; from + 1 < 20; ++from) {
        const auto row = all.coefficients().row(item_index(from));
        const auto kept = best.coefficients().row(item_index(from));
        ranking<item_index> expected;
        for (const auto [to, value] : row)
            expected.push_back({to, value});
        std::sort(expected.begin(), expected.end(), ranks_before<item_index, float>);
        REQUIRE(kept.size() == std::min<std::size_t>(3, row.size()));
        for (std::size_t at = 0; at < kept.size(); ++at)
            CHECK(best.coefficient(item_index(from), expected[at].index) == expected[at].score);
    }
}

TEST_CASE("random_walk keeps the rules of fitting") {
    check_fit_rules(random_walk{}, from_dense(random_dense(60, 90)));
    for (const dense& x : {dense{{1}}, dense{{2, 0, 1}}, dense{{1, 1}, {1, 1}}, dense{{-1, -1}}}) {
        random_walk model;
        model.fit(from_dense(x));
        for (std::size_t item = 0; item < x.front().size(); ++item)
            CHECK(std::isfinite(model.score(user_index{0}, item_index(item))));
    }
    CHECK_THROWS_WITH_AS(random_walk{{.alpha = 0}}, doctest::Contains("random_walk: alpha is 0"),
                         option_error);
    CHECK_THROWS_AS(random_walk{{.beta = -1}}, option_error);
    random_walk small{{.memory_budget = 1000}};
    CHECK_THROWS_WITH_AS(small.fit(from_dense(random_dense(30, 20))),
                         doctest::Contains("memory_budget is 1000"), memory_budget_error);
}
