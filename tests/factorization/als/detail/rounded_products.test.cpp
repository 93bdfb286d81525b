// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/detail/rounded_products.hpp>

#include "../solver_fixture.hpp"

#include <hybrec/factorization/als/exact.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

using namespace hybrec;
using test::shared_part;

namespace {

bool prepare(detail::rounded_workspace& scratch, test::random_system<float>& row) {
    if (row.system.entries >= 16)
        return scratch.prepare(row.system, 64);
    scratch.roots[0] = std::sqrt(row.weights[0]); // it would say that there are too few
    return true;
}

} // namespace

TEST_CASE("als: a refined solution is as near as one of whole floats, its vectors near or far") {
    const auto check = [](shared_part part, std::size_t factors, std::size_t entries, bool far) {
        CAPTURE(factors);
        CAPTURE(entries);
        CAPTURE(far);
        test::random_system<float> row{part, factors, entries, false};
        row.system.far = far;
        detail::rounded_workspace scratch{factors, entries};
        aligned_vector<float> matrix(row.system.padded * row.system.padded);
        aligned_vector<float> x(row.system.padded, 7.0F); // not looked at
        REQUIRE(prepare(scratch, row));
        REQUIRE(detail::solve_refined(row.system, x.data(), matrix.data(), scratch));
        CHECK(row.residual(x.data()) < 2e-5);
        for (std::size_t at = factors; at < x.size(); ++at)
            CHECK(x[at] == 0);
    };
    for (const shared_part part : {shared_part::dense, shared_part::diagonal})
        for (const std::size_t factors : {20u, 40u, 64u, 100u, 130u})
            for (const std::size_t entries : {1u, 16u, 33u, 64u, 200u, 900u})
                for (const bool far : {false, true})
                    check(part, factors, entries, far);
}

TEST_CASE("als: a refined solution is refused before it is worse than one of whole floats") {
    constexpr std::size_t factors = 64, entries = 150;
    const auto solution = [&]<class Value>(test::random_system<Value>& row) {
        exact::workspace<Value> scratch{factors, entries};
        aligned_vector<Value> x(row.system.padded);
        if (exact::factorize(row.system, x.data(), scratch))
            simd::cholesky_solve(scratch.matrix.data(), row.system.padded, factors, x.data());
        return x;
    };
    std::size_t refined = 0, refused = 0;
    for (const double spread : {1.0, 0.1, 0.01, 0.001}) // the vectors are alike, but for this
        for (const double lambda : {1.0, 1e-2, 1e-4, 1e-6}) {
            CAPTURE(spread);
            CAPTURE(lambda);
            test::random_system<float> row{shared_part::diagonal, factors, entries, false};
            test::random_system<double> whole{shared_part::diagonal, factors, entries, false};
            for (std::size_t k = 0; k < entries; ++k) {
                for (std::size_t at = 0; at < factors; ++at) {
                    float& value = row.table.padded_row(item_index(k))[at];
                    value = static_cast<float>(1 / (1 + static_cast<double>(at)) +
                                               spread * static_cast<double>(value));
                    whole.table.padded_row(item_index(k))[at] = static_cast<double>(value);
                }
                whole.weights[k] = static_cast<double>(row.weights[k]);
                whole.targets[k] = static_cast<double>(row.targets[k]);
            }
            for (std::size_t at = 0; at < factors; ++at) {
                row.diagonal[at] = static_cast<float>(lambda);
                whole.diagonal[at] = static_cast<double>(row.diagonal[at]);
            }
            const auto expected = solution(whole);
            const auto error = [&](const auto& x) {
                double squares = 0, all = 0;
                for (std::size_t at = 0; at < factors; ++at) {
                    squares += std::pow(static_cast<double>(x[at]) - expected[at], 2);
                    all += expected[at] * expected[at];
                }
                return std::sqrt(squares / all);
            };
            detail::rounded_workspace scratch{factors, entries};
            aligned_vector<float> matrix(factors * factors), x(factors);
            REQUIRE(prepare(scratch, row));
            if (!detail::solve_refined(row.system, x.data(), matrix.data(), scratch)) {
                ++refused;
                continue;
            }
            ++refined;
            CHECK(error(x) < 3 * error(solution(row)) + 1e-5);
        }
    CHECK(refined >= 8);
    CHECK(refused >= 4);
}

