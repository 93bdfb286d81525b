// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/rmse.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

namespace hr = hybrec;

static_assert(hr::rating_metric<hr::rmse>);

TEST_CASE("rmse is the root of the mean squared difference") {
    const std::vector<double> predicted{1, 2, 5};
    const std::vector<double> actual{1, 4, 4};
    CHECK(hr::rmse{}(predicted, actual) == doctest::Approx(std::sqrt(5.0 / 3)));
    CHECK(hr::rmse{}(actual, actual) == 0);
    CHECK(std::isnan(hr::rmse{}({}, {})));
    CHECK(hr::rmse{}.name() == "rmse");
}
