// SPDX-License-Identifier: MIT
#include <hybrec/simd/gathered.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <vector>

using namespace hybrec;

TEST_CASE_TEMPLATE("simd::gathered_dot, _axpy, _dot_axpy and _dot_sum equal plain loops", T, float,
                   double) {
    const double tolerance = sizeof(T) == 4 ? 1e-4 : 1e-12;
    for (const std::size_t lines : {1u, 2u, 4u, 5u})
        for (const std::size_t count : {0u, 1u, 3u, 15u, 16u, 17u, 50u})
            for (const std::size_t from : {std::size_t{0}, simd::line<T>}) {
                const std::size_t stride = (lines + 1) * simd::line<T>;
                const std::size_t size = lines * simd::line<T>;
                CAPTURE(size);
                CAPTURE(count);
                CAPTURE(from);
                const auto draw = [](std::uint64_t stream, std::size_t at) {
                    return static_cast<T>(counter_random{6, stream}.normal(at));
                };
                aligned_vector<T> table((count + 1) * stride);
                for (std::size_t at = 0; at < table.size(); ++at)
                    table[at] = draw(1, at);
                const std::size_t room = padded_size<T>(count);
                std::vector<const T*> rows(room + 1, table.data());
                aligned_vector<T> factors(room);
                for (std::size_t k = 0; k < count; ++k) {
                    rows[k] = table.data() + (k * 7 % count) * stride; // in no order
                    factors[k] = draw(2, k);
                }
                aligned_vector<T> vector(size);
                aligned_vector<T> start(size);
                for (std::size_t at = 0; at < size; ++at) {
                    vector[at] = draw(3, at);
                    start[at] = draw(4, at);
                }
                const auto plain_dot = [&](std::size_t k, std::size_t offset) {
                    double total = 0;
                    for (std::size_t at = 0; at < size; ++at)
                        total += static_cast<double>(rows[k][offset + at]) *
                                 static_cast<double>(vector[at]);
                    return total;
                };

                aligned_vector<T> dots(room);
                simd::gathered_dot(rows.data(), count, vector.data(), size, dots.data(), from);
                for (std::size_t k = 0; k < count; ++k)
                    CHECK(std::abs(static_cast<double>(dots[k]) - plain_dot(k, from)) < tolerance);

                auto added = start;
                simd::gathered_axpy(rows.data(), factors.data(), count, added.data(), size, from);
                auto both = start;
                simd::gathered_dot_axpy(rows.data(), count, vector.data(), size, both.data(),
                                        [&](std::size_t k, const auto& along) {
                                            return along * simd::load_lanes<T>(factors.data() + k);
                                        });
                double sum = 0;
                for (std::size_t k = 0; k < count; ++k)
                    sum += static_cast<double>(factors[k]) * plain_dot(k, 0) * plain_dot(k, 0);
                const T total = simd::gathered_dot_sum(
                    rows.data(), count, vector.data(), size, [&](std::size_t k, const auto& along) {
                        return along * along * simd::load_lanes<T>(factors.data() + k);
                    });
                CHECK(std::abs(static_cast<double>(total) - sum) <
                      tolerance * (1 + std::abs(sum)) * 10);
                for (std::size_t at = 0; at < size; ++at) {
                    auto plain = static_cast<double>(start[at]);
                    double fused = plain;
                    for (std::size_t k = 0; k < count; ++k) {
                        plain += static_cast<double>(factors[k]) *
                                 static_cast<double>(rows[k][from + at]);
                        fused += static_cast<double>(factors[k]) * plain_dot(k, 0) *
                                 static_cast<double>(rows[k][at]);
                    }
                    CHECK(std::abs(static_cast<double>(added[at]) - plain) < tolerance);
                    CHECK(std::abs(static_cast<double>(both[at]) - fused) <
                          tolerance * (10 + std::abs(fused)));
                }
            }
}

TEST_CASE("simd::gathered_dot_axpy and _dot_sum read rounded rows as their values") {
    for (const std::size_t lines : {1u, 2u, 3u, 4u, 6u, 8u, 11u})
        for (const std::size_t count : {0u, 1u, 15u, 16u, 17u, 50u}) {
            CAPTURE(lines);
            CAPTURE(count);
            const std::size_t size = lines * simd::line<float>;
            const std::size_t stride = simd::bfloat16_words(size);
            const auto draw = [](std::uint64_t stream, std::size_t at) {
                return static_cast<float>(counter_random{7, stream}.normal(at));
            };
            aligned_vector<simd::bfloat16_pair> table((count + 1) * stride);
            aligned_vector<float> row(size), vector(size), start(size);
            for (std::size_t at = 0; at < size; ++at) {
                vector[at] = draw(1, at);
                start[at] = draw(2, at);
            }
            // The values as the words hold them.
            std::vector<std::vector<double>> values(count, std::vector<double>(size));
            for (std::size_t k = 0; k < count; ++k) {
                for (std::size_t at = 0; at < size; ++at)
                    row[at] = draw(3, k * size + at);
                simd::pack_bfloat16(row.data(), size, table.data() + k * stride);
                for (std::size_t at = 0; at < size; ++at) {
                    const auto word = table[k * stride + at / 32 * 16 + at % 16];
                    values[k][at] =
                        static_cast<double>(std::bit_cast<float>(at % 32 < 16 ? word : word << 16));
                }
            }
            const std::size_t room = padded_size<float>(count);
            std::vector<const simd::bfloat16_pair*> rows(room + 1, table.data());
            std::vector<std::size_t> order(count);
            aligned_vector<float> factors(room);
            for (std::size_t k = 0; k < count; ++k) {
                order[k] = k * 7 % count;
                rows[k] = table.data() + order[k] * stride;
                factors[k] = draw(4, k);
            }
            std::vector<double> expected(start.begin(), start.end());
            double sum = 0;
            for (std::size_t k = 0; k < count; ++k) {
                double along = 0;
                for (std::size_t at = 0; at < size; ++at)
                    along += values[order[k]][at] * static_cast<double>(vector[at]);
                const auto factor = static_cast<double>(factors[k]);
                sum += factor * along * along;
                for (std::size_t at = 0; at < size; ++at)
                    expected[at] += factor * along * values[order[k]][at];
            }
            const auto weigh = [&](std::size_t k, const auto& along) {
                return along * simd::load_lanes<float>(factors.data() + k);
            };
            simd::gathered_dot_axpy(rows.data(), count, vector.data(), size, start.data(), weigh);
            for (std::size_t at = 0; at < size; ++at)
                CHECK(std::abs(static_cast<double>(start[at]) - expected[at]) <
                      1e-3 + 1e-4 * std::abs(expected[at]));
            const float total = simd::gathered_dot_sum(
                rows.data(), count, vector.data(), size,
                [&](std::size_t k, const auto& along) { return weigh(k, along) * along; });
            CHECK(std::abs(static_cast<double>(total) - sum) < 1e-2 + 1e-4 * std::abs(sum));
        }
}
