// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/coverage.hpp>

#include "items.hpp"
#include "toy_recommender.hpp"

#include <hybrec/evaluation/entropy.hpp>
#include <hybrec/evaluation/evaluate.hpp>
#include <hybrec/evaluation/gini.hpp>
#include <hybrec/evaluation/recall.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace hr = hybrec;

static_assert(hr::catalogue_metric<hr::coverage>);
static_assert(hr::metric<hr::coverage>);
static_assert(!hr::ranking_metric<hr::coverage> && !hr::scoring_metric<hr::coverage>);

TEST_CASE("coverage is the share of items that anybody is recommended") {
    const std::vector<std::uint64_t> counts{3, 0, 1, 0, 0};
    CHECK(hr::coverage{5}(counts) == doctest::Approx(0.4).epsilon(1e-15));
    CHECK(hr::coverage{}.name() == "coverage@10");
    CHECK(std::isnan(hr::coverage{}({})));
}

TEST_CASE("metrics of the catalogue count the recommendations to evaluated users, by depth") {
    // Six items; user 3 has nothing relevant, so only the lists of users 0, 1 and 2 count.
    const toy::recommender model{
        {{6, 5, 4, 3, 2, 1}, {1, 2, 3, 4, 5, 6}, {6, 5, 4, 3, 2, 1}, {0, 0, 9, 9, 0, 0}}};
    const auto train = toy::matrix({{}, {5}, {}, {}}, 6);
    const auto test = toy::matrix({{0}, {4}, {5}, {}}, 6);
    for (const std::size_t threads : {1U, 2U, 3U}) {
        hr::thread_pool pool{threads};
        const auto report =
            hr::evaluate({.pool = &pool}, model, train, test, hr::coverage{1}, hr::coverage{2},
                         hr::recall{1}, hr::gini{2}, hr::entropy{1});
        // First places: 0, 4 (5 was trained on), 0. Second: 1, 3, 1.
        CHECK(report.mean("coverage@1") == doctest::Approx(2.0 / 6));
        CHECK(report.mean("coverage@2") == doctest::Approx(4.0 / 6));
        CHECK(report.mean("recall@1") == doctest::Approx(2.0 / 3));
        CHECK(report.values("coverage@1").empty());
        // Counts 2, 2, 0, 1, 1, 0: sorted 0 0 1 1 2 2; Σ (2j − 7)·c = −1 + 1 + 6 + 10 = 16 of 6 · 6.
        CHECK(report.mean("gini@2") == doctest::Approx(16.0 / 36));
        CHECK(report.mean("entropy@1") ==
              doctest::Approx(-(2.0 / 3) * std::log2(2.0 / 3) - (1.0 / 3) * std::log2(1.0 / 3)));
    }
    CHECK(std::isnan(hr::evaluate(model, train, toy::matrix({{}, {}, {}, {}}, 6), hr::coverage{1})
                         .mean("coverage@1")));
}
