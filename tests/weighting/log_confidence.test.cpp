// SPDX-License-Identifier: MIT
#include <hybrec/weighting/log_confidence.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/weighting.hpp>

#include "support.hpp"

#include <cmath>

namespace hr = hybrec;
using namespace weighting_tests;

static_assert(hr::matrix_weighting_of<hr::log_confidence, hr::user_items>);
static_assert(!hr::event_weighting_of<hr::log_confidence, hr::interaction>);

TEST_CASE("log_confidence") {
    const auto matrix = dense<doubles>({{3, 0}, {1, 8}});
    SUBCASE("by hand") {
        const auto weights = hr::log_confidence{.alpha = 2, .epsilon = 1}(matrix);
        REQUIRE(same_pattern(weights, matrix));
        CHECK(weights.values()[0] == doctest::Approx(1 + 2 * std::log(4.0)));
        CHECK(weights.values()[1] == doctest::Approx(1 + 2 * std::log(2.0)));
        CHECK(hr::log_confidence{.alpha = 1, .epsilon = 4}(matrix).values()[2] ==
              doctest::Approx(1 + std::log(3.0)));
    }
    SUBCASE("a stored zero has confidence 1") {
        const doubles zero({0, 1}, {hr::item_index(0)}, {0}, 1);
        CHECK(hr::log_confidence{}(zero).values()[0] == 1);
    }
    SUBCASE("views, threads") {
        CHECK(hr::log_confidence{}(matrix.view()) == hr::log_confidence{}(matrix));
        CHECK(same_bits_for_any_threads(hr::log_confidence{}, random_matrix()));
    }
    SUBCASE("errors") {
        CHECK(mentions(message_of<hr::data_error>([&] {
                           return hr::log_confidence{}(dense<doubles>({{0, 1}, {-0.5, 0}}));
                       }),
                       "log_confidence: row 1, column 0: the value is -0.5"));
        CHECK(mentions(
            message_of<hr::option_error>([&] { return hr::log_confidence{.epsilon = 0}(matrix); }),
            "epsilon is 0"));
        CHECK_THROWS_AS((void)(hr::log_confidence{.alpha = -1}(matrix)), hr::option_error);
    }
}
