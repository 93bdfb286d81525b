// SPDX-License-Identifier: MIT
#include <hybrec/neural/interaction.hpp>

#include "neural_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;
using namespace hybrec::test;
using neural::matrix;

TEST_CASE("neural interactions by hand") {
    matrix<double> left(1, 2), right(1, 2), out;
    left(0, 0) = 3, left(0, 1) = 4;
    right(0, 0) = 1, right(0, 1) = 0;
    neural::dot_interaction<double>::apply(left, right, out, {});
    CHECK(out(0, 0) == 3);
    neural::cosine_interaction<double>::apply(left, right, out, {});
    CHECK(out(0, 0) == doctest::Approx(0.6));
    left.fill_zero(); // has no direction
    neural::cosine_interaction<double>::apply(left, right, out, {});
    CHECK(out(0, 0) == 0);
}

TEST_CASE("neural interactions have the gradients of central differences") {
    auto left = random_matrix<double>(7, 5, 1);
    auto right = random_matrix<double>(7, 5, 2);
    const auto factors = random_matrix<double>(7, 1, 3);
    matrix<double> out, left_gradient, right_gradient;
    SUBCASE("dot") {
        using interaction = neural::dot_interaction<double>;
        const auto loss = [&] {
            matrix<double> result;
            interaction::apply(left, right, result, {});
            return inner_product(result, factors);
        };
        interaction::backward(left, right, factors, left_gradient, right_gradient, {});
        check_derivatives(left, left_gradient, loss);
        check_derivatives(right, right_gradient, loss);
    }
    SUBCASE("cosine") {
        using interaction = neural::cosine_interaction<double>;
        const auto loss = [&] {
            matrix<double> result;
            interaction::apply(left, right, result, {});
            return inner_product(result, factors);
        };
        interaction::apply(left, right, out, {});
        interaction::backward(left, right, out, factors, left_gradient, right_gradient, {});
        check_derivatives(left, left_gradient, loss);
        check_derivatives(right, right_gradient, loss);
    }
}
