// SPDX-License-Identifier: MIT
#include <hybrec/neural/fm_interaction.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

static_assert(neural::layer<neural::fm_interaction<float>>);

TEST_CASE("neural::fm_interaction is the sum of all pairwise inner products") {
    const auto in = random_matrix<double>(5, 4 * 3, 1);
    const neural::fm_interaction<double> layer{4};
    neural::fm_interaction<double>::workspace memory;
    matrix<double> out;
    layer.apply(in, out, memory, {});
    for (std::size_t row = 0; row < 5; ++row) {
        double expected = 0;
        for (std::size_t f = 0; f < 4; ++f)
            for (std::size_t g = f + 1; g < 4; ++g)
                for (std::size_t k = 0; k < 3; ++k)
                    expected += in(row, 3 * f + k) * in(row, 3 * g + k);
        CHECK(out(row, 0) == doctest::Approx(expected));
    }
}

TEST_CASE("neural::fm_interaction has the gradients of central differences") {
    check_layer(neural::fm_interaction<double>{4}, random_matrix<double>(5, 12, 1));
    check_layer(neural::fm_interaction<double>{3},
                random_matrix<double>(5, 3 * 16, 1)); // whole lines
    check_threads(neural::fm_interaction<float>{4}, random_matrix<float>(300, 12, 1));
}
