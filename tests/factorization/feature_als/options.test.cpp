// SPDX-License-Identifier: MIT
#include <hybrec/factorization/feature_als/options.hpp>

#include <hybrec/factorization/feature_als/feature_als.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("feature_als_options are checked once, with errors that name field, value and range") {
    CHECK_NOTHROW(validate(feature_als_options{}));
    CHECK_THROWS_WITH_AS((feature_als<>{{.factors = 0}}),
                         "feature_als: factors is 0; expected 1 to 2048", option_error);
    CHECK_THROWS_AS((feature_als<>{{.factors = 2049}}), option_error);
    CHECK_THROWS_AS((feature_als<>{{.regularization = 0}}), option_error);
    CHECK_THROWS_AS((feature_als<>{{.feature_regularization = -1}}), option_error);
    CHECK_THROWS_AS((feature_als<>{{.feature_steps = 0}}), option_error);
    CHECK_THROWS_AS((feature_als<>{{.iterations = 0}}), option_error);
    CHECK_THROWS_AS((feature_als<>{{.initial_scale = std::numeric_limits<double>::quiet_NaN()}}),
                    option_error);
}
