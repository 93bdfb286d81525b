// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/exact.hpp>

#include "solver_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;

static_assert(least_squares_solver<exact>);
static_assert(!least_squares_solver<int>);

TEST_CASE_TEMPLATE("exact solves a row's normal equations", Value, float, double) {
    for (const std::size_t factors : {1u, 3u, 16u, 20u, 64u, 70u})
        for (const std::size_t entries : {1u, 5u, 63u, 64u, 65u, 200u})
            for (const bool signed_weights : {false, true}) {
                CAPTURE(factors);
                CAPTURE(entries);
                CAPTURE(signed_weights);
                const test::random_system<Value> row{factors, entries, signed_weights};
                exact::workspace<Value> scratch{factors, entries};
                aligned_vector<Value> x(row.system.padded, Value{0});
                REQUIRE(exact{}.solve(row.system, x.data(), scratch));
                CHECK(row.residual(x.data()) < (sizeof(Value) == 4 ? 2e-4 : 1e-11));
                for (std::size_t at = factors; at < x.size(); ++at)
                    CHECK(x[at] == Value{0});
            }
}

TEST_CASE("exact reports a singular system") {
    test::random_system<float> row{20, 3, false, 0};
    std::fill(row.gram.begin(), row.gram.end(), 0.0F); // three rows cannot determine 20 factors
    exact::workspace<float> scratch{20, 3};
    aligned_vector<float> x(row.system.padded);
    CHECK_FALSE(exact{}.solve(row.system, x.data(), scratch));
}
