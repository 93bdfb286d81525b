// SPDX-License-Identifier: MIT
#include <hybrec/simd/gemm_digits.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>

using namespace hybrec;

namespace {

auto rows_of(const aligned_vector<float>& values, std::size_t stride) {
    return [&values, stride](std::size_t row) {
        return [at = values.data() + row * stride](std::size_t k) {
            return simd::load<float, simd::default_arch>(at + k);
        };
    };
}

/// What every row is added to.
auto same(const aligned_vector<float>& values) {
    return [at = values.data()](std::size_t) { return at; };
}

} // namespace

TEST_CASE("simd::gemm_digits multiplies as exactly as floats, row by row") {
    simd::digit_rows memory; // kept from one size to the next
    for (const std::size_t depth : {16u, 64u, 100u, 257u, 512u})
        for (const std::size_t columns : {16u, 80u})
            for (const std::size_t rows : {1u, 16u, 37u}) {
                CAPTURE(depth);
                CAPTURE(columns);
                CAPTURE(rows);
                const std::size_t size = padded_size<float>(depth), stride = columns + 16;
                aligned_vector<float> left(rows * size), right(depth * stride);
                aligned_vector<float> start(stride);
                for (std::size_t row = 0; row < rows; ++row)
                    for (std::size_t k = 0; k < depth; ++k) // lengths from 1e-12 to 1e12
                        left[row * size + k] =
                            static_cast<float>(counter_random{1}.normal(row * size + k) *
                                               std::pow(10, static_cast<double>(row % 25) - 12));
                for (std::size_t k = 0; k < depth; ++k)
                    for (std::size_t at = 0; at < columns; ++at)
                        right[k * stride + at] =
                            static_cast<float>(counter_random{2}.normal(k * stride + at) *
                                               std::pow(10, static_cast<double>(at % 11) - 5));
                const simd::digit_matrix factor{right.data(), stride, depth, columns};
                for (std::size_t at = 0; at < stride; ++at)
                    start[at] = at % 3 == 0 ? 1.0F : 0.0F;
                aligned_vector<float> together(rows * stride, 7.0F), alone = together;
                simd::gemm_digits(rows_of(left, size), rows, size, factor, same(start),
                                  together.data(), stride, memory);
                for (std::size_t row = 0; row < rows; ++row)
                    simd::gemm_digits([&](std::size_t) { return rows_of(left, size)(row); }, 1,
                                      size, factor, same(start), alone.data() + row * stride,
                                      stride, memory);
                CHECK(together == alone);
                double worst = 0;
                for (std::size_t row = 0; row < rows; ++row)
                    for (std::size_t at = 0; at < stride; ++at) {
                        if (at >= columns) { // what is beside stays
                            REQUIRE(together[row * stride + at] == 7.0F);
                            continue;
                        }
                        const double begin = start[at];
                        double product = 0, of_left = 0, of_right = 0;
                        for (std::size_t k = 0; k < depth; ++k) {
                            const double x = left[row * size + k], y = right[k * stride + at];
                            product += x * y, of_left += x * x, of_right += y * y;
                        }
                        const double found = together[row * stride + at];
                        worst = std::max(worst, std::abs(found - begin - product) /
                                                    (std::sqrt(of_left * of_right) + begin));
                    }
                CHECK(worst < 2e-6);
            }
}

TEST_CASE("simd::gemm_digits of the positive part, added to what the target has") {
    constexpr std::size_t rows = 21, size = 96, columns = 32;
    aligned_vector<float> left(rows * size), positive(rows * size), right(size * columns);
    for (std::size_t at = 0; at < left.size(); ++at) {
        left[at] = at / size == 5 || at / size == 18
                       ? -1.0F
                       : static_cast<float>(counter_random{1}.normal(at));
        positive[at] = std::max(left[at], 0.0F);
    }
    for (std::size_t at = 0; at < right.size(); ++at)
        right[at] = static_cast<float>(counter_random{2}.normal(at));
    aligned_vector<float> of_left(rows * columns);
    for (std::size_t at = 0; at < of_left.size(); ++at)
        of_left[at] = static_cast<float>(counter_random{3}.normal(at));
    aligned_vector<float> of_positive = of_left, before = of_left;
    const simd::digit_matrix factor{right.data(), columns, size, columns};
    simd::digit_rows memory;
    const auto target = [](aligned_vector<float>& values) {
        return [at = values.data()](std::size_t row) { return at + row * columns; };
    };
    simd::gemm_digits<simd::default_arch, simd::part::positive>(
        rows_of(left, size), rows, size, factor, target(of_left), of_left.data(), columns, memory);
    simd::gemm_digits(rows_of(positive, size), rows, size, factor, target(of_positive),
                      of_positive.data(), columns, memory);
    CHECK(of_left == of_positive);
    CHECK(of_left != before);
    for (const std::size_t row : {5u, 18u}) // nothing was above zero
        CHECK(std::equal(of_left.data() + row * columns, of_left.data() + (row + 1) * columns,
                         before.data() + row * columns));
}

