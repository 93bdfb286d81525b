// SPDX-License-Identifier: MIT
#include <hybrec/weighting/row_normalization.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/weighting.hpp>

#include "support.hpp"

#include <cmath>

namespace hr = hybrec;
using namespace weighting_tests;

static_assert(hr::matrix_weighting_of<hr::row_normalization, hr::user_items>);
static_assert(!hr::event_weighting_of<hr::row_normalization, hr::interaction>);

TEST_CASE("row_normalization") {
    const auto matrix = dense<doubles>({{3, 0, -4}, {0, 0, 0}, {0, 2, 0}});
    SUBCASE("l2 is the default") {
        const auto weights = hr::row_normalization{}(matrix);
        REQUIRE(same_pattern(weights, matrix));
        CHECK(weights.values()[0] == doctest::Approx(0.6));
        CHECK(weights.values()[1] == doctest::Approx(-0.8));
        CHECK(weights.values()[2] == doctest::Approx(1));
    }
    SUBCASE("l1") {
        const auto weights = hr::row_normalization{.norm = hr::row_norm::l1}(matrix);
        CHECK(weights.values()[0] == doctest::Approx(3.0 / 7));
        CHECK(weights.values()[1] == doctest::Approx(-4.0 / 7));
    }
    SUBCASE("max") {
        CHECK(hr::row_normalization{.norm = hr::row_norm::max}(matrix) ==
              dense<doubles>({{0.75, 0, -1}, {0, 0, 0}, {0, 1, 0}}));
    }
    SUBCASE("very large, very small and zero rows") {
        const auto weights = hr::row_normalization{}(dense<doubles>({{1e200, 1e200}, {1e-200, 0}}));
        CHECK(weights.values()[0] == doctest::Approx(std::sqrt(0.5)));
        CHECK(weights.values()[2] == 1);
        const doubles zero({0, 1}, {hr::item_index(0)}, {0}, 1);
        CHECK(hr::row_normalization{}(zero) == zero);
    }
    SUBCASE("views, threads") {
        CHECK(hr::row_normalization{}(matrix.view()) == hr::row_normalization{}(matrix));
        CHECK(same_bits_for_any_threads(hr::row_normalization{}, random_matrix()));
    }
}
