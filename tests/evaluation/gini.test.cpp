// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/gini.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace hr = hybrec;

static_assert(hr::catalogue_metric<hr::gini>);

TEST_CASE("gini is 0 for equal shares and grows with inequality") {
    CHECK(hr::gini{}(std::vector<std::uint64_t>{4, 4, 4}) == doctest::Approx(0).epsilon(1e-15));
    // All on one of n items: (n − 1) / n.
    CHECK(hr::gini{}(std::vector<std::uint64_t>{0, 0, 7, 0}) == doctest::Approx(0.75));
    // By the definition, mean absolute difference / (2 · mean): pairs of 1, 2, 3, 4.
    CHECK(hr::gini{}(std::vector<std::uint64_t>{3, 1, 4, 2}) == doctest::Approx(0.25));
    CHECK(std::isnan(hr::gini{}(std::vector<std::uint64_t>{0, 0})));
    CHECK(hr::gini{.k = 3}.name() == "gini@3");
}
