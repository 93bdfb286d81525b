// SPDX-License-Identifier: MIT
#include <hybrec/neural/batch_normalization.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

static_assert(neural::layer<neural::batch_normalization<float>>);

TEST_CASE("neural::batch_normalization in training and in inference") {
    neural::batch_normalization<double> layer{2, {.momentum = 0.25, .epsilon = 0}};
    matrix<double> in(4, 2), out;
    for (std::size_t row = 0; row < 4; ++row) {
        in(row, 0) = static_cast<double>(row); // mean 1.5, variance 1.25, of a sample 5/3
        in(row, 1) = row % 2 == 0 ? 1.0 : 3.0; // mean 2, variance 1, of a sample 4/3
    }
    neural::batch_normalization<double>::workspace memory;
    layer.forward(in, out, memory, {});
    for (std::size_t row = 0; row < 4; ++row) {
        CHECK(out(row, 0) == doctest::Approx((static_cast<double>(row) - 1.5) / std::sqrt(1.25)));
        CHECK(out(row, 1) == doctest::Approx(row % 2 == 0 ? -1.0 : 1.0));
    }
    CHECK(padding_is_zero(out));
    // Running: mean 0.25·1.5, variance 0.75·1 + 0.25·5/3.
    layer.apply(in, out, memory, {});
    CHECK(out(2, 0) == doctest::Approx((2 - 0.375) / std::sqrt(0.75 + 0.25 * 5.0 / 3.0)));
    CHECK(out(2, 1) == doctest::Approx((1 - 0.5) / std::sqrt(0.75 + 0.25 * 4.0 / 3.0)));
}

TEST_CASE("neural::batch_normalization of one row is its shift") {
    neural::batch_normalization<float> layer{3};
    matrix<float> out;
    neural::batch_normalization<float>::workspace memory;
    const auto before = layer;
    layer.forward(random_matrix<float>(1, 3, 1), out, memory, {});
    for (std::size_t at = 0; at < 3; ++at)
        CHECK(out(0, at) == 0);
    CHECK(layer != before); // the running mean moved
}

TEST_CASE("neural::batch_normalization has the gradients of central differences") {
    neural::batch_normalization<double> layer{11};
    std::uint64_t stream = 5;
    layer.visit([&](auto& each) {
        if (each.trained)
            each.value = random_matrix<double>(1, 11, stream++);
    });
    check_layer(layer, random_matrix<double>(7, 11, 2));
}

TEST_CASE("neural::batch_normalization has the same bits at 1, 2 and 3 threads") {
    check_threads(neural::batch_normalization<float>{70}, random_matrix<float>(300, 70, 2));
}
