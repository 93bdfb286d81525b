// SPDX-License-Identifier: MIT
#include <hybrec/linear/ease.hpp>

#include "linear_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;
using namespace hybrec::test;

static_assert(scorer<ease> && recommender<ease> && knows_users<ease> && archivable<ease>);
static_assert(foldable<ease> && explainable<ease> && item_similarity_model<ease>);
static_assert(!embedding_model<ease> && !user_similarity_model<ease>);

namespace {

dense ease_coefficients(const dense& x, double l2) {
    dense g = gram(x);
    for (std::size_t i = 0; i < g.size(); ++i)
        g[i][i] += l2;
    const dense p = inverse(g);
    dense b = zeros(g.size(), g.size());
    for (std::size_t i = 0; i < g.size(); ++i)
        for (std::size_t j = 0; j < g.size(); ++j)
            if (i != j)
                b[i][j] = -p[i][j] / p[j][j];
    return b;
}

} // namespace

TEST_CASE("ease: two items by hand") {
    // Gram matrix {{3, 2}, {2, 2}}, l2 = 1: P = {{3, −2}, {−2, 4}} / 8, so that B_01 = 2/4 and
    // B_10 = 2/3.
    const user_items matrix = from_dense({{1, 1}, {1, 1}, {1, 0}});
    ease model{{.l2 = 1}};
    model.fit(matrix);
    CHECK(model.coefficient(item_index{0}, item_index{1}) == doctest::Approx(0.5));
    CHECK(model.coefficient(item_index{1}, item_index{0}) == doctest::Approx(2.0 / 3));
    CHECK(model.coefficient(item_index{0}, item_index{0}) == 0);
    const auto found = model.recommend(user_index{2}, 5, unseen_by_user{matrix});
    REQUIRE(found.size() == 1);
    CHECK(found[0].index == item_index{1});
}

TEST_CASE("ease agrees with the inverse in double precision") {
    for (const std::size_t items : {2U, 16U, 40U, 130U}) {
        CAPTURE(items);
        for (const bool signs : {false, true}) {
            const dense x = random_dense(60, items, signs);
            const user_items matrix = from_dense(x);
            ease model{{.l2 = 20}};
            model.fit(matrix);
            const dense b = ease_coefficients(x, 20);
            check_scores(model, matrix, product(x, b), 1e-4);
            for (std::size_t i = 0; i < items; ++i) {
                const float* row = model.coefficients().padded_row(item_index(i));
                for (std::size_t j = items; j < model.coefficients().stride(); ++j)
                    CHECK(row[j] == 0); // the padding
                CHECK(row[i] == 0);
                CHECK(model.coefficient(item_index(i), item_index(items - 1)) == 0); // cold
            }
        }
    }
}

TEST_CASE("ease keeps the rules of fitting") {
    check_fit_rules(ease{{.l2 = 5}}, from_dense(random_dense(80, 600)));
    for (const dense& x : {dense{{1}}, dense{{2, 0, 1}}, dense{{1, 1}, {1, 1}}}) {
        ease model{{.l2 = 1}};
        model.fit(from_dense(x));
        for (std::size_t item = 0; item < x.front().size(); ++item)
            CHECK(std::isfinite(model.score(user_index{0}, item_index(item))));
    }
    ease single{{.l2 = 1}};
    single.fit(from_dense({{1}}));
    CHECK(single.recommend(user_index{0}, 3).empty());
    CHECK_THROWS_WITH_AS(ease{{.l2 = 0}}, doctest::Contains("ease: l2 is 0"), option_error);
    CHECK_THROWS_AS(ease{{.l2 = std::nan("")}}, option_error);
    ease small{{.memory_budget = 1000}};
    CHECK_THROWS_WITH_AS(small.fit(from_dense(random_dense(30, 20))),
                         doctest::Contains("memory_budget is 1000"), memory_budget_error);
    // Two equal items and next to no regularization.
    ease singular{{.l2 = 1e-12}};
    CHECK_THROWS_AS(singular.fit(from_dense({{1, 1}, {1, 1}})), numeric_error);
    CHECK(!singular.fitted());
}
