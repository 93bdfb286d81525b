// SPDX-License-Identifier: MIT
/// @file
/// Published figures on the LightGCN split of Gowalla: recall = hits / |test items|, ideal DCG over
/// min(20, |test items|), training items masked.
#include <hybrec/baseline/popularity.hpp>
#include <hybrec/data/read_dataset.hpp>
#include <hybrec/evaluation.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/neighbors/item_knn.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstdlib>
#include <string>

using namespace hybrec;

TEST_CASE("gowalla: popularity and observed-weight ALS reach the published figures") {
    const char* folder = std::getenv("HYBREC_DATA");
    if (!folder) {
        MESSAGE("skipped: HYBREC_DATA is not set");
        return;
    }
    const dataset data = read_dataset(std::string{folder} + "/gowalla");
    REQUIRE(data.test);

    popularity popular;
    popular.fit(data.log.matrix);
    const auto baseline =
        evaluate(popular, data.log.matrix, *data.test, recall{.k = 20}, ndcg{.k = 20});
    MESSAGE("popularity: recall@20 ", baseline.mean("recall@20"), ", ndcg@20 ",
            baseline.mean("ndcg@20"));
    CHECK(baseline.mean("recall@20") == doctest::Approx(0.0416).epsilon(0.0012));
    CHECK(baseline.mean("ndcg@20") == doctest::Approx(0.0317).epsilon(0.0016));

    // The number of iterations was chosen on gowalla_valid.
    implicit_als model{
        als_options{
            .factors = 256, .regularization = 0.007, .regularization_exponent = 1, .iterations = 6},
        exact{}, observed_weight{.unobserved_weight = 0.01}};
    model.fit(data.log.matrix);
    const auto report =
        evaluate(model, data.log.matrix, *data.test, recall{.k = 20}, ndcg{.k = 20});
    MESSAGE("implicit ALS: recall@20 ", report.mean("recall@20"), ", ndcg@20 ",
            report.mean("ndcg@20"));
    CHECK(report.mean("recall@20") >= 0.170);
    CHECK(report.mean("ndcg@20") >= 0.145);
}

TEST_CASE("gowalla: item neighbours reach the published figures") {
    const char* folder = std::getenv("HYBREC_DATA");
    if (!folder) {
        MESSAGE("skipped: HYBREC_DATA is not set");
        return;
    }
    const dataset data = read_dataset(std::string{folder} + "/gowalla");
    REQUIRE(data.test);
    // The settings of the BARS leaderboard (its ItemKNN, cosine): neighbours of the target, weights
    // that sum to 1, deviations from the means of items.
    item_knn model{{.neighbors = 100, .normalize = true, .center = true}};
    model.fit(data.log.matrix);
    const auto report =
        evaluate(model, data.log.matrix, *data.test, recall{.k = 20}, ndcg{.k = 20});
    MESSAGE("item_knn: recall@20 ", report.mean("recall@20"), ", ndcg@20 ", report.mean("ndcg@20"));
    CHECK(std::abs(report.mean("recall@20") - 0.1570) < 0.0015);
    CHECK(std::abs(report.mean("ndcg@20") - 0.1214) < 0.0015);
}
