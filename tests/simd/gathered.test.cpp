// SPDX-License-Identifier: MIT
#include <hybrec/simd/gathered.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
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
                                            return along * simd::load<T, simd::default_arch>(
                                                               factors.data() + k);
                                        });
                double sum = 0;
                for (std::size_t k = 0; k < count; ++k)
                    sum += static_cast<double>(factors[k]) * plain_dot(k, 0) * plain_dot(k, 0);
                const T total = simd::gathered_dot_sum(
                    rows.data(), count, vector.data(), size, [&](std::size_t k, const auto& along) {
                        return along * along *
                               simd::load<T, simd::default_arch>(factors.data() + k);
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
