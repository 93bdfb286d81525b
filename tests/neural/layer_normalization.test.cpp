// SPDX-License-Identifier: MIT
#include <hybrec/neural/layer_normalization.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

static_assert(neural::layer<neural::layer_normalization<float>>);

TEST_CASE("neural::layer_normalization by hand") {
    const neural::layer_normalization<double> layer{4, 0};
    matrix<double> in(1, 4), out;
    for (std::size_t at = 0; at < 4; ++at)
        in(0, at) = static_cast<double>(at); // mean 1.5, variance 1.25
    neural::layer_normalization<double>::workspace memory;
    layer.apply(in, out, memory, {});
    for (std::size_t at = 0; at < 4; ++at)
        CHECK(out(0, at) == doctest::Approx((static_cast<double>(at) - 1.5) / std::sqrt(1.25)));
    CHECK(padding_is_zero(out));
}

TEST_CASE("neural::layer_normalization has the gradients of central differences") {
    neural::layer_normalization<double> layer{11};
    std::uint64_t stream = 5;
    layer.visit([&](auto& each) { each.value = random_matrix<double>(1, 11, stream++); });
    check_layer(layer, random_matrix<double>(7, 11, 2));
    check_threads(neural::layer_normalization<float>{20}, random_matrix<float>(300, 20, 2));
}
