// SPDX-License-Identifier: MIT
#include <hybrec/simd/vector.hpp>

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

using namespace hybrec;

namespace {

template <class T>
aligned_vector<T> noise(std::size_t size, std::uint64_t stream) {
    aligned_vector<T> values(size);
    for (std::size_t at = 0; at < size; ++at)
        values[at] = static_cast<T>(counter_random{7, stream}.normal(at));
    return values;
}

template <class T>
double reference(const aligned_vector<T>& left, const T* right) {
    double total = 0;
    for (std::size_t at = 0; at < left.size(); ++at)
        total += static_cast<double>(left[at]) * static_cast<double>(right[at]);
    return total;
}

} // namespace

TEST_CASE_TEMPLATE("simd vector operations equal their scalar definitions", T, float, double) {
    const double epsilon = static_cast<double>(std::numeric_limits<T>::epsilon());
    for (std::size_t lines = 0; lines <= 9; ++lines) {
        const std::size_t size = lines * simd::line<T>;
        CAPTURE(size);
        const auto left = noise<T>(size, 1);
        const auto right = noise<T>(size, 2);
        const double tolerance = 64 * epsilon * (1 + static_cast<double>(size));

        SUBCASE("dot") {
            CHECK(std::abs(simd::dot(left.data(), right.data(), size) -
                           reference(left, right.data())) <= tolerance);
        }
        SUBCASE("dot_rows has the bits of dot for any number of rows") {
            for (std::size_t rows = 0; rows <= 9; ++rows) {
                const auto table = noise<T>(rows * size, 3);
                std::vector<T> out(rows + 1, T{42});
                simd::dot_rows(left.data(), table.data(), size, rows, size, out.data());
                for (std::size_t row = 0; row < rows; ++row)
                    CHECK(out[row] == simd::dot(left.data(), table.data() + row * size, size));
                CHECK(out[rows] == T{42});
            }
        }
        SUBCASE("axpy, xpay and scale") {
            auto sum = right;
            simd::axpy(T{3}, left.data(), sum.data(), size);
            auto other = right;
            simd::xpay(left.data(), T{3}, other.data(), size);
            auto scaled = right;
            simd::scale(T{3}, left.data(), scaled.data(), size);
            for (std::size_t at = 0; at < size; ++at) {
                // Fused or not, depending on the instruction set.
                const double slack =
                    8 * epsilon * (1 + std::abs(double(left[at])) + std::abs(double(right[at])));
                CHECK(std::abs(sum[at] - (T{3} * left[at] + right[at])) <= slack);
                CHECK(std::abs(other[at] - (T{3} * right[at] + left[at])) <= slack);
                CHECK(scaled[at] == T{3} * left[at]);
            }
        }
    }
}

TEST_CASE_TEMPLATE("simd::dot keeps denormals and propagates what is not finite", T, float,
                   double) {
    aligned_vector<T> left(simd::line<T>);
    aligned_vector<T> right(simd::line<T>);
    left[3] = std::numeric_limits<T>::denorm_min();
    right[3] = T{2};
    CHECK(simd::dot(left.data(), right.data(), left.size()) ==
          2 * std::numeric_limits<T>::denorm_min());
    right[3] = std::numeric_limits<T>::quiet_NaN();
    CHECK(std::isnan(simd::dot(left.data(), right.data(), left.size())));
}
