// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/descent.hpp>

#include "../solver_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstddef>
#include <limits>
#include <vector>

using namespace hybrec;
using test::shared_part;

namespace {

/// The residual of x = 0, which is b.
template <class Value>
void start_at_zero(const test::random_system<Value>& row,
                   detail::descent_workspace<Value>& scratch) {
    std::fill(scratch.residual.begin(), scratch.residual.end(), Value{0});
    for (std::size_t k = 0; k < row.system.entries; ++k)
        for (std::size_t at = 0; at < row.system.factors; ++at)
            scratch.residual[at] += row.targets[k] * row.rows[k][at];
}

constexpr auto always = [](std::size_t, auto) { return detail::verdict::go_on; };

} // namespace

TEST_CASE_TEMPLATE("als: a descent ends at the solution", Value, float, double) {
    for (const std::size_t factors : {1u, 16u, 20u, 70u})
        for (const std::size_t entries : {1u, 17u, 150u}) {
            CAPTURE(factors);
            CAPTURE(entries);
            const test::random_system<Value> row{shared_part::diagonal, factors, entries, false};
            detail::descent_workspace<Value> scratch{factors};
            start_at_zero(row, scratch);
            aligned_vector<Value> x(row.system.padded);
            const auto end =
                detail::descend(row.system, row.rows.data(), x.data(), 60, scratch, always);
            CHECK(end.positive);
            CHECK(row.residual(x.data()) < (sizeof(Value) == 4 ? 1e-5 : 1e-12));
            for (std::size_t at = factors; at < x.size(); ++at)
                CHECK(x[at] == Value{0});
        }
}

TEST_CASE("als: a descent takes as many steps as it may, or until they are enough") {
    const test::random_system<double> row{shared_part::diagonal, 40, 60, false};
    detail::descent_workspace<double> scratch{40};
    double before = 1;
    for (const std::size_t most : {1u, 2u, 4u, 8u}) {
        start_at_zero(row, scratch);
        aligned_vector<double> x(row.system.padded);
        const auto end =
            detail::descend(row.system, row.rows.data(), x.data(), most, scratch, always);
        CHECK(end.steps == most);
        CHECK(row.residual(x.data()) < before);
        before = row.residual(x.data());

        // The last step writes no product, and is the same.
        start_at_zero(row, scratch);
        aligned_vector<double> judged(row.system.padded);
        std::vector<std::size_t> numbers;
        const auto stopped = detail::descend(row.system, row.rows.data(), judged.data(), 100,
                                             scratch, [&](std::size_t step, double length) {
                                                 CHECK(length > 0);
                                                 numbers.push_back(step);
                                                 return step == most ? detail::verdict::enough
                                                                     : detail::verdict::go_on;
                                             });
        CHECK(stopped.steps == most);
        CHECK(numbers.size() == most);
        CHECK(numbers.back() == most);
        for (std::size_t at = 0; at < x.size(); ++at)
            CHECK(judged[at] == doctest::Approx(x[at]).epsilon(1e-12));
    }
}

TEST_CASE("als: a descent says where there is no curvature") {
    test::random_system<double> row{shared_part::diagonal, 5, 20, false};
    std::fill(row.weights.begin(), row.weights.end(), -100.0);
    detail::descent_workspace<double> scratch{5};
    start_at_zero(row, scratch);
    aligned_vector<double> x(row.system.padded);
    const auto end = detail::descend(row.system, row.rows.data(), x.data(), 10, scratch, always);
    CHECK_FALSE(end.positive);
    CHECK(end.steps == 0);

    std::fill(scratch.residual.begin(), scratch.residual.end(), 0.0); // and that nothing is left
    const auto none = detail::descend(row.system, row.rows.data(), x.data(), 10, scratch, always);
    CHECK(none.positive);
    CHECK(none.steps == 0);
}
