// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/options.hpp>

#include <hybrec/factorization/als/als.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("als_options are checked once, with errors that name field, value and range") {
    CHECK_NOTHROW(validate(als_options{}));
    CHECK_NOTHROW(validate({.regularization = 0}));
    CHECK_THROWS_WITH_AS(validate({.factors = 0}), "implicit_als: factors is 0; expected 1 to 2048",
                         option_error);
    CHECK_THROWS_AS(validate({.factors = 2049}), option_error);
    CHECK_THROWS_WITH_AS(
        validate({.regularization = -1.5}),
        "implicit_als: regularization is -1.5; expected a finite number of at least 0",
        option_error);
    CHECK_THROWS_AS(validate({.regularization = std::numeric_limits<double>::quiet_NaN()}),
                    option_error);
    CHECK_THROWS_AS(validate({.regularization_exponent = -1}), option_error);
    CHECK_THROWS_AS(validate({.iterations = 0}), option_error);
    CHECK_THROWS_AS(validate({.initial_scale = 0}), option_error);
    CHECK_THROWS_AS(validate({.tolerance = 1}), option_error);
}

TEST_CASE("options of policies are checked when a model is made") {
    CHECK_THROWS_AS((implicit_als{als_options{.factors = 0}}), option_error);
    CHECK_THROWS_WITH_AS((implicit_als{als_options{}, conjugate_gradient{.steps = 0}}),
                         "conjugate_gradient: steps is 0; expected 1 to 1000", option_error);
    CHECK_THROWS_AS((implicit_als{als_options{}, subspace{.block = 0}}), option_error);
    CHECK_THROWS_AS((implicit_als{als_options{}, exact{}, hu_koren_volinsky{.alpha = 0}}),
                    option_error);
    CHECK_THROWS_AS((implicit_als{als_options{}, exact{}, python_implicit{.alpha = -1}}),
                    option_error);
    CHECK_THROWS_AS(
        (implicit_als{als_options{}, exact{}, observed_weight{.unobserved_weight = -1}}),
        option_error);
}
