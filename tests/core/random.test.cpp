// SPDX-License-Identifier: MIT
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <numeric>
#include <set>
#include <vector>

namespace hr = hybrec;

using words = std::array<std::uint32_t, 4>;

// The known answers that the authors of Philox publish with Random123 (kat_vectors).
static_assert(hr::philox4x32({0, 0, 0, 0}, {0, 0}) ==
              words{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8});
static_assert(hr::philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
                             {0xffffffff, 0xffffffff}) ==
              words{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd});
static_assert(hr::philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
                             {0xa4093822, 0x299f31d0}) ==
              words{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1});

TEST_CASE("philox4x32") {
    CHECK(hr::philox4x32({1, 0, 0, 0}, {0, 0}) != hr::philox4x32({0, 0, 0, 0}, {0, 0}));
    CHECK(hr::philox4x32({0, 0, 0, 0}, {1, 0}) != hr::philox4x32({0, 0, 0, 0}, {0, 0}));
}

TEST_CASE("counter_random") {
    const hr::counter_random random{42};
    constexpr std::uint64_t draws = 20'000;

    SUBCASE("values depend on seed, stream and position only") {
        CHECK(random.bits(5) == hr::counter_random{42}.bits(5));
        CHECK(random.bits(5) != random.bits(6));
        CHECK(random.bits(5) != hr::counter_random{43}.bits(5));
        CHECK(random.bits(5) != random.stream(1).bits(5));
        CHECK(random.stream(1).bits(5) == hr::counter_random(42, 1).bits(5));
        CHECK(hr::counter_random{0}.bits(0) == 0x6627e8d5e169c58d);
        // Neither the high half of the seed, nor of the stream, nor of the position is lost.
        CHECK(random.bits(5) != hr::counter_random{42 + (std::uint64_t{1} << 32)}.bits(5));
        CHECK(random.bits(5) != random.stream(std::uint64_t{1} << 32).bits(5));
        CHECK(random.bits(5) != random.bits(5 + (std::uint64_t{1} << 32)));
    }
    SUBCASE("uniform") {
        double sum = 0;
        double least = 1;
        double most = 0;
        for (std::uint64_t at = 0; at < draws; ++at) {
            const double value = random.uniform(at);
            least = std::min(least, value);
            most = std::max(most, value);
            sum += value;
        }
        CHECK(least >= 0);
        CHECK(least < 0.001);
        CHECK(most < 1);
        CHECK(most > 0.999);
        CHECK(sum / draws == doctest::Approx(0.5).epsilon(0.02));
    }
    SUBCASE("below") {
        std::array<int, 7> counts{};
        for (std::uint64_t at = 0; at < 7000; ++at) {
            const std::uint64_t value = random.below(7, at);
            REQUIRE(value < 7);
            ++counts[value];
        }
        CHECK(*std::ranges::min_element(counts) > 850);
        CHECK(*std::ranges::max_element(counts) < 1150);
        CHECK(random.below(1, 3) == 0);
    }
    SUBCASE("below is the high half of a 128-bit product") {
        for (std::uint64_t at = 0; at < 200; ++at)
            for (const std::uint64_t bound :
                 {std::uint64_t{3}, std::uint64_t{0xFFFFFFFF}, std::uint64_t{0x100000001},
                  std::uint64_t{0x8000000000000000}, std::numeric_limits<std::uint64_t>::max()}) {
                __extension__ using wide = unsigned __int128;
                const auto expected =
                    static_cast<std::uint64_t>((wide{random.bits(at)} * bound) >> 64);
                CHECK(random.below(bound, at) == expected);
            }
    }
    SUBCASE("normal") {
        double sum = 0;
        double squares = 0;
        double fourth = 0;
        for (std::uint64_t at = 0; at < draws; ++at) {
            const double value = random.normal(at);
            REQUIRE(std::isfinite(value));
            sum += value;
            squares += value * value;
            fourth += value * value * value * value;
        }
        CHECK(std::abs(sum / draws) < 0.03);
        CHECK(squares / draws == doctest::Approx(1).epsilon(0.04));
        CHECK(fourth / draws == doctest::Approx(3).epsilon(0.1));
    }
    SUBCASE("shuffle permutes, and every order occurs") {
        std::vector<int> values(50);
        std::iota(values.begin(), values.end(), 0);
        std::vector<int> shuffled = values;
        random.shuffle(shuffled.begin(), shuffled.size());
        CHECK(shuffled != values);
        std::vector<int> again = values;
        random.shuffle(again.begin(), again.size());
        CHECK(again == shuffled);
        std::ranges::sort(shuffled);
        CHECK(shuffled == values);

        std::set<std::array<int, 3>> orders;
        for (std::uint64_t stream = 0; stream < 100; ++stream) {
            std::array<int, 3> three = {0, 1, 2};
            random.stream(stream).shuffle(three.begin(), three.size());
            orders.insert(three);
        }
        CHECK(orders.size() == 6);

        std::vector<int> none;
        random.shuffle(none.begin(), 0);
        CHECK(none.empty());
    }
}
