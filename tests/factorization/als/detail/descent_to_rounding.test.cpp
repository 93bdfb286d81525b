// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/descent_to_rounding.hpp>

#include "../solver_fixture.hpp"

#include <hybrec/factorization/als/exact.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

using namespace hybrec;
using test::shared_part;

namespace {

constexpr double any_price = std::numeric_limits<double>::infinity();

} // namespace

TEST_CASE("als: a descent to rounding is as near as a factorization in floats") {
    for (const std::size_t factors : {16u, 64u, 100u, 130u, 256u})
        for (const std::size_t entries : {1u, 7u, 33u, 200u, 900u})
            for (const float times : {1.0F, 50.0F}) { // the larger the weights, the more steps
                CAPTURE(factors);
                CAPTURE(entries);
                CAPTURE(times);
                test::random_system<float> row{shared_part::diagonal, factors, entries, false};
                test::random_system<double> same{shared_part::diagonal, factors, entries, false};
                for (std::size_t k = 0; k < entries; ++k) {
                    row.weights[k] *= times;
                    same.weights[k] = static_cast<double>(row.weights[k]);
                }
                exact::workspace<double> whole{factors, entries};
                aligned_vector<double> expected(same.system.padded);
                REQUIRE(exact{}.solve(same.system, expected.data(), whole));
                detail::descent_workspace<float> scratch{factors};
                const std::size_t words = simd::bfloat16_words(row.system.padded);
                aligned_vector<simd::bfloat16_pair> table(row.rows.size() * words);
                std::vector<const simd::bfloat16_pair*> rounded_rows;
                for (std::size_t k = 0; k < row.rows.size(); ++k) {
                    simd::pack_bfloat16(row.rows[k], row.system.padded, table.data() + k * words);
                    rounded_rows.push_back(table.data() + k * words);
                }
                std::array<double, 2> errors{};
                for (const bool rounded : {false, true}) {
                    CAPTURE(rounded);
                    normal_equations<float> system = row.system;
                    system.rounded_rows = rounded ? rounded_rows.data() : nullptr;
                    aligned_vector<float> x(row.system.padded, 7.0F); // not looked at
                    REQUIRE(detail::descend_to_rounding(system, x.data(), scratch));
                    double error = 0, length = 0;
                    for (std::size_t at = 0; at < factors; ++at) {
                        error += std::pow(static_cast<double>(x[at]) - expected[at], 2);
                        length += std::pow(expected[at], 2);
                    }
                    errors[rounded] = std::sqrt(error / length);
                    for (std::size_t at = factors; at < x.size(); ++at)
                        CHECK(x[at] == 0);
                }
                const double allowed = times == 1 ? 3e-6 : 5e-6;
                CHECK(errors[false] < allowed);
                CHECK(errors[true] < allowed);
            }
}

