// SPDX-License-Identifier: MIT
#include <hybrec/factorization/explicit_als/options.hpp>

#include <hybrec/factorization/explicit_als/explicit_als.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("explicit_als_options are checked once, with errors that name field, value and range") {
    CHECK_NOTHROW(validate(explicit_als_options{}));
    CHECK_THROWS_WITH_AS((explicit_als{{.factors = 0}}),
                         "explicit_als: factors is 0; expected 1 to 2046", option_error);
    CHECK_THROWS_AS((explicit_als{{.factors = 2047}}), option_error);
    CHECK_THROWS_AS((explicit_als{{.regularization = 0}}), option_error);
    CHECK_THROWS_AS(
        (explicit_als{{.bias_regularization = std::numeric_limits<double>::infinity()}}),
        option_error);
    CHECK_THROWS_AS((explicit_als{{.regularization_exponent = -1}}), option_error);
    CHECK_THROWS_AS((explicit_als{{.iterations = 0}}), option_error);
    CHECK_THROWS_AS((explicit_als{{.initial_scale = -1}}), option_error);
}