TEST_CASE("als: rounded products are within their rounding, and leave the other sum whole") {
    test::random_system<float> row{shared_part::diagonal, 80, 50, false};
    detail::rounded_workspace scratch{80, 50};
    constexpr std::size_t from = 16, width = 48;
    REQUIRE(prepare(scratch, row));
    aligned_vector<float> matrix(width * width), sum(width);
    detail::multiply_rounded(row.system, from, width, row.targets.data(), matrix.data(), sum.data(),
                             scratch);
    const auto value = [&](std::size_t k, std::size_t at) {
        return static_cast<double>(row.rows[k][from + at]);
    };
    const auto product = [&](std::size_t i, std::size_t j) {
        double total = 0;
        for (std::size_t k = 0; k < 50; ++k)
            total += static_cast<double>(row.weights[k]) * value(k, i) * value(k, j);
        return total;
    };
    for (std::size_t i = 0; i < width; ++i) {
        double expected = 0;
        for (std::size_t k = 0; k < 50; ++k)
            expected += static_cast<double>(row.targets[k]) * value(k, i);
        CHECK(static_cast<double>(sum[i]) == doctest::Approx(expected).epsilon(1e-4));
        for (std::size_t j = i; j < width; ++j)
            CHECK(std::abs(static_cast<double>(matrix[i * width + j]) - product(i, j)) <
                  0x1p-7 * std::sqrt(product(i, i) * product(j, j)));
    }
}

TEST_CASE(
    "als: refinement gives up where steps do not shrink, and where nothing can be factorized") {
    // Two vectors that differ by less than the rounding, and next to nothing else.
    test::random_system<float> row{shared_part::diagonal, 2, 40, false};
    for (std::size_t k = 0; k < 40; ++k) {
        float* const y = row.table.padded_row(item_index(k));
        y[1] = y[0] * (1 + 1e-3F * static_cast<float>(k % 2));
    }
    std::fill(row.diagonal.begin(), row.diagonal.begin() + 2, 1e-9F);
    detail::rounded_workspace scratch{2, 40};
    aligned_vector<float> matrix(row.system.padded * row.system.padded), x(row.system.padded);
    REQUIRE(prepare(scratch, row));
    CHECK_FALSE(detail::solve_refined(row.system, x.data(), matrix.data(), scratch));
    std::fill(row.weights.begin(), row.weights.end(), 0.0F);
    std::fill(row.diagonal.begin(), row.diagonal.begin() + 2, 0.0F);
    REQUIRE(prepare(scratch, row));
    CHECK_FALSE(detail::solve_refined(row.system, x.data(), matrix.data(), scratch));
    // No right side: the solution is zero, of which no step is a share.
    std::fill(row.diagonal.begin(), row.diagonal.begin() + 2, 1.0F);
    std::fill(row.targets.begin(), row.targets.end(), 0.0F);
    REQUIRE(prepare(scratch, row));
    CHECK(detail::solve_refined(row.system, x.data(), matrix.data(), scratch));
    CHECK(x[0] == 0);
}

TEST_CASE(
    "als: rounded products are for rows of some entries and factors, and for weights with roots") {
    detail::rounded_workspace scratch{64, 100};
    const test::random_system<float> row{shared_part::diagonal, 64, 100, false};
    CHECK(scratch.prepare(row.system, 64));
    for (std::size_t k = 0; k < 100; ++k)
        CHECK(scratch.roots[k] == std::sqrt(row.weights[k]));
    CHECK(scratch.prepare(row.system, 48));
    CHECK_FALSE(scratch.prepare(row.system, 32));
    CHECK_FALSE(detail::rounded_workspace{}.prepare(row.system, 64)); // no tiles
    test::random_system<float> few{shared_part::diagonal, 64, 15, false};
    CHECK_FALSE(scratch.prepare(few.system, 64));
    const test::random_system<float> of_either_sign{shared_part::diagonal, 64, 100, true};
    CHECK_FALSE(scratch.prepare(of_either_sign.system, 64));
}
