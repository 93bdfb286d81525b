// SPDX-License-Identifier: MIT
#include <hybrec/neural/dropout.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

static_assert(neural::layer<neural::dropout<float>>);

namespace {

matrix<float> drop(double rate, std::uint64_t stream, std::uint64_t step) {
    neural::dropout<float> layer{rate, stream};
    matrix<float> ones(200, 21), out;
    for (std::size_t row = 0; row < 200; ++row)
        for (std::size_t at = 0; at < 21; ++at)
            ones(row, at) = 1;
    neural::no_workspace memory;
    layer.forward(ones, out, memory, {.seed = 5, .step = step});
    CHECK(padding_is_zero(out));
    return out;
}

} // namespace

TEST_CASE("neural::dropout drops its share and scales the rest") {
    const auto out = drop(0.2, 0, 0);
    double dropped = 0;
    for (std::size_t row = 0; row < 200; ++row)
        for (std::size_t at = 0; at < 21; ++at) {
            CHECK((out(row, at) == 0 || out(row, at) == doctest::Approx(1.25)));
            dropped += out(row, at) == 0;
        }
    CHECK(dropped / 4200 == doctest::Approx(0.2).epsilon(0.1));
    CHECK(drop(0.2, 0, 0) == out); // a function of seed, stream and step
    CHECK(drop(0.2, 1, 0) != out);
    CHECK(drop(0.2, 0, 1) != out);
}

TEST_CASE("neural::dropout draws the words of philox4x32, four times sixteen at a time") {
    const auto out = drop(0.2, 3, 7);
    for (std::size_t row = 0; row < 200; ++row)
        for (std::size_t at = 0; at < 21; ++at) {
            const std::size_t place = row * out.stride() + at;
            const auto block = static_cast<std::uint32_t>(place / 64 * 16 + place % 16);
            const auto words = philox4x32({block, 0, 7 << 16 | 3, 0}, {5, 0});
            const bool is_dropped = words[place % 64 / 16] < 0.2 * 0x1p32;
            CHECK((out(row, at) == 0) == is_dropped);
        }
}

TEST_CASE("neural::dropout leaves inference alone") {
    const auto in = random_matrix<float>(4, 3, 1);
    matrix<float> out;
    neural::no_workspace memory;
    neural::dropout<float>{0.5}.apply(in, out, memory, {});
    CHECK(out == in);
}

TEST_CASE(
    "neural::dropout has the gradients of central differences, and the same bits everywhere") {
    check_layer(neural::dropout<double>{0.4, 3}, random_matrix<double>(9, 5, 2));
    check_threads(neural::dropout<float>{0.4, 3}, random_matrix<float>(300, 5, 2));
}

TEST_CASE("neural::dropout refuses rates that are none") {
    CHECK_THROWS_WITH_AS(neural::dropout<float>{1.0},
                         "dropout: rate is 1; expected at least 0 and below 1", option_error);
    CHECK_THROWS_AS(neural::dropout<float>{-0.1}, option_error);
}
