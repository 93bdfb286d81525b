// SPDX-License-Identifier: MIT
#include <hybrec/neural/learning_rate.hpp>

#include <hybrec/core/error.hpp>

#include <doctest/doctest.h>

#include <limits>

using namespace hybrec;

TEST_CASE("neural schedules by hand") {
    const auto at = [](const neural::learning_rate& schedule, std::size_t epoch) {
        return doctest::Approx(neural::rate_at(schedule, epoch));
    };
    CHECK(0.01 == at(0.01, 7));
    const neural::step_decay step{.rate = 8, .factor = 0.5, .every = 3};
    CHECK(8 == at(step, 2));
    CHECK(4 == at(step, 3));
    CHECK(2 == at(step, 8));
    const neural::cosine_decay cosine{.rate = 3, .minimum = 1, .epochs = 4};
    CHECK(3 == at(cosine, 0));
    CHECK(2 == at(cosine, 2));
    CHECK(1 == at(cosine, 4));
    CHECK(1 == at(cosine, 9));
    const neural::ramp_up_then_decay ramp{
        .start = 1, .peak = 5, .minimum = 1, .decay = 0.5, .ramp_up = 4, .hold = 2};
    CHECK(1 == at(ramp, 0));
    CHECK(4 == at(ramp, 3));
    CHECK(5 == at(ramp, 4));
    CHECK(5 == at(ramp, 6));
    CHECK(3 == at(ramp, 7));
    CHECK(2 == at(ramp, 8));
}

TEST_CASE("neural schedules are checked") {
    CHECK_NOTHROW(validate(neural::learning_rate{0.1}, "net", 5));
    CHECK_THROWS_WITH_AS(validate(neural::learning_rate{-0.5}, "net", 5),
                         "net: learning_rate is -0.5; expected a finite number of at least 0 in "
                         "every epoch",
                         option_error);
    CHECK_THROWS_AS(
        validate(neural::learning_rate{std::numeric_limits<double>::quiet_NaN()}, "net", 5),
        option_error);
    CHECK_THROWS_AS(validate(neural::learning_rate{neural::step_decay{.every = 0}}, "net", 5),
                    option_error);
    CHECK_THROWS_AS(validate(neural::learning_rate{neural::cosine_decay{.epochs = 0}}, "net", 5),
                    option_error);
}
