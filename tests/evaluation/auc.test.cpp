// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/auc.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

namespace hr = hybrec;

static_assert(hr::scoring_metric<hr::auc>);
static_assert(!hr::ranking_metric<hr::auc>);

namespace {

double area(std::vector<double> relevant, std::vector<double> others) {
    return hr::auc{}(relevant, others);
}

double brute_force(const std::vector<double>& relevant, const std::vector<double>& others) {
    double right = 0;
    for (const double hit : relevant)
        for (const double other : others)
            right += hit > other ? 1.0 : hit == other ? 0.5 : 0.0;
    return right / static_cast<double>(relevant.size() * others.size());
}

} // namespace

TEST_CASE("auc") {
    CHECK(hr::auc{}.name() == "auc");
    SUBCASE("by hand") {
        CHECK(area({3, 4}, {1, 2}) == 1.0);
        CHECK(area({1, 2}, {3, 4}) == 0.0);
        CHECK(area({2}, {1, 3}) == 0.5);
        CHECK(area({4, 1}, {3, 2, 0}) == doctest::Approx(4.0 / 6));
        CHECK(area({-1}, {-2, 5, -1}) == 0.5);
        CHECK(area({INFINITY}, {1, -INFINITY}) == 1.0);
    }
    SUBCASE("ties count one half") {
        CHECK(area({1}, {1}) == 0.5);
        CHECK(area({1, 1}, {1, 1, 1}) == 0.5);
        CHECK(area({2, 1}, {1, 1}) == 0.75);
        CHECK(area({0.0}, {-0.0}) == 0.5);
    }
    SUBCASE("not defined without pairs") {
        CHECK(std::isnan(area({}, {1})));
        CHECK(std::isnan(area({1}, {})));
    }
    SUBCASE("equal to counting all pairs") {
        std::mt19937 generator{7};
        for (int round = 0; round < 200; ++round) {
            std::vector<double> relevant(1 + generator() % 20);
            std::vector<double> others(1 + generator() % 40);
            for (double& score : relevant)
                score = static_cast<double>(generator() % 15);
            for (double& score : others)
                score = static_cast<double>(generator() % 13);
            CHECK(area(relevant, others) ==
                  doctest::Approx(brute_force(relevant, others)).epsilon(1e-14));
        }
    }
}
