// SPDX-License-Identifier: MIT
#include <hybrec/neural/tower.hpp>

#include "neural_fixture.hpp"

#include <hybrec/neural/activation.hpp>
#include <hybrec/neural/sequential.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;
using neural::tower;

static_assert(neural::layer<tower<float>>);
static_assert(neural::layer<tower<double>>);

TEST_CASE(
    "neural::tower has the gradients of central differences, and one result for any threads") {
    for (const bool normalize : {false, true})
        for (const double dropout : {0.0, 0.4}) {
            CAPTURE(normalize);
            CAPTURE(dropout);
            check_layer(tower<double>{5, {{7, 4, 3}, normalize, dropout}, counter_random{1}, 1},
                        random_matrix<double>(9, 5, 2));
            check_threads(tower<float>{20, {{33, 17}, normalize, dropout}, counter_random{1}, 1},
                          random_matrix<float>(300, 20, 2));
        }
}

TEST_CASE("neural::tower is its layers, one after the other") {
    using namespace neural;
    const auto in = random_matrix<double>(20, 6, 3);
    const counter_random random{4};
    tower<double> whole{6, {{8, 5}, true, 0.3}, random, 1};
    sequential layers{dense<double>{6, 8, random.stream(1)}, relu<double>{},
                      batch_normalization<double>{8},        neural::dropout<double>{0.3, 1},
                      dense<double>{8, 5, random.stream(2)}, relu<double>{},
                      batch_normalization<double>{5},        neural::dropout<double>{0.3, 2},
                      dense<double>{5, 1, random.stream(3)}};
    tower<double>::workspace memory;
    decltype(layers)::workspace other;
    matrix<double> out, expected;
    const pass pass{.seed = 5, .step = 6};
    whole.forward(in, out, memory, pass);
    layers.forward(in, expected, other, pass);
    for (std::size_t row = 0; row < 20; ++row)
        CHECK(out(row, 0) == doctest::Approx(expected(row, 0)).epsilon(1e-12));
    whole.apply(in, out, memory, {});
    layers.apply(in, expected, other, {});
    for (std::size_t row = 0; row < 20; ++row)
        CHECK(out(row, 0) == doctest::Approx(expected(row, 0)).epsilon(1e-12));
    CHECK(whole == whole);
}
