// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/descent.hpp>

#include "../solver_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

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

constexpr auto always = [](const auto&) { return detail::verdict::go_on; };

/// Passes over the rows of a system.
template <class Value>
auto whole(const test::random_system<Value>& row) {
    return [&row](const Value* p, Value* out, Value) {
        return detail::curvature_along(row.system, row.rows.data(), p, out);
    };
}

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
            const auto end = detail::descend(row.system, whole(row), x.data(), 60, scratch, always);
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
        const auto end = detail::descend(row.system, whole(row), x.data(), most, scratch, always);
        CHECK(end.steps == most);
        CHECK(row.residual(x.data()) < before);
        before = row.residual(x.data());

        // The last step writes no product, and is the same.
        start_at_zero(row, scratch);
        aligned_vector<double> judged(row.system.padded);
        std::size_t asked = 0;
        double smaller = std::numeric_limits<double>::infinity();
        aligned_vector<double> last(judged.size());
        const auto stopped = detail::descend(
            row.system, whole(row), judged.data(), 100, scratch,
            [&](const detail::step_lengths<double>& step) {
                double moved = 0, solution = 0;
                for (std::size_t at = 0; at < last.size(); ++at) {
                    moved += std::pow(judged[at] - last[at], 2);
                    solution += judged[at] * judged[at];
                }
                last = judged;
                CHECK(step.moved == doctest::Approx(moved));
                CHECK(step.solution == doctest::Approx(solution));
                CHECK(step.residual < smaller); // in this measure it need not, but does here
                smaller = step.residual;
                return ++asked == most ? detail::verdict::enough : detail::verdict::go_on;
            });
        CHECK(stopped.steps == most);
        CHECK(asked == most);
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
    const auto end = detail::descend(row.system, whole(row), x.data(), 10, scratch, always);
    CHECK_FALSE(end.positive);
    CHECK(end.steps == 0);

    std::fill(scratch.residual.begin(), scratch.residual.end(), 0.0); // and that nothing is left
    const auto none = detail::descend(row.system, whole(row), x.data(), 10, scratch, always);
    CHECK(none.positive);
    CHECK(none.steps == 0);
}
