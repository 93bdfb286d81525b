// SPDX-License-Identifier: MIT
#include <hybrec/simd/cholesky.hpp>

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace hybrec;

namespace {

/// A padded symmetric positive definite matrix BᵀB + I.
template <class T>
aligned_vector<T> positive_definite(std::size_t size) {
    const std::size_t padded = padded_size<T>(size);
    aligned_vector<T> matrix(padded * padded);
    const counter_random random{5, size};
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j) {
            double total = i == j ? 1 : 0;
            for (std::size_t r = 0; r < size; ++r)
                total += random.normal(r * size + i) * random.normal(r * size + j) /
                         static_cast<double>(size);
            matrix[i * padded + j] = static_cast<T>(total);
        }
    return matrix;
}

} // namespace

TEST_CASE_TEMPLATE("simd::cholesky_upper and cholesky_solve solve A x = b", T, float, double) {
    for (const std::size_t size :
         {1u, 2u, 7u, 8u, 15u, 16u, 17u, 31u, 32u, 33u, 50u, 64u, 100u, 130u}) {
        CAPTURE(size);
        const std::size_t padded = padded_size<T>(size);
        const auto matrix = positive_definite<T>(size);
        auto upper = matrix;
        REQUIRE(simd::cholesky_upper(upper.data(), padded, size) == size);

        aligned_vector<T> expected(padded);
        for (std::size_t at = 0; at < size; ++at)
            expected[at] = static_cast<T>(counter_random{6}.normal(at));
        aligned_vector<T> x(padded);
        for (std::size_t i = 0; i < size; ++i) {
            double total = 0;
            for (std::size_t j = 0; j < size; ++j)
                total +=
                    static_cast<double>(matrix[i * padded + j]) * static_cast<double>(expected[j]);
            x[i] = static_cast<T>(total);
        }
        simd::cholesky_solve(upper.data(), padded, size, x.data());
        double worst = 0;
        for (std::size_t at = 0; at < padded; ++at)
            worst = std::max(worst, std::abs(static_cast<double>(x[at] - expected[at])));
        CHECK(worst < (sizeof(T) == 4 ? 1e-4 : 1e-12));
    }
}

TEST_CASE_TEMPLATE("simd::cholesky_upper names the row of a bad pivot", T, float, double) {
    constexpr std::size_t size = 40;
    const std::size_t padded = padded_size<T>(size);
    SUBCASE("indefinite") {
        auto matrix = positive_definite<T>(size);
        matrix[35 * padded + 35] = T{-1};
        CHECK(simd::cholesky_upper(matrix.data(), padded, size) == 35);
    }
    SUBCASE("rank one") {
        aligned_vector<T> matrix(padded * padded);
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                matrix[i * padded + j] = static_cast<T>((1 + i % 3) * (1 + j % 3));
        CHECK(simd::cholesky_upper(matrix.data(), padded, size) == 1);
    }
    SUBCASE("zero") {
        aligned_vector<T> matrix(padded * padded);
        CHECK(simd::cholesky_upper(matrix.data(), padded, size) == 0);
    }
    SUBCASE("not finite") {
        auto matrix = positive_definite<T>(size);
        matrix[3 * padded + 3] = std::numeric_limits<T>::quiet_NaN();
        CHECK(simd::cholesky_upper(matrix.data(), padded, size) == 3);
        matrix = positive_definite<T>(size);
        matrix[3 * padded + 3] = std::numeric_limits<T>::infinity();
        CHECK(simd::cholesky_upper(matrix.data(), padded, size) < size);
    }
}
