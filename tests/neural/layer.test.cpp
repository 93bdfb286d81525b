// SPDX-License-Identifier: MIT
#include <hybrec/neural/layer.hpp>

#include <hybrec/neural/activation.hpp>
#include <hybrec/neural/dense.hpp>
#include <hybrec/neural/embedding.hpp>
#include <hybrec/neural/sequential.hpp>

#include <doctest/doctest.h>

using namespace hybrec::neural;

static_assert(layer<dense<float>> && layer<relu<double>>);
static_assert(layer<sequential<dense<float>, relu<float>>>);

TEST_CASE("neural::layer is no embedding, which takes indices, and no number") {
    CHECK(!layer<embedding<float>, float>);
    CHECK(!layer<int, float>);
    CHECK(layer<sequential<sequential<dense<float>, relu<float>>, dense<float>>>); // they nest
}
