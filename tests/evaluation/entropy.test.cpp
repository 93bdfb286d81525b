// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/entropy.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace hr = hybrec;

static_assert(hr::catalogue_metric<hr::entropy>);

TEST_CASE("entropy is that of the shares of items") {
    CHECK(hr::entropy{}(std::vector<std::uint64_t>{5, 5, 5, 5}) == doctest::Approx(2));
    CHECK(hr::entropy{}(std::vector<std::uint64_t>{0, 9, 0}) == 0);
    CHECK(hr::entropy{}(std::vector<std::uint64_t>{1, 0, 3}) ==
          doctest::Approx(-0.25 * std::log2(0.25) - 0.75 * std::log2(0.75)));
    CHECK(std::isnan(hr::entropy{}(std::vector<std::uint64_t>{0, 0})));
    CHECK(hr::entropy{.k = 3}.name() == "entropy@3");
}
