// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/exact.hpp>

#include "solver_fixture.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>

using namespace hybrec;
using test::shared_part;

static_assert(least_squares_solver<exact, float> && least_squares_solver<exact, double>);
static_assert(least_squares_solver<exact>);
static_assert(!least_squares_solver<int>);

TEST_CASE_TEMPLATE("exact solves a row's normal equations", Value, float, double) {
    for (const shared_part part : {shared_part::dense, shared_part::diagonal})
        for (const std::size_t factors : {1u, 3u, 16u, 20u, 64u, 70u, 130u})
            for (const std::size_t entries : {1u, 5u, 16u, 17u, 63u, 64u, 65u, 128u, 200u})
                for (const bool signed_weights : {false, true}) {
                    CAPTURE(factors);
                    CAPTURE(entries);
                    CAPTURE(signed_weights);
                    const test::random_system<Value> row{part, factors, entries, signed_weights};
                    exact::workspace<Value> scratch{factors, entries};
                    aligned_vector<Value> x(row.system.padded, Value{7}); // not looked at
                    REQUIRE(exact{}.solve(row.system, x.data(), scratch));
                    CHECK(row.residual(x.data()) < (sizeof(Value) == 4 ? 2e-4 : 1e-11));
                    for (std::size_t at = factors; at < x.size(); ++at)
                        CHECK(x[at] == Value{0});
                }
}

TEST_CASE("exact takes the dual for short rows with positive weights on a diagonal") {
    const auto dual = [](auto&&... arguments) {
        const test::random_system<float> row{arguments...};
        return exact::prefers_dual(row.system);
    };
    CHECK(dual(shared_part::diagonal, 64u, 10u, false));
    CHECK(dual(shared_part::diagonal, 256u, 100u, false));
    CHECK_FALSE(dual(shared_part::diagonal, 64u, 64u, false));
    CHECK_FALSE(dual(shared_part::diagonal, 64u, 10u, true));
    CHECK_FALSE(dual(shared_part::dense, 64u, 10u, false));
    CHECK_FALSE(dual(shared_part::diagonal, 64u, 10u, false, 0.0)); // not safely definite

    test::random_system<float> row{shared_part::diagonal, 64, 10, false};
    row.weights[3] = 0; // has no root to divide by
    CHECK_FALSE(exact::prefers_dual(row.system));
    row.weights[3] = row.weights[4] * 1e-7F; // digits would be lost
    CHECK_FALSE(exact::prefers_dual(row.system));
}

TEST_CASE("exact descends where few steps are enough, and comes as near") {
    for (const float confidence : {1.0F, 1e5F}) {
        CAPTURE(confidence);
        test::random_system<float> row{shared_part::diagonal, 256, 200, false};
        test::random_system<double> same{shared_part::diagonal, 256, 200, false};
        for (std::size_t k = 0; k < 200; ++k)
            same.weights[k] = static_cast<double>(row.weights[k] *= confidence);
        CHECK(exact::prefers_descent(row.system, false) == (confidence == 1));
        exact::workspace<float> scratch{256, 200};
        exact::workspace<double> whole{256, 200};
        aligned_vector<float> x(row.system.padded);
        aligned_vector<double> expected(same.system.padded);
        REQUIRE(exact{}.solve(row.system, x.data(), scratch));
        REQUIRE(exact{}.solve(same.system, expected.data(), whole));
        double error = 0, length = 0;
        for (std::size_t at = 0; at < x.size(); ++at) {
            error += std::pow(static_cast<double>(x[at]) - expected[at], 2);
            length += std::pow(expected[at], 2);
        }
        CHECK(std::sqrt(error / length) < 1e-5);
    }
}

TEST_CASE("exact: primal and dual agree") {
    // The same row, with and without one entry of weight and target zero, which forbids the dual.
    test::random_system<double> dual{shared_part::diagonal, 80, 30, false};
    exact::workspace<double> scratch{80, 30};
    aligned_vector<double> expected(dual.system.padded);
    REQUIRE(exact::prefers_dual(dual.system));
    REQUIRE(exact{}.solve(dual.system, expected.data(), scratch));
    dual.system.entries = 31; // the padding behind the entries
    REQUIRE_FALSE(exact::prefers_dual(dual.system));
    aligned_vector<double> x(dual.system.padded);
    REQUIRE(exact{}.solve(dual.system, x.data(), scratch));
    for (std::size_t at = 0; at < x.size(); ++at)
        CHECK(x[at] == doctest::Approx(expected[at]).epsilon(1e-10));
}

TEST_CASE("exact reports a singular system") {
    for (const shared_part part : {shared_part::dense, shared_part::diagonal}) {
        test::random_system<float> row{part, 20, 3, false, 0};
        std::fill(row.gram.begin(), row.gram.end(), 0.0F); // three rows do not determine 20 factors
        std::fill(row.diagonal.begin(), row.diagonal.end(), 0.0F);
        exact::workspace<float> scratch{20, 3};
        aligned_vector<float> x(row.system.padded);
        CHECK_FALSE(exact{}.solve(row.system, x.data(), scratch));
    }
}
