// SPDX-License-Identifier: MIT
#include <hybrec/simd/eigen.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace hybrec;

namespace {

/// The largest of |A q − λq| relative to the largest eigenvalue, and of |QᵀQ − I|.
template <class T>
double worst_error(const aligned_vector<T>& matrix, std::size_t stride, std::size_t size) {
    const auto eigen = simd::symmetric_eigen(matrix.data(), stride, size);
    REQUIRE(eigen.converged);
    REQUIRE(eigen.values.size() == size);
    double largest = std::numeric_limits<T>::min();
    for (const T value : eigen.values)
        largest = std::max(largest, std::abs(static_cast<double>(value)));
    const auto vector = [&](std::size_t j, std::size_t k) {
        return static_cast<double>(eigen.vectors[j * eigen.stride + k]);
    };
    double worst = 0;
    for (std::size_t i = 0; i < size; ++i) {
        if (i > 0)
            CHECK(eigen.values[i - 1] >= eigen.values[i]);
        for (std::size_t j = 0; j < size; ++j) {
            double product = 0;
            double angle = 0;
            for (std::size_t k = 0; k < size; ++k) {
                product += static_cast<double>(matrix[j * stride + k]) * vector(i, k);
                angle += vector(i, k) * vector(j, k);
            }
            worst = std::max(
                worst,
                std::abs(product - static_cast<double>(eigen.values[i]) * vector(i, j)) / largest);
            worst = std::max(worst, std::abs(angle - (i == j ? 1 : 0)));
        }
    }
    return worst;
}

template <class T>
aligned_vector<T> symmetric(std::size_t size, double scale) {
    const std::size_t stride = padded_size<T>(size);
    aligned_vector<T> matrix(stride * size);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j <= i; ++j)
            matrix[i * stride + j] = matrix[j * stride + i] =
                static_cast<T>(scale * counter_random{7, size}.normal(i * size + j));
    return matrix;
}

} // namespace

TEST_CASE_TEMPLATE("simd::symmetric_eigen finds eigenvalues and orthonormal eigenvectors", T, float,
                   double) {
    const double tolerance = sizeof(T) == 4 ? 1e-5 : 1e-13;
    for (const std::size_t size : {1u, 2u, 3u, 7u, 8u, 15u, 16u, 17u, 33u, 64u, 100u})
        for (const double scale : {1.0, 1e-25, 1e25}) { // squares overflow in float
            CAPTURE(size);
            CAPTURE(scale);
            CHECK(worst_error<T>(symmetric<T>(size, scale), padded_size<T>(size), size) <
                  tolerance);
        }
}

TEST_CASE("simd::symmetric_eigen: a large matrix, the same bits on any number of threads") {
    constexpr std::size_t size = 330;
    const auto matrix = symmetric<double>(size, 1);
    const std::size_t stride = padded_size<double>(size);
    CHECK(worst_error(matrix, stride, size) < 1e-13);
    thread_pool alone{1};
    const auto expected = simd::symmetric_eigen(matrix.data(), stride, size, {.pool = &alone});
    for (const std::size_t threads : {2u, 3u}) {
        thread_pool pool{threads};
        const auto eigen = simd::symmetric_eigen(matrix.data(), stride, size, {.pool = &pool});
        CHECK(eigen.values == expected.values);
        CHECK(eigen.vectors == expected.vectors);
    }
}

TEST_CASE("simd::symmetric_eigen of special matrices") {
    constexpr std::size_t size = 20;
    const std::size_t stride = padded_size<double>(size);
    aligned_vector<double> matrix(stride * size);
    SUBCASE("zero") { CHECK(worst_error(matrix, stride, size) < 1e-14); }
    SUBCASE("diagonal: sorted") {
        for (std::size_t i = 0; i < size; ++i)
            matrix[i * stride + i] = static_cast<double>(i * 7 % 20);
        CHECK(worst_error(matrix, stride, size) < 1e-14);
        const auto eigen = simd::symmetric_eigen(matrix.data(), stride, size);
        for (std::size_t i = 0; i < size; ++i)
            CHECK(eigen.values[i] == doctest::Approx(19.0 - static_cast<double>(i)));
    }
    SUBCASE("rank one") {
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = 0; j < size; ++j)
                matrix[i * stride + j] = 1;
        CHECK(worst_error(matrix, stride, size) < 1e-13);
        CHECK(simd::symmetric_eigen(matrix.data(), stride, size).values[0] == doctest::Approx(20));
    }
    SUBCASE("two by two, by hand") {
        const aligned_vector<double> small{2, 1, 0, 0, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0};
        const auto eigen = simd::symmetric_eigen(small.data(), 8, 2);
        CHECK(eigen.values[0] == doctest::Approx(3));
        CHECK(eigen.values[1] == doctest::Approx(1));
        CHECK(std::abs(eigen.vectors[0]) == doctest::Approx(std::sqrt(0.5)));
    }
}

TEST_CASE("simd::symmetric_eigen says when a matrix is not finite") {
    for (const double bad :
         {std::numeric_limits<double>::quiet_NaN(), std::numeric_limits<double>::infinity()}) {
        auto matrix = symmetric<double>(9, 1);
        const std::size_t stride = padded_size<double>(9);
        matrix[3 * stride + 4] = matrix[4 * stride + 3] = bad;
        CHECK_FALSE(simd::symmetric_eigen(matrix.data(), stride, 9).converged);
    }
}