TEST_CASE("simd::gemm_digits to a usual scale: rows beyond it are written to their own") {
    constexpr std::size_t rows = 20, size = 80, columns = 16;
    constexpr float usual = 12;
    aligned_vector<float> left(rows * size), right(size * columns), start(columns);
    for (std::size_t row = 0; row < rows; ++row) {
        // The greatest value is 12·1.5^(2 − row): 27 in row 0, 12 in row 2, 1.58 in row 7, 1.05 in row 8.
        const double greatest = usual * std::pow(1.5, 2 - static_cast<double>(row));
        for (std::size_t k = 0; k < size; ++k)
            left[row * size + k] = static_cast<float>(
                greatest * std::min(counter_random{1}.normal(row * size + k) / 3, 1.0));
        left[row * size + 11] = static_cast<float>(greatest);
    }
    std::fill_n(left.begin() + 19 * size, size, -1.0F); // nothing above zero
    for (std::size_t at = 0; at < right.size(); ++at)
        right[at] = static_cast<float>(counter_random{2}.normal(at));
    const simd::digit_matrix factor{right.data(), columns, size, columns};
    simd::digit_rows memory;
    aligned_vector<float> own(rows * columns), written(rows * columns), alone(rows * columns);
    const auto multiply = [&](std::size_t first, std::size_t count, float scale,
                              aligned_vector<float>& out) {
        simd::gemm_digits<simd::default_arch, simd::part::positive>(
            [&](std::size_t row) { return rows_of(left, size)(first + row); }, count, size, factor,
            same(start), out.data() + first * columns, columns, memory, scale);
    };
    multiply(0, rows, 0, own);
    multiply(0, rows, usual, written);
    for (std::size_t row = 0; row < rows; ++row) {
        CAPTURE(row);
        multiply(row, 1, usual, alone);
        bool same_bits = true;
        for (std::size_t at = row * columns; at < (row + 1) * columns; ++at) {
            CHECK(written[at] == alone[at]);
            CHECK(std::abs(written[at] - own[at]) < 4e-6F * usual * std::sqrt(80.0F));
            same_bits = same_bits && written[at] == own[at];
        }
        CHECK(same_bits == (row < 3 || row > 7));
    }
    CHECK(written[19 * columns] == 0);
}

TEST_CASE("simd::gemm_digits of zeros is zero, and of what is not finite is not") {
    simd::digit_rows memory;
    constexpr float infinity = std::numeric_limits<float>::infinity();
    const aligned_vector<float> right(16 * 16, 0.5F);
    const aligned_vector<float> zeros(16 * 16);
    const simd::digit_matrix factor{right.data(), 16, 16, 16};
    aligned_vector<float> left(4 * 16), out(4 * 16);
    left[16] = infinity, left[17] = 1;
    left[32] = std::numeric_limits<float>::quiet_NaN();
    std::fill_n(left.begin() + 48, 16, 3e38F); // is finite, and the sum is not
    simd::gemm_digits(rows_of(left, 16), 4, 16, factor, same(zeros), out.data(), 16, memory);
    CHECK(out[0] == 0);
    CHECK_FALSE(std::isfinite(out[16]));
    CHECK_FALSE(std::isfinite(out[32]));
    CHECK(out[48] == infinity);

    const simd::digit_matrix nothing{zeros.data(), 16, 16, 16};
    const aligned_vector<float> sevens(16, 7.0F);
    aligned_vector<float> product(16);
    simd::gemm_digits([&](std::size_t) { return rows_of(right, 16)(0); }, 1, 16, nothing,
                      same(sevens), product.data(), 16, memory);
    CHECK(product == sevens);
}
