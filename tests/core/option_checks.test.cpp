// SPDX-License-Identifier: MIT
#include <hybrec/core/option_checks.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("option_checks name model, field, value and range") {
    const option_checks check{"toy"};
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const double infinite = std::numeric_limits<double>::infinity();
    SUBCASE("at_least_one") {
        CHECK_NOTHROW(check.at_least_one("count", 1));
        CHECK_THROWS_WITH_AS(check.at_least_one("count", 0), "toy: count is 0; expected at least 1",
                             option_error);
    }
    SUBCASE("between") {
        CHECK_NOTHROW(check.between("size", 2, 2, 7));
        CHECK_NOTHROW(check.between("size", 7, 2, 7));
        CHECK_THROWS_AS(check.between("size", 1, 2, 7), option_error);
        CHECK_THROWS_WITH_AS(check.between("size", 8, 2, 7), "toy: size is 8; expected 2 to 7",
                             option_error);
    }
    SUBCASE("above_zero") {
        CHECK_NOTHROW(check.above_zero("rate", 1e-300));
        for (const double value : {0.0, -1.0, nan, infinite})
            CHECK_THROWS_WITH_AS(check.above_zero("rate", value),
                                 doctest::Contains("expected a finite number above 0"),
                                 option_error);
    }
    SUBCASE("from_zero") {
        CHECK_NOTHROW(check.from_zero("rate", 0));
        for (const double value : {-1e-9, nan, infinite})
            CHECK_THROWS_WITH_AS(check.from_zero("rate", value),
                                 doctest::Contains("expected a finite number of at least 0"),
                                 option_error);
    }
    SUBCASE("fraction") {
        CHECK_NOTHROW(check.fraction("tolerance", 0));
        CHECK_NOTHROW(check.fraction("tolerance", 0.999));
        for (const double value : {-0.1, 1.0, nan})
            CHECK_THROWS_WITH_AS(check.fraction("tolerance", value),
                                 doctest::Contains("expected at least 0 and below 1"),
                                 option_error);
    }
}
