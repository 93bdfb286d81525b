// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/mae.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace hr = hybrec;

static_assert(hr::rating_metric<hr::mae>);

TEST_CASE("mae is the mean absolute difference") {
    const std::vector<double> predicted{1, 2, 5};
    const std::vector<double> actual{1, 4, 4};
    CHECK(hr::mae{}(predicted, actual) == doctest::Approx(1));
    CHECK(std::isnan(hr::mae{}({}, {})));
    CHECK(hr::mae{}.name() == "mae");
}
