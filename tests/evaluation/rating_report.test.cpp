// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/rating_report.hpp>

#include <doctest/doctest.h>

namespace hr = hybrec;

TEST_CASE("rating_report gives values by name and lists the names it knows") {
    const hr::rating_report report{.ratings = 3, .metrics = {{"rmse", 0.5}, {"mae", 0.25}}};
    CHECK(report.value("mae") == 0.25);
    CHECK_THROWS_WITH_AS((void)report.value("mse"), doctest::Contains("rmse, mae"),
                         hr::option_error);
}
