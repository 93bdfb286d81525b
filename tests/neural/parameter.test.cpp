// SPDX-License-Identifier: MIT
#include <hybrec/neural/parameter.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

TEST_CASE("neural::parameter has a gradient where it is trained") {
    const neural::parameter<float> weights{3, 4};
    CHECK(weights.gradient.rows() == 3);
    CHECK(weights.gradient.columns() == 4);
    const neural::parameter<float> state{3, 4, false};
    CHECK(state.gradient.rows() == 0);
    CHECK(weights != state);
}

TEST_CASE("neural::parameter starts uniform within its bound") {
    neural::parameter<float> weights{20, 50};
    weights.randomize(counter_random{1}, 0.25);
    double total = 0, squares = 0;
    for (std::size_t row = 0; row < 20; ++row)
        for (std::size_t at = 0; at < 50; ++at) {
            const double value = static_cast<double>(weights.value(row, at));
            CHECK(std::abs(value) <= 0.25);
            total += value;
            squares += value * value;
        }
    CHECK(std::abs(total / 1000) < 0.02);
    CHECK(squares / 1000 == doctest::Approx(0.25 * 0.25 / 3).epsilon(0.1));
    CHECK(weights.value.row(3)[50] == 0); // padding
}
