// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/subspace.hpp>

#include "solver_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using test::shared_part;

static_assert(least_squares_solver<subspace, float> && least_squares_solver<subspace, double>);
static_assert(least_squares_solver<subspace>);

TEST_CASE_TEMPLATE("subspace approaches the solution with every sweep", Value, float, double) {
    for (const bool signed_weights : {false, true})
        for (const std::size_t factors : {40u, 64u, 70u}) {
            CAPTURE(signed_weights);
            CAPTURE(factors);
            const test::random_system<Value> row{shared_part::diagonal, factors, 90,
                                                 signed_weights};
            subspace::workspace<Value> scratch{factors, 90};
            aligned_vector<Value> x(row.system.padded);
            const subspace solver{.block = 16};
            REQUIRE(solver.solve(row.system, x.data(), scratch));
            const double once = row.residual(x.data());
            for (int sweep = 0; sweep < 200; ++sweep)
                REQUIRE(solver.solve(row.system, x.data(), scratch));
            CHECK(row.residual(x.data()) < once);
            CHECK(row.residual(x.data()) < (sizeof(Value) == 4 ? 5e-4 : 1e-9));
            for (std::size_t at = factors; at < x.size(); ++at)
                CHECK(x[at] == Value{0});
        }
}

TEST_CASE("subspace with one block is exact, and a singular system is reported") {
    test::random_system<double> row{shared_part::diagonal, 30, 12, true};
    subspace::workspace<double> scratch{30, 12};
    aligned_vector<double> x(row.system.padded, 0.0);
    REQUIRE(subspace{.block = 64}.solve(row.system, x.data(), scratch));
    CHECK(row.residual(x.data()) < 1e-11);

    std::fill(row.diagonal.begin(), row.diagonal.end(), 0.0);
    CHECK_FALSE(subspace{.block = 64}.solve(row.system, x.data(), scratch));
}

TEST_CASE("subspace solves rows exactly whose exact solution costs less than a sweep") {
    const test::random_system<double> row{shared_part::diagonal, 256, 20, false};
    subspace::workspace<double> scratch{256, 20};
    aligned_vector<double> x(row.system.padded);
    REQUIRE(subspace{.block = 64}.solve(row.system, x.data(), scratch));
    CHECK(row.residual(x.data()) < 1e-11);
}

TEST_CASE("subspace reports a singular block") {
    test::random_system<double> row{shared_part::diagonal, 64, 12, true};
    std::fill(row.diagonal.begin(), row.diagonal.end(), 0.0);
    subspace::workspace<double> scratch{64, 12};
    aligned_vector<double> x(row.system.padded);
    CHECK_FALSE(subspace{.block = 16}.solve(row.system, x.data(), scratch));
}
