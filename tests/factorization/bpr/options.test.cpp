// SPDX-License-Identifier: MIT
#include <hybrec/factorization/bpr/options.hpp>

#include <hybrec/factorization/bpr/bpr.hpp>
#include <hybrec/factorization/bpr/warp.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("pairwise_options are checked once, with errors that name model, field and range") {
    CHECK_NOTHROW(validate(pairwise_options{}));
    CHECK_THROWS_WITH_AS((warp{{.factors = 0}}), "warp: factors is 0; expected 1 to 2047",
                         option_error);
    CHECK_THROWS_WITH_AS((bpr{{.learning_rate = -1.5}}),
                         "bpr: learning_rate is -1.5; expected a finite number above 0",
                         option_error);
    CHECK_THROWS_AS((bpr{{.factors = 2048}}), option_error);
    CHECK_THROWS_AS((bpr{{.user_regularization = std::numeric_limits<double>::quiet_NaN()}}),
                    option_error);
    CHECK_THROWS_AS((bpr{{.item_regularization = -1}}), option_error);
    CHECK_THROWS_AS((bpr{{.bias_regularization = -1}}), option_error);
    CHECK_THROWS_AS((bpr{{.epochs = 0}}), option_error);
    CHECK_THROWS_AS((bpr{{.initial_scale = 0}}), option_error);
    CHECK_THROWS_AS((bpr{{.fold_in_epochs = 0}}), option_error);
    CHECK_THROWS_AS((warp{{}, {.most_draws = 0}}), option_error);
}
