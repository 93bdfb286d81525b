// SPDX-License-Identifier: MIT
#include <hybrec/core/math.hpp>

#include <doctest/doctest.h>

TEST_CASE("math: the functions of <cmath>") {
    CHECK(std::sqrt(16.0F) == 4.0F);
    CHECK(std::isfinite(1.0));
}
