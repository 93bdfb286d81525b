// SPDX-License-Identifier: MIT
#include <hybrec/neural/activation.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

static_assert(neural::layer<neural::relu<float>> && neural::layer<neural::sigmoid<float>> &&
              neural::layer<neural::tanh<float>>);

namespace {

template <class Layer>
double value_at(double x) {
    matrix<double> in(1, 1), out;
    in(0, 0) = x;
    neural::no_workspace memory;
    Layer{}.apply(in, out, memory, {});
    CHECK(padding_is_zero(out));
    return out(0, 0);
}

} // namespace

TEST_CASE("neural activations have their values") {
    CHECK(value_at<neural::relu<double>>(-2) == 0);
    CHECK(value_at<neural::relu<double>>(3) == 3);
    CHECK(std::isnan(value_at<neural::relu<double>>(std::numeric_limits<double>::quiet_NaN())));
    CHECK(value_at<neural::sigmoid<double>>(0) == 0.5);
    CHECK(value_at<neural::sigmoid<double>>(std::log(3.0)) == doctest::Approx(0.75));
    CHECK(value_at<neural::sigmoid<double>>(-1000) == 0);
    CHECK(value_at<neural::sigmoid<double>>(1000) == 1);
    CHECK(value_at<neural::tanh<double>>(std::log(2.0)) == doctest::Approx(0.6)); // (2 − ½)/(2 + ½)
}

TEST_CASE("neural activations have the gradients of central differences") {
    const auto in = random_matrix<double>(9, 5, 2);
    check_layer(neural::relu<double>{}, in);
    check_layer(neural::sigmoid<double>{}, in);
    check_layer(neural::tanh<double>{}, in);
}

TEST_CASE("neural activations have the same bits at 1, 2 and 3 threads") {
    check_threads(neural::sigmoid<float>{}, random_matrix<float>(300, 5, 2));
}

TEST_CASE("neural activations of floats are those of the definition, whatever the width of a row") {
    const auto check = [](auto layer, auto&& definition) {
        for (std::size_t columns = 1; columns <= 3 * simd::width<float> + 1; ++columns) {
            const auto in = random_matrix<float>(2, columns, columns);
            matrix<float> out;
            neural::no_workspace memory;
            layer.apply(in, out, memory, {});
            CHECK(padding_is_zero(out));
            for (std::size_t at = 0; at < columns; ++at)
                CHECK(static_cast<double>(out(1, at)) ==
                      doctest::Approx(definition(static_cast<double>(in(1, at)))).epsilon(1e-6));
        }
    };
    check(neural::relu<float>{}, [](double x) { return x < 0 ? 0.0 : x; });
    check(neural::sigmoid<float>{}, [](double x) { return 1 / (1 + std::exp(-x)); });
    check(neural::tanh<float>{}, [](double x) { return std::tanh(x); });
}
