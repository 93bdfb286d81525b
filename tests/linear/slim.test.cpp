// SPDX-License-Identifier: MIT
#include <hybrec/linear/slim.hpp>

#include "linear_fixture.hpp"

#include <hybrec/data/synthetic.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <functional>

using namespace hybrec;
using namespace hybrec::test;

static_assert(scorer<slim> && recommender<slim> && knows_users<slim> && archivable<slim>);
static_assert(foldable<slim> && explainable<slim> && item_similarity_model<slim>);
static_assert(!embedding_model<slim> && !user_similarity_model<slim>);

namespace {

/// Proximal gradient steps on the definition until nothing moves.
dense elastic_net(const dense& x, double l1, double l2, bool non_negative) {
    const dense g = gram(x);
    const std::size_t items = g.size();
    double bound = l2;
    for (const auto& row : g) {
        double sum = l2;
        for (const double value : row)
            sum += std::abs(value);
        bound = std::max(bound, sum);
    }
    dense b = zeros(items, items);
    for (std::size_t j = 0; j < items; ++j) {
        std::vector<double> w(items);
        for (int step = 0; step < 20000; ++step) {
            const std::vector<double> before = w;
            for (std::size_t i = 0; i < items; ++i) {
                if (i == j)
                    continue;
                double slope = g[i][j] - l2 * before[i];
                for (std::size_t k = 0; k < items; ++k)
                    slope -= g[i][k] * before[k];
                const double moved = before[i] + slope / bound;
                const double shrunk = std::max(0.0, std::abs(moved) - l1 / bound);
                w[i] = moved < 0 ? (non_negative ? 0 : -shrunk) : shrunk;
            }
        }
        for (std::size_t i = 0; i < items; ++i)
            b[i][j] = w[i];
    }
    return b;
}

} // namespace

TEST_CASE("slim: one coefficient by hand") {
    // G_01 = 2, G_00 = 3, G_11 = 2: w = (2 − 0.5) / (3 + 1) for item 1, (2 − 0.5) / (2 + 1) for 0.
    const user_items matrix = from_dense({{1, 1}, {1, 1}, {1, 0}});
    slim model{{.l1 = 0.5, .l2 = 1}};
    model.fit(matrix);
    CHECK(model.coefficient(item_index{0}, item_index{1}) == doctest::Approx(1.5 / 4));
    CHECK(model.coefficient(item_index{1}, item_index{0}) == doctest::Approx(0.5));
    slim harsh{{.l1 = 2, .l2 = 1}};
    harsh.fit(matrix);
    CHECK(harsh.coefficients().entry_count() == 0);
    CHECK(harsh.recommend(user_index{2}, 3).empty());
}

TEST_CASE("slim minimises the elastic net") {
    for (const bool signs : {false, true})
        for (const bool non_negative : {false, true}) {
            CAPTURE(signs);
            CAPTURE(non_negative);
            const dense x = random_dense(30, 12, signs);
            const user_items matrix = from_dense(x);
            slim model{{.l1 = 3,
                        .l2 = 8,
                        .non_negative = non_negative,
                        .iterations = 1000,
                        .tolerance = 1e-6}};
            model.fit(matrix);
            const dense b = elastic_net(x, 3, 8, non_negative);
            check_scores(model, matrix, product(x, b), 2e-3);
            bool below = false;
            for (std::size_t i = 0; i < 12; ++i)
                for (std::size_t j = 0; j < 12; ++j) {
                    CHECK(std::abs(
                              static_cast<double>(model.coefficient(item_index(i), item_index(j))) -
                              b[i][j]) < 1e-4);
                    below = below || b[i][j] < 0;
                }
            CHECK(below != non_negative);
        }
}

TEST_CASE("slim keeps the largest coefficients of each item's model") {
    const user_items matrix = from_dense(random_dense(40, 15));
    slim all{{.l1 = 0.5, .l2 = 5}};
    all.fit(matrix);
    slim best{{.l1 = 0.5, .l2 = 5, .neighbors = 2}};
    best.fit(matrix);
    for (std::size_t to = 0; to < 15; ++to) {
        std::vector<float> values;
        for (std::size_t from = 0; from < 15; ++from)
            values.push_back(all.coefficient(item_index(from), item_index(to)));
        auto sorted = values;
        std::sort(sorted.rbegin(), sorted.rend());
        for (std::size_t from = 0; from < 15; ++from)
            CHECK(best.coefficient(item_index(from), item_index(to)) ==
                  (values[from] >= sorted[1] ? values[from] : 0));
    }
}

TEST_CASE("slim: a coefficient that leaves zero a second time is one entry") {
    // In the last passes over all coefficients of this catalogue some start again.
    const auto shop = make_synthetic_catalogue({.users = 800, .items = 400});
    slim model{{.l1 = 0.5, .l2 = 10}};
    model.fit(shop.log.matrix); // a debug build checks the matrix of coefficients as well
    for (std::size_t item = 0; item < 400; ++item) {
        const auto columns = model.coefficients().row(item_index(item)).columns();
        CHECK(std::adjacent_find(columns.begin(), columns.end(), std::greater_equal<>{}) ==
              columns.end());
    }
}

TEST_CASE("slim keeps the rules of fitting") {
    check_fit_rules(slim{{.l1 = 1, .l2 = 4}}, from_dense(random_dense(60, 90)));
    for (const dense& x : {dense{{1}}, dense{{2, 0, 1}}, dense{{1, 1}, {1, 1}}}) {
        slim model;
        model.fit(from_dense(x));
        for (std::size_t item = 0; item < x.front().size(); ++item)
            CHECK(std::isfinite(model.score(user_index{0}, item_index(item))));
    }
    CHECK_THROWS_WITH_AS(slim{{.l1 = -1}}, doctest::Contains("slim: l1 is -1"), option_error);
    CHECK_THROWS_AS(slim{{.l2 = 0}}, option_error);
    CHECK_THROWS_AS(slim{{.iterations = 0}}, option_error);
    CHECK_THROWS_AS(slim{{.tolerance = 1}}, option_error);
    slim small{{.memory_budget = 1000}};
    CHECK_THROWS_WITH_AS(small.fit(from_dense(random_dense(30, 20))),
                         doctest::Contains("memory_budget is 1000"), memory_budget_error);
}
