// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/non_negative_least_squares.hpp>

#include <doctest/doctest.h>

#include "learning.hpp"

#include <vector>

using namespace hybrec;
using namespace learning;

static_assert(blend_learner<non_negative_least_squares>);

namespace {

/// Karush, Kuhn and Tucker: no weight below 0, no slope below 0, and none above 0 where a weight is.
template <class Blend, class Lists>
void check_optimal(const Blend& blend, const Lists& lists, double regularization) {
    const matrix x = design(lists);
    std::vector<double> slopes(lists.width());
    double intercept_slope = 0, size = 0;
    for (std::size_t row = 0; row < x.size(); ++row) {
        double residual =
            static_cast<double>(blend.intercept()) - static_cast<double>(lists.labels()[row]);
        for (std::size_t k = 0; k < lists.width(); ++k)
            residual += static_cast<double>(blend.weights()[k]) * x[row][k];
        for (std::size_t k = 0; k < lists.width(); ++k)
            slopes[k] += residual * x[row][k];
        intercept_slope += residual;
        size += residual * residual;
    }
    const double tolerance = 1e-5 * (1 + size);
    CHECK(std::abs(intercept_slope) < tolerance);
    for (std::size_t k = 0; k < lists.width(); ++k) {
        const auto weight = static_cast<double>(blend.weights()[k]);
        const double slope = slopes[k] + regularization * weight;
        CHECK(weight >= 0);
        CHECK(slope > -tolerance);
        if (weight > 0)
            CHECK(slope < tolerance);
    }
}

} // namespace

TEST_CASE("non_negative_least_squares meets the conditions of the optimum") {
    for (std::uint64_t seed = 1; seed <= 5; ++seed) {
        const auto lists = random_lists(raw_lists{3}, seed);
        for (const double regularization : {0.0, 10.0}) {
            const auto blend =
                non_negative_least_squares{{.regularization = regularization}}.learn(lists);
            check_optimal(blend, lists, regularization);
            CHECK(blend.weights()[0] > 0);
            CHECK(blend.weights()[1] == 0); // misleading: ridge gives it a negative weight
            CHECK(ridge_by_definition(lists, regularization)[1] < 0);
        }
    }
    SUBCASE("where nothing is held at 0 it is ridge") {
        raw_lists line{2};
        add(line, {{0, 1, 2, 3}, {1, 0, 0, 1}}, {1, 3, 4, 7});
        check_weights(non_negative_least_squares{{.regularization = 0.5}}.learn(line),
                      ridge_by_definition(line, 0.5));
    }
    SUBCASE("constant, collinear and useless scores") {
        raw_lists same{3};
        add(same, {{1, 2, 3, 5}, {0.1F, 0.1F, 0.1F, 0.1F}, {2, 4, 6, 10}}, {1, 0, 1, 1});
        const auto blend = non_negative_least_squares{}.learn(same);
        check_optimal(blend, same, 0);
        CHECK(blend.weights()[1] == 0);
        raw_lists opposed{1};
        add(opposed, {{1, 2, 3}}, {1, 0.5F, 0});
        const auto none = non_negative_least_squares{}.learn(opposed);
        CHECK(none.weights()[0] == 0);
        CHECK(none.intercept() == 0.5F);
    }
    SUBCASE("errors") {
        CHECK_THROWS_AS((void)non_negative_least_squares{}.learn(raw_lists{2}), data_error);
        CHECK_THROWS_AS((void)non_negative_least_squares{{.regularization = -1}}, option_error);
        CHECK_THROWS_AS((void)non_negative_least_squares{{.sweeps = 0}}, option_error);
    }
    SUBCASE("one, two, three threads") {
        check_threads(non_negative_least_squares{}, long_lists());
    }
}
