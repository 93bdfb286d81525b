// SPDX-License-Identifier: MIT
#include <hybrec/linear/detail/symmetric_inverse.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>

using namespace hybrec;

namespace {

/// Diagonally dominant, so positive definite; what lies below the diagonal is not to be read.
aligned_vector<float> random_upper(std::size_t size, std::size_t stride) {
    aligned_vector<float> matrix(size * stride);
    for (std::size_t i = 0; i < size; ++i)
        for (std::size_t j = 0; j < size; ++j)
            matrix[i * stride + j] =
                j < i    ? 1e9F
                : j == i ? 2.0F + static_cast<float>(i % 7)
                         : static_cast<float>(counter_random{8}.normal(i * size + j)) /
                               static_cast<float>(size);
    return matrix;
}

} // namespace

TEST_CASE("sweep_all leaves minus the inverse, with the same bits for any number of threads") {
    // Around lines, tiles of 256 and blocks of 512 rows.
    for (const std::size_t size : {1U, 2U, 15U, 17U, 255U, 300U, 513U, 1040U}) {
        CAPTURE(size);
        const std::size_t stride = padded_size<float>(size);
        const aligned_vector<float> before = random_upper(size, stride);
        const auto full = [&](const aligned_vector<float>& matrix, std::size_t i, std::size_t j) {
            return static_cast<double>(matrix[std::min(i, j) * stride + std::max(i, j)]);
        };
        thread_pool one{1};
        auto swept = before;
        std::size_t told = 0;
        REQUIRE(detail::sweep_all(swept.data(), stride, size,
                                  [&](std::size_t rows) { told = rows; }, {.pool = &one}) == size);
        CHECK(told == size);
        for (std::size_t i = 0; i < size; i += size / 40 + 1)
            for (std::size_t j = 0; j < size; j += size / 60 + 1) {
                double sum = 0;
                for (std::size_t k = 0; k < size; ++k)
                    sum -= full(swept, i, k) * full(before, k, j);
                REQUIRE(std::abs(sum - (i == j)) < 1e-5);
            }
        for (std::size_t i = 0; i < size; ++i)
            for (std::size_t j = size; j < stride; ++j)
                REQUIRE(swept[i * stride + j] == 0);
        for (const std::size_t threads : {2U, 3U}) {
            thread_pool pool{threads};
            auto again = before;
            (void)detail::sweep_all(again.data(), stride, size, [](std::size_t) {},
                                    {.pool = &pool});
            CHECK(again == swept);
        }
    }
}

TEST_CASE("sweep_all notices what is not positive definite") {
    const std::size_t size = 600, stride = padded_size<float>(size);
    for (const float bad : {0.0F, -1.0F, std::nanf("")}) {
        auto matrix = random_upper(size, stride);
        matrix[550 * stride + 550] = bad;
        CHECK(detail::sweep_all(matrix.data(), stride, size, [](std::size_t) {}, {}) == 512);
    }
    std::stop_source stopped;
    stopped.request_stop();
    auto matrix = random_upper(size, stride);
    CHECK_THROWS_AS((void)detail::sweep_all(matrix.data(), stride, size, [](std::size_t) {},
                                            {.stop = stopped.get_token()}),
                    cancelled);
}
