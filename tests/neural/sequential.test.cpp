// SPDX-License-Identifier: MIT
#include <hybrec/neural/sequential.hpp>

#include "neural_fixture.hpp"

#include <hybrec/neural/activation.hpp>
#include <hybrec/neural/batch_normalization.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/dropout.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

namespace {

template <class T>
auto two_layers() {
    const counter_random random{4};
    return neural::sequential{neural::dense<T>{6, 20, random.stream(1)}, neural::relu<T>{},
                              neural::batch_normalization<T>{20}, neural::dropout<T>{0.2},
                              neural::dense<T>{20, 1, random.stream(2)}};
}

} // namespace

TEST_CASE("neural::sequential applies its layers one after the other") {
    const auto network = two_layers<float>();
    const auto in = random_matrix<float>(9, 6, 1);
    decltype(two_layers<float>())::workspace memory;
    matrix<float> out;
    network.apply(in, out, memory, {});
    matrix<float> hidden, active, normal, expected;
    neural::dense<float>::workspace map;
    neural::batch_normalization<float>::workspace norm;
    neural::no_workspace none;
    network.get<0>().apply(in, hidden, map, {});
    network.get<1>().apply(hidden, active, none, {});
    network.get<2>().apply(active, normal, norm, {});
    network.get<4>().apply(normal, expected, map, {});
    CHECK(out == expected);
    CHECK(network.outputs(6) == 1);
    std::size_t parameters = 0;
    network.visit([&](const auto&) { ++parameters; });
    CHECK(parameters == 8); // 2 + 4 + 2
}

TEST_CASE("neural::sequential has the gradients of central differences") {
    check_layer(two_layers<double>(), random_matrix<double>(9, 6, 2));
    check_layer(neural::sequential{two_layers<double>(), neural::sigmoid<double>{}},
                random_matrix<double>(9, 6, 2));
}

TEST_CASE("neural::sequential has the same bits at 1, 2 and 3 threads") {
    check_threads(two_layers<float>(), random_matrix<float>(300, 6, 2));
}
