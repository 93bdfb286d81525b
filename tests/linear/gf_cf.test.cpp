// SPDX-License-Identifier: MIT
#include <hybrec/linear/gf_cf.hpp>

#include "linear_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace hybrec;
using namespace hybrec::test;

static_assert(scorer<gf_cf> && recommender<gf_cf> && knows_users<gf_cf> && archivable<gf_cf>);
static_assert(foldable<gf_cf> && explainable<gf_cf> && item_similarity_model<gf_cf>);
static_assert(!embedding_model<gf_cf> && !user_similarity_model<gf_cf>);

namespace {

struct normalized {
    dense r;
    std::vector<double> items; // degrees
};

normalized normalize(const dense& x) {
    normalized result{x, std::vector<double>(x.front().size())};
    for (const auto& row : x)
        for (std::size_t i = 0; i < row.size(); ++i)
            result.items[i] += std::abs(row[i]);
    for (auto& row : result.r) {
        double degree = 0;
        for (const double value : row)
            degree += std::abs(value);
        for (std::size_t i = 0; i < row.size(); ++i)
            if (row[i] != 0)
                row[i] /= std::sqrt(degree * result.items[i]);
    }
    return result;
}

/// Eigenvectors of a symmetric matrix by Jacobi's rotations; columns, largest value first.
dense eigenvectors(dense a) {
    const std::size_t size = a.size();
    dense v = zeros(size, size);
    for (std::size_t i = 0; i < size; ++i)
        v[i][i] = 1;
    for (int sweep = 0; sweep < 60; ++sweep)
        for (std::size_t p = 0; p < size; ++p)
            for (std::size_t q = p + 1; q < size; ++q) {
                if (std::abs(a[p][q]) < 1e-300)
                    continue;
                const double angle = 0.5 * std::atan2(2 * a[p][q], a[q][q] - a[p][p]);
                const double c = std::cos(angle), s = std::sin(angle);
                for (std::size_t k = 0; k < size; ++k) {
                    const double x = a[k][p], y = a[k][q];
                    a[k][p] = c * x - s * y;
                    a[k][q] = s * x + c * y;
                }
                for (std::size_t k = 0; k < size; ++k) {
                    const double x = a[p][k], y = a[q][k];
                    a[p][k] = c * x - s * y;
                    a[q][k] = s * x + c * y;
                    const double z = v[k][p], w = v[k][q];
                    v[k][p] = c * z - s * w;
                    v[k][q] = s * z + c * w;
                }
            }
    std::vector<std::size_t> order(size);
    for (std::size_t i = 0; i < size; ++i)
        order[i] = i;
    std::sort(order.begin(), order.end(),
              [&](std::size_t l, std::size_t r) { return a[l][l] > a[r][r]; });
    dense sorted = zeros(size, size);
    for (std::size_t k = 0; k < size; ++k)
        for (std::size_t i = 0; i < size; ++i)
            sorted[i][k] = v[i][order[k]];
    return sorted;
}

/// B = R̃ᵀR̃ + α·D^(−1/2)·VVᵀ·D^(1/2), from the definition.
dense filters(const dense& x, std::size_t factors, double alpha) {
    const auto [r, items] = normalize(x);
    dense b = gram(r);
    const dense v = eigenvectors(b);
    for (std::size_t i = 0; i < items.size(); ++i)
        for (std::size_t j = 0; j < items.size(); ++j)
            if (items[i] > 0 && items[j] > 0)
                for (std::size_t k = 0; k < factors; ++k)
                    b[i][j] += alpha * v[i][k] * v[j][k] * std::sqrt(items[j] / items[i]);
    return b;
}

} // namespace

TEST_CASE("gf_cf is the sum of its two filters") {
    for (const bool signs : {false, true}) {
        CAPTURE(signs);
        const dense x = random_dense(37, 21, signs);
        const user_items matrix = from_dense(x);
        gf_cf model{{.factors = 5, .low_pass_weight = 0.7, .oversampling = 16, .iterations = 30}};
        model.fit(matrix);
        const dense b = filters(x, 5, 0.7);
        check_scores(model, matrix, product(x, b), 2e-4);
        for (std::size_t i = 0; i < 21; ++i)
            for (std::size_t j = 0; j < 21; ++j)
                CHECK(
                    std::abs(static_cast<double>(model.coefficient(item_index(i), item_index(j))) -
                             b[i][j]) < 1e-4);
    }
}

TEST_CASE("gf_cf without the low-pass filter is a walk of two steps") {
    // Users {0, 1} and {1, 2}: from item 0 by user 0 to item 1 with 1/√(2·1) · 1/√(2·2).
    const dense x{{1, 1, 0}, {0, 1, 1}};
    const user_items matrix = from_dense(x);
    gf_cf model{{.factors = 1, .low_pass_weight = 0}};
    model.fit(matrix);
    CHECK(model.coefficient(item_index{0}, item_index{1}) ==
          doctest::Approx(1 / (std::sqrt(2.0) * 2)));
    CHECK(model.coefficient(item_index{1}, item_index{1}) == doctest::Approx(0.5));
    CHECK(model.coefficient(item_index{0}, item_index{2}) == 0);
    const auto found = model.recommend(user_index{0}, 3, unseen_by_user{matrix});
    REQUIRE(found.size() == 1);
    CHECK(found[0].index == item_index{2});
    CHECK(found[0].score == doctest::Approx(1 / (std::sqrt(2.0) * 2)));
}

TEST_CASE("gf_cf keeps the rules of fitting") {
    check_fit_rules(gf_cf{{.factors = 6, .iterations = 3}}, from_dense(random_dense(300, 40)));
    // One item, one user, all equal: nothing to divide by zero.
    for (const dense& x : {dense{{1}}, dense{{2, 0, 1}}, dense{{1, 1}, {1, 1}}}) {
        gf_cf model{{.factors = 4, .iterations = 2}};
        model.fit(from_dense(x));
        for (std::size_t item = 0; item < x.front().size(); ++item)
            CHECK(std::isfinite(model.score(user_index{0}, item_index(item))));
    }
    CHECK_THROWS_WITH_AS(gf_cf{{.factors = 0}}, doctest::Contains("gf_cf: factors is 0"),
                         option_error);
    CHECK_THROWS_AS(gf_cf{{.low_pass_weight = -1}}, option_error);
    CHECK_THROWS_AS((gf_cf{{.low_pass_weight = std::nan("")}}), option_error);
    gf_cf small{{.memory_budget = 1000}};
    CHECK_THROWS_WITH_AS(small.fit(from_dense(random_dense(30, 20))),
                         doctest::Contains("memory_budget is 1000"), memory_budget_error);
}
