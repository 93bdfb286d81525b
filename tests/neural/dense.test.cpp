// SPDX-License-Identifier: MIT
#include <hybrec/neural/dense.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

static_assert(neural::layer<neural::dense<float>> && neural::layer<neural::dense<double>>);

TEST_CASE("neural::dense is x·W + b") {
    for (const std::size_t rows : {1u, 3u, 64u, 131u}) {
        const neural::dense<double> layer{5, 19, counter_random{1}};
        const auto in = random_matrix<double>(rows, 5, 1);
        matrix<double> out;
        neural::dense<double>::workspace memory;
        layer.apply(in, out, memory, {});
        REQUIRE(out.rows() == rows);
        REQUIRE(out.columns() == 19);
        for (std::size_t row = 0; row < rows; ++row)
            for (std::size_t j = 0; j < 19; ++j) {
                double expected = layer.bias()(0, j);
                for (std::size_t i = 0; i < 5; ++i)
                    expected += in(row, i) * layer.weights()(i, j);
                REQUIRE(out(row, j) == doctest::Approx(expected).epsilon(1e-12));
            }
        CHECK(padding_is_zero(out));
    }
}

TEST_CASE("neural::dense starts within ±1/√inputs") {
    const neural::dense<float> layer{16, 40, counter_random{1}};
    double largest = 0;
    for (std::size_t i = 0; i < 16; ++i)
        for (std::size_t j = 0; j < 40; ++j)
            largest = std::max(largest, std::abs(static_cast<double>(layer.weights()(i, j))));
    CHECK(largest <= 0.25);
    CHECK(largest > 0.24);
    CHECK(layer.bias()(0, 3) != 0);
    CHECK(layer != neural::dense<float>{16, 40, counter_random{2}});
}

TEST_CASE("neural::dense has the gradients of central differences") {
    check_layer(neural::dense<double>{5, 19, counter_random{1}}, random_matrix<double>(7, 5, 2));
    check_layer(neural::dense<double>{33, 1, counter_random{1}}, random_matrix<double>(3, 33, 2));
}

TEST_CASE("neural::dense has the same bits at 1, 2 and 3 threads") {
    check_threads(neural::dense<float>{70, 33, counter_random{1}},
                  random_matrix<float>(600, 70, 2));
}
