// SPDX-License-Identifier: MIT
#include <hybrec/simd/pairwise.hpp>

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

using namespace hybrec;

TEST_CASE_TEMPLATE("passes of a pairwise step equal their scalar definitions", T, float, double) {
    const auto noise = [](std::size_t size, std::uint64_t stream) {
        aligned_vector<T> values(size);
        for (std::size_t at = 0; at < size; ++at)
            values[at] = static_cast<T>(counter_random{7, stream}.normal(at));
        return values;
    };
    const double epsilon = 16 * static_cast<double>(std::numeric_limits<T>::epsilon());
    for (std::size_t lines = 0; lines <= 7; ++lines) {
        const std::size_t size = lines * simd::line<T>;
        CAPTURE(size);
        auto left = noise(size, 1);
        auto first = noise(size, 2);
        auto second = noise(size, 3);
        const auto old_left = left;
        const auto old_first = first;
        const auto old_second = second;
        double expected = 0;
        for (std::size_t at = 0; at < size; ++at)
            expected += static_cast<double>(left[at]) *
                        (static_cast<double>(first[at]) - static_cast<double>(second[at]));
        CHECK(static_cast<double>(
                  simd::dot_difference(left.data(), first.data(), second.data(), size)) ==
              doctest::Approx(expected).epsilon(epsilon * (1 + static_cast<double>(size))));

        simd::pairwise_step(left.data(), first.data(), second.data(), T(0.25), T(0.5), T(0.75),
                            size);
        for (std::size_t at = 0; at < size; ++at) {
            const auto x = static_cast<double>(old_left[at]);
            const auto y = static_cast<double>(old_first[at]);
            const auto z = static_cast<double>(old_second[at]);
            const auto near = [&](T value, double exact) {
                return std::abs(static_cast<double>(value) - exact) <=
                       epsilon * (1 + std::abs(exact));
            };
            CHECK(near(left[at], 0.5 * x + 0.25 * (y - z)));
            CHECK(near(first[at], 0.75 * y + 0.25 * x));
            CHECK(near(second[at], 0.75 * z - 0.25 * x));
        }
    }
}
