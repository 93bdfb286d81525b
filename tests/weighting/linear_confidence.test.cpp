// SPDX-License-Identifier: MIT
#include <hybrec/weighting/linear_confidence.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/weighting.hpp>

#include "support.hpp"

#include <cmath>
#include <limits>

namespace hr = hybrec;
using namespace weighting_tests;

static_assert(hr::matrix_weighting_of<hr::linear_confidence, hr::user_items>);
static_assert(!hr::event_weighting_of<hr::linear_confidence, hr::interaction>);

TEST_CASE("linear_confidence") {
    const auto matrix = dense<hr::user_items>({{3, 0}, {0.5, -2}});
    SUBCASE("by hand") {
        const auto weights = hr::linear_confidence{.alpha = 2}(matrix);
        CHECK(weights == dense<hr::user_items>({{7, 0}, {2, -5}}));
        CHECK(hr::linear_confidence{}(matrix).values()[0] == 121);
        CHECK(hr::linear_confidence{.alpha = 0}(matrix).values()[0] == 1);
    }
    SUBCASE("a small dislike stays one") {
        CHECK(hr::linear_confidence{.alpha = 1}(dense<doubles>({{-0.25}})).values()[0] == -1.25);
    }
    SUBCASE("views, threads, empty") {
        CHECK(hr::linear_confidence{}(matrix.view()) == hr::linear_confidence{}(matrix));
        CHECK(same_bits_for_any_threads(hr::linear_confidence{}, random_matrix()));
        CHECK(hr::linear_confidence{}(hr::user_items(2, 2)) == hr::user_items(2, 2));
    }
    SUBCASE("errors") {
        CHECK(mentions(message_of<hr::option_error>(
                           [&] { return hr::linear_confidence{.alpha = -3}(matrix); }),
                       "linear_confidence: alpha is -3"));
        CHECK_THROWS_AS((void)(hr::linear_confidence{.alpha = std::nan("")}(matrix)),
                        hr::option_error);
        CHECK(mentions(message_of<hr::numeric_error>(
                           [&] { return hr::linear_confidence{.alpha = 1e39}(matrix); }),
                       "row 0, column 0"));
    }
}
