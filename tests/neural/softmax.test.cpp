// SPDX-License-Identifier: MIT
#include <hybrec/neural/softmax.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

static_assert(neural::layer<neural::softmax<float>>);

TEST_CASE("neural::softmax by hand, also of large numbers") {
    matrix<double> in(2, 3), out;
    for (std::size_t at = 0; at < 3; ++at) {
        in(0, at) = std::log(static_cast<double>(at + 1)); // 1 : 2 : 3
        in(1, at) = 1000 + in(0, at);
    }
    neural::no_workspace memory;
    neural::softmax<double>{}.apply(in, out, memory, {});
    for (std::size_t row = 0; row < 2; ++row)
        for (std::size_t at = 0; at < 3; ++at)
            CHECK(out(row, at) == doctest::Approx(static_cast<double>(at + 1) / 6));
    CHECK(padding_is_zero(out));
}

TEST_CASE("neural::softmax has the gradients of central differences") {
    check_layer(neural::softmax<double>{}, random_matrix<double>(7, 5, 2));
    check_threads(neural::softmax<float>{}, random_matrix<float>(300, 5, 2));
}
