// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/conjugate_gradient.hpp>

#include "solver_fixture.hpp"

#include <hybrec/factorization/als/detail/rounded_vectors.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using test::shared_part;

static_assert(least_squares_solver<conjugate_gradient, float> &&
              least_squares_solver<conjugate_gradient, double>);
static_assert(least_squares_solver<conjugate_gradient>);

TEST_CASE_TEMPLATE("conjugate_gradient approaches the solution with every step", Value, float,
                   double) {
    for (const bool signed_weights : {false, true}) {
        CAPTURE(signed_weights);
        const test::random_system<Value> row{shared_part::diagonal, 24, 40, signed_weights};
        const auto residual_after = [&](std::size_t steps) {
            conjugate_gradient::workspace<Value> scratch{24, 40};
            aligned_vector<Value> x(row.system.padded);
            REQUIRE(conjugate_gradient{.steps = steps}.solve(row.system, x.data(), scratch));
            return row.residual(x.data());
        };
        CHECK(residual_after(3) < residual_after(1));
        CHECK(residual_after(6) < residual_after(3));
        CHECK(residual_after(60) < (sizeof(Value) == 4 ? 1e-4 : 1e-12));
    }
}

TEST_CASE("conjugate_gradient starts from the current vector and keeps an exact one") {
    const test::random_system<double> row{shared_part::diagonal, 10, 30, false};
    conjugate_gradient::workspace<double> scratch{10, 30};
    aligned_vector<double> x(row.system.padded);
    REQUIRE(conjugate_gradient{.steps = 50}.solve(row.system, x.data(), scratch));
    const auto solution = x;
    REQUIRE(conjugate_gradient{.steps = 1}.solve(row.system, x.data(), scratch));
    for (std::size_t at = 0; at < x.size(); ++at)
        CHECK(x[at] == doctest::Approx(solution[at]).epsilon(1e-10));
}

TEST_CASE("conjugate_gradient reports a direction without curvature") {
    test::random_system<float> row{shared_part::diagonal, 8, 2, false, 0};
    std::fill(row.diagonal.begin(), row.diagonal.end(), 0.0F);
    std::fill(row.weights.begin(), row.weights.end(), -1.0F);
    conjugate_gradient::workspace<float> scratch{8, 2};
    aligned_vector<float> x(row.system.padded);
    CHECK_FALSE(conjugate_gradient{}.solve(row.system, x.data(), scratch));
}

TEST_CASE("conjugate_gradient needs no regularization where the entries determine the row") {
    test::random_system<double> row{shared_part::diagonal, 8, 40, false, 0};
    std::fill(row.diagonal.begin(), row.diagonal.end(), 0.0);
    std::fill(row.inverse.begin(), row.inverse.end(), 1.0);
    conjugate_gradient::workspace<double> scratch{8, 40};
    aligned_vector<double> x(row.system.padded);
    REQUIRE(conjugate_gradient{.steps = 30}.solve(row.system, x.data(), scratch));
    CHECK(row.residual(x.data()) < 1e-10);
}

TEST_CASE("conjugate_gradient reads rounded vectors up to a number of steps") {
    CHECK(conjugate_gradient{}.rounds_vectors(0));
    CHECK(conjugate_gradient{.steps = 3}.rounds_vectors(0));
    CHECK(!conjugate_gradient{.steps = 4}.rounds_vectors(0));
    CHECK(!conjugate_gradient{.rounded_steps = 0}.rounds_vectors(0));
    test::random_system<float> row{shared_part::diagonal, 40, 60, false};
    const detail::rounded_vectors rounded{row.table, {}};
    std::vector<const simd::bfloat16_pair*> rows;
    for (std::size_t k = 0; k < row.rows.size(); ++k)
        rows.push_back(rounded.row(k < 60 ? k : 0));
    const auto residual_of = [&](std::size_t steps) {
        conjugate_gradient::workspace<float> scratch{40, 60};
        aligned_vector<float> x(row.system.padded);
        REQUIRE(conjugate_gradient{.steps = steps}.solve(row.system, x.data(), scratch));
        return row.residual(x.data());
    };
    const double of_floats = residual_of(2);
    row.system.rows = nullptr;
    row.system.rounded_rows = rows.data();
    CHECK(residual_of(2) == doctest::Approx(of_floats).epsilon(0.05));
    // It solves the rounded system: that one is no nearer to the other than the rounding.
    const double converged = residual_of(60);
    CHECK(converged < 5e-3);
    CHECK(converged > 1e-4);
}
