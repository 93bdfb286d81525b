// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/bootstrap_interval.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace hr = hybrec;

TEST_CASE("bootstrap_interval covers the mean about as often as it says") {
    // For normal values the interval is close to mean ± 1.96 · deviation / √n.
    std::vector<double> values(400);
    const hr::counter_random random{5};
    double sum = 0;
    double squares = 0;
    for (std::size_t at = 0; at < values.size(); ++at) {
        values[at] = random.normal(at);
        sum += values[at];
        squares += values[at] * values[at];
    }
    const double mean = sum / 400;
    const double error = std::sqrt((squares / 400 - mean * mean) / 400);
    const hr::interval wide = hr::bootstrap_interval(values, {.resamples = 4000});
    CHECK(wide.low == doctest::Approx(mean - 1.96 * error).epsilon(0.1));
    CHECK(wide.high == doctest::Approx(mean + 1.96 * error).epsilon(0.1));
    const hr::interval narrow =
        hr::bootstrap_interval(values, {.confidence = 0.6827, .resamples = 4000});
    CHECK(narrow.high - narrow.low == doctest::Approx(2 * error).epsilon(0.1));
    CHECK(hr::bootstrap_interval(values) == hr::bootstrap_interval(values));
    CHECK(hr::bootstrap_interval(values) != hr::bootstrap_interval(values, {.seed = 7}));
}

TEST_CASE("bootstrap_interval at its limits") {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    CHECK(hr::bootstrap_interval(std::vector{3.0, nan, 3.0}) == hr::interval{3, 3});
    CHECK(hr::bootstrap_interval(std::vector{3.0}, {.resamples = 1}) == hr::interval{3, 3});
    CHECK(std::isnan(hr::bootstrap_interval(std::vector{nan}).low));
    CHECK(std::isnan(hr::bootstrap_interval({}).high));
    CHECK_THROWS_AS((void)hr::bootstrap_interval({}, {.confidence = 1}), hr::option_error);
    CHECK_THROWS_AS((void)hr::bootstrap_interval({}, {.resamples = 0}), hr::option_error);
}
