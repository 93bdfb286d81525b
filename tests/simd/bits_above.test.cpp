// SPDX-License-Identifier: MIT
#include <hybrec/simd/bits_above.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("simd::bits_above compares 64 bytes without signs") {
    alignas(64) std::uint8_t levels[64], limits[64];
    for (std::uint64_t round = 0; round < 40; ++round) {
        std::uint64_t expected = 0;
        for (std::size_t at = 0; at < 64; ++at) {
            const counter_random random{round};
            levels[at] = static_cast<std::uint8_t>(random.below(round < 20 ? 256 : 2, at));
            limits[at] = static_cast<std::uint8_t>(random.below(round < 20 ? 256 : 2, 64 + at));
            expected |= std::uint64_t{levels[at] > limits[at]} << at;
        }
        CHECK(simd::bits_above(levels, limits) == expected);
        CHECK(simd::bits_above<xsimd::generic>(levels, limits) == expected);
    }
    std::fill_n(levels, 64, std::uint8_t{128});
    std::fill_n(limits, 64, std::uint8_t{127});
    CHECK(simd::bits_above(levels, limits) == ~std::uint64_t{0});
    CHECK(simd::bits_above(limits, levels) == 0);
    CHECK(simd::bits_above(levels, levels) == 0);
}
