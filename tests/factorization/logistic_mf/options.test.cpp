// SPDX-License-Identifier: MIT
#include <hybrec/factorization/logistic_mf/options.hpp>

#include <hybrec/factorization/logistic_mf/logistic_mf.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("logistic_mf_options are checked once, with errors that name field, value and range") {
    CHECK_NOTHROW(validate(logistic_mf_options{.regularization = 0}));
    CHECK_THROWS_WITH_AS((logistic_mf{{.factors = 0}}),
                         "logistic_mf: factors is 0; expected 1 to 2046", option_error);
    CHECK_THROWS_AS((logistic_mf{{.factors = 2047}}), option_error);
    CHECK_THROWS_AS((logistic_mf{{.learning_rate = 0}}), option_error);
    CHECK_THROWS_AS((logistic_mf{{.regularization = -1}}), option_error);
    CHECK_THROWS_AS((logistic_mf{{.alpha = std::numeric_limits<double>::quiet_NaN()}}),
                    option_error);
    CHECK_THROWS_AS((logistic_mf{{.negatives = 0}}), option_error);
    CHECK_THROWS_AS((logistic_mf{{.iterations = 0}}), option_error);
    CHECK_THROWS_AS((logistic_mf{{.initial_scale = 0}}), option_error);
    CHECK_THROWS_AS((logistic_mf{{.fold_in_steps = 0}}), option_error);
}