TEST_CASE("als: a descent to rounding is refused what does not come to an end") {
    for (const float wrong :
         {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
        test::random_system<float> row{shared_part::diagonal, 64, 40, false};
        detail::descent_workspace<float> scratch{64};
        aligned_vector<float> x(row.system.padded);
        row.table.row(item_index(3))[5] = wrong;
        CHECK_FALSE(detail::descend_to_rounding(row.system, x.data(), scratch));
    }
    test::random_system<float> row{shared_part::diagonal, 64, 300, false};
    for (float& weight : row.weights)
        weight *= 1e9F; // eigenvalues from 1 to 1e9, and floats have seven digits
    for (std::size_t at = 0; at < 64; ++at) {
        row.diagonal[at] = std::pow(10.0F, static_cast<float>(at % 8));
        row.inverse[at] = 1 / row.diagonal[at];
    }
    detail::descent_workspace<float> scratch{64};
    aligned_vector<float> x(row.system.padded);
    CHECK_FALSE(detail::descend_to_rounding(row.system, x.data(), scratch));
}

TEST_CASE("als: the more steps a descent takes, the later vectors may be rounded") {
    const auto reached = [](std::size_t steps, float residual) {
        return detail::may_round(steps, residual * residual * 5, 5);
    };
    CHECK_FALSE(reached(3, 1.1e-3F));
    CHECK(reached(3, 0.9e-3F));
    // Ten steps for three digits, so twenty for six: (8/20)² of it, .16.
    CHECK_FALSE(reached(10, 0.9e-3F));
    CHECK_FALSE(reached(12, 1.9e-4F)); // 19 for six: .18
    CHECK(reached(12, 1.7e-4F));
    CHECK_FALSE(reached(40, 2.5e-5F)); // 52: .024
    CHECK(reached(40, 2.2e-5F));
    CHECK(reached(1, 0));
    CHECK_FALSE(reached(1, std::numeric_limits<float>::quiet_NaN()));
}

TEST_CASE("als: a descent ends where little is left") {
    const auto steps_of = [](std::vector<float> lengths) {
        detail::rounding_judge judge;
        std::size_t steps = 0;
        for (const float length : lengths) {
            ++steps;
            if (judge({.moved = length * length, .solution = 4, .residual = 1}) ==
                detail::verdict::enough)
                break;
        }
        return judge.settled() ? steps : 0;
    };
    // x is 2, so 2e-6 may be left.
    CHECK(steps_of({2, 1, 0.1F, 0.01F, 1e-3F, 1e-4F, 2e-5F, 4e-6F, 1e-6F}) ==
          8); // a quarter of 4e-6
    CHECK(steps_of({2, 1, 0.1F, 0.01F, 1e-3F, 1e-4F, 1e-5F, 1e-6F}) == 7);
    CHECK(steps_of({2, 2e-5F, 2e-5F, 1e-7F}) == 4); // by chance: less than a tenth is not believed
    CHECK(steps_of({2, 1.7e-5F, 1e-7F}) == 2);
    CHECK(steps_of({2, 2e-5F, 1.6e-5F, 8e-6F, 4e-6F, 2.1e-6F, 1.5e-6F, 4e-7F}) == 8); // slowly
    CHECK(steps_of({2, 2e-5F, 2e-6F, 2e-6F, 2.1e-7F}) == 3);
    CHECK(steps_of({2, 0.5F}) == 0);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK(steps_of({2, nan, nan, nan}) == 0);
    const float infinity = std::numeric_limits<float>::infinity();
    CHECK(steps_of({infinity, infinity, 1e-9F}) == 3);
    detail::rounding_judge judge;
    CHECK(judge({.moved = 0, .solution = infinity, .residual = 0}) == detail::verdict::go_on);
}

TEST_CASE("als: a descent is preferred where it is possible and costs less") {
    const auto prefers = [](auto&& change, double direct = any_price) {
        test::random_system<float> row{shared_part::diagonal, 128, 100, false};
        change(row);
        return detail::prefers_descent(row.system, direct);
    };
    const auto as_it_is = [](auto&) {};
    CHECK(prefers(as_it_is));
    CHECK_FALSE(prefers([](auto& row) { row.system.gram = row.gram.data(); }));
    CHECK_FALSE(prefers([](auto& row) { row.system.definite = false; }));
    CHECK_FALSE(prefers([](auto& row) { row.weights[7] = -0.01F; }));
    CHECK_FALSE(prefers(as_it_is, 0));
    // A step is 7·n·f flops and more.
    CHECK_FALSE(prefers(as_it_is, 3 * 8 * 100 * 128));
    CHECK(prefers(as_it_is, 30 * 8 * 100 * 128));
    // More confidence, more steps.
    CHECK_FALSE(prefers(
        [](auto& row) {
            for (float& weight : row.weights)
                weight *= 1e4F;
        },
        30 * 8 * 100 * 128));
    // Rows that outgrow the second-level cache, from a table that is far.
    const auto of_entries = [](std::size_t entries, bool far) {
        test::random_system<float> row{shared_part::diagonal, 128, entries, false};
        row.system.far = far;
        return detail::prefers_descent(row.system, any_price);
    };
    CHECK(of_entries(2000, true));
    CHECK(of_entries(3000, false));
    CHECK_FALSE(of_entries(3000, true));
}

TEST_CASE("als: the number of steps is foreseen") {
    for (const std::size_t factors : {64u, 256u})
        for (const std::size_t entries : {40u, 128u, 600u})
            for (const float alpha : {0.1F, 3.0F, 100.0F}) {
                CAPTURE(factors);
                CAPTURE(entries);
                CAPTURE(alpha);
                test::random_system<float> row{shared_part::diagonal, factors, entries, false};
                double spread = 0;
                for (std::size_t at = 0; at < factors; ++at) // no preferred direction
                    row.diagonal[at] = row.inverse[at] = 1;
                for (std::size_t k = 0; k < entries; ++k) {
                    row.weights[k] = alpha / static_cast<float>(factors);
                    for (std::size_t at = 0; at < factors; ++at)
                        spread +=
                            static_cast<double>(row.weights[k] * row.rows[k][at] * row.rows[k][at]);
                }
                CHECK(detail::spread_of(row.system) == doctest::Approx(spread).epsilon(0.2));
                detail::descent_workspace<float> scratch{factors};
                for (std::size_t k = 0; k < entries; ++k)
                    for (std::size_t at = 0; at < factors; ++at)
                        scratch.residual[at] += row.targets[k] * row.rows[k][at];
                aligned_vector<float> x(row.system.padded);
                const auto end = detail::descend(
                    row.system,
                    [&](const float* p, float* out, float) {
                        return detail::curvature_along(row.system, row.rows.data(), p, out);
                    },
                    x.data(), 100, scratch, detail::rounding_judge{});
                const double expected = detail::steps_to_rounding(
                    spread, static_cast<double>(entries), static_cast<double>(factors));
                CHECK(static_cast<double>(end.steps) < 1.5 * expected + 1);
                CHECK(static_cast<double>(end.steps) > expected / 2 - 1);
            }
    CHECK(detail::steps_to_rounding(0, 10, 64) == 1); // D alone
    CHECK(detail::steps_to_rounding(1e9, 10, 64) == 11);
}
