// SPDX-License-Identifier: MIT
#include <hybrec/simd/syrk_bfloat16.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <vector>

using namespace hybrec;

TEST_CASE("simd::syrk_bfloat16 sums weighted squares of gathered rows to their rounding") {
    for (const std::size_t size : {16u, 48u, 64u, 80u})
        for (const std::size_t count : {0u, 1u, 16u, 63u, 64u, 65u, 128u, 130u, 300u, 1100u}) {
            CAPTURE(size);
            CAPTURE(count);
            constexpr std::size_t columns = 16; // the rows begin with others
            const std::size_t stride = size + 16;
            aligned_vector<float> table((count + 1) * (columns + size));
            std::vector<const float*> rows;
            aligned_vector<float> roots(count), coefficients(count), sum_of_rows(size);
            for (std::size_t k = 0; k < count; ++k) {
                rows.push_back(table.data() + (count - k) * (columns + size));
                roots[k] = static_cast<float>(std::exp(counter_random{3}.normal(k)));
                coefficients[k] = static_cast<float>(counter_random{4}.normal(k));
            }
            for (std::size_t at = 0; at < table.size(); ++at) // columns of lengths 1e-4 to 1e4
                table[at] = static_cast<float>(counter_random{1}.normal(at) *
                                               std::pow(10, static_cast<double>(at % 9) - 4));
            simd::bfloat16_panel memory{size};
            const simd::weighted_rows from{rows.data(), roots.data(), coefficients.data(), count};
            aligned_vector<float> assigned(size * stride, 3.0F), added(size * stride, 3.0F);
            simd::syrk_bfloat16<simd::update::assign>(from, columns, false, assigned.data(), stride,
                                                      size, sum_of_rows.data(), memory);
            auto twice = sum_of_rows;
            simd::syrk_bfloat16<simd::update::add>(from, columns, true, added.data(), stride, size,
                                                   twice.data(), memory);
            const auto exact = [&](std::size_t i, std::size_t j) {
                double sum = 0;
                for (std::size_t k = 0; k < count; ++k)
                    sum += std::pow(static_cast<double>(roots[k]), 2) *
                           static_cast<double>(rows[k][columns + i]) *
                           static_cast<double>(rows[k][columns + j]);
                return sum;
            };
            double worst = 0;
            for (std::size_t i = 0; i < size; ++i)
                for (std::size_t j = i; j < size; ++j) {
                    const double sum = exact(i, j), length = std::sqrt(exact(i, i) * exact(j, j));
                    const std::size_t at = i * stride + j;
                    worst = std::max(worst, std::abs(assigned[at] - sum) / (length + 1e-30));
                    worst = std::max(worst, std::abs(added[at] - 3 - sum) / (length + 3));
                }
            CHECK(worst < 0x1p-7);
            CHECK((count == 0 || worst > 1e-5)); // so it was rounded
            for (std::size_t i = 0; i < size; ++i) {
                double sum = 0, length = 1e-30;
                for (std::size_t k = 0; k < count; ++k) {
                    const double term = static_cast<double>(coefficients[k]) *
                                        static_cast<double>(rows[k][columns + i]);
                    sum += term, length += std::abs(term);
                }
                CHECK(std::abs(sum_of_rows[i] - sum) <= 1e-5 * length);
                CHECK(std::abs(twice[i] - 2 * sum) <= 2e-5 * length);
            }
            for (std::size_t i = 0; i < size; ++i) // what is beside stays
                for (std::size_t j = size; j < stride; ++j)
                    REQUIRE(assigned[i * stride + j] == 3.0F);
        }
}

TEST_CASE("simd::syrk_bfloat16 keeps what is not finite out of no sum") {
    const float infinity = std::numeric_limits<float>::infinity();
    const float nan = std::numeric_limits<float>::quiet_NaN();
    for (const float wrong : {infinity, -infinity, nan}) {
        aligned_vector<float> row(16, 1.0F);
        row[5] = wrong;
        const aligned_vector<float> roots(16, 1.0F);
        const float* const rows[]{row.data()};
        simd::bfloat16_panel memory{16};
        aligned_vector<float> out(16 * 16), sum(16);
        simd::syrk_bfloat16<simd::update::assign>({rows, roots.data(), roots.data(), 1}, 0, false,
                                                  out.data(), 16, 16, sum.data(), memory);
        CHECK_FALSE(std::isfinite(out[5 * 16 + 5]));
        CHECK_FALSE(std::isfinite(out[5]));
        CHECK(out[0] == doctest::Approx(1));
    }
}
