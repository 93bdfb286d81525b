// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/logistic.hpp>

#include <doctest/doctest.h>

#include "learning.hpp"

#include <vector>

using namespace hybrec;
using namespace learning;

static_assert(blend_learner<logistic>);

namespace {

/// The gradient of the loss, the intercept's last.
template <class Blend, class Lists>
std::vector<double> gradient(const Blend& blend, const Lists& lists, double regularization) {
    const matrix x = design(lists);
    std::vector<double> result(lists.width() + 1);
    for (std::size_t row = 0; row < x.size(); ++row) {
        double odds = static_cast<double>(blend.intercept());
        for (std::size_t k = 0; k < lists.width(); ++k)
            odds += static_cast<double>(blend.weights()[k]) * x[row][k];
        const double error = 1 / (1 + std::exp(-odds)) - static_cast<double>(lists.labels()[row]);
        for (std::size_t k = 0; k <= lists.width(); ++k)
            result[k] += error * x[row][k];
    }
    for (std::size_t k = 0; k < lists.width(); ++k)
        result[k] += regularization * static_cast<double>(blend.weights()[k]);
    return result;
}

template <class Lists>
void check_optimal(const Lists& lists, double regularization) {
    const auto blend = logistic{{.regularization = regularization}}.learn(lists);
    for (const double slope : gradient(blend, lists, regularization))
        CHECK(std::abs(slope) < 2e-6 * static_cast<double>(lists.row_count() + 100));
}

} // namespace

TEST_CASE("logistic regression ends where the gradient is 0") {
    const auto lists = random_lists(raw_lists{3});
    for (const double regularization : {0.01, 1.0, 100.0})
        check_optimal(lists, regularization);

    SUBCASE("by hand: without an effect the intercept is the logarithm of the odds") {
        raw_lists constant{1};
        add(constant, {{2, 2, 2, 2}}, {1, 1, 1, 0});
        const auto blend = logistic{}.learn(constant);
        CHECK(blend.weights()[0] == doctest::Approx(0).scale(1e-6));
        CHECK(blend.intercept() == doctest::Approx(std::log(3.0)));
    }
    SUBCASE("classes that can be told apart, collinear scores, probabilities as labels") {
        raw_lists apart{2};
        add(apart, {{-1, -2, 1, 2}, {-1, -2, 1, 2}}, {0, 0, 1, 1});
        check_optimal(apart, 1e-3);
        const auto blend = logistic{{.regularization = 1e-3}}.learn(apart);
        CHECK(blend.weights()[0] == doctest::Approx(blend.weights()[1]));
        raw_lists soft{1};
        add(soft, {{0, 1, 2}}, {0.2F, 0.5F, 0.9F});
        check_optimal(soft, 0.1);
        raw_lists far{1};
        add(far, {{-30000, 20000, 10000, 40000}}, {0, 1, 0, 1});
        const auto steep = logistic{}.learn(far);
        CHECK(std::isfinite(steep.weights()[0]));
        CHECK(steep.weights()[0] > 0);
    }
    SUBCASE("errors name what is wrong") {
        raw_lists ones{1};
        add(ones, {{1, 2}}, {1, 1});
        CHECK_THROWS_WITH_AS((void)logistic{}.learn(ones),
                             "logistic: all labels are 1; there is nothing to tell apart",
                             data_error);
        raw_lists ratings{1};
        add(ratings, {{1, 2}}, {1, 4});
        CHECK_THROWS_WITH_AS((void)logistic{}.learn(ratings),
                             doctest::Contains("expected labels from 0 to 1"), data_error);
        CHECK_THROWS_AS((void)logistic{}.learn(raw_lists{1}), data_error);
        CHECK_THROWS_AS((void)logistic{{.regularization = 0}}, option_error);
        CHECK_THROWS_AS((void)logistic{{.iterations = 0}}, option_error);
    }
    SUBCASE("one, two, three threads") { check_threads(logistic{}, long_lists()); }
}
