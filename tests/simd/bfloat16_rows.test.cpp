// SPDX-License-Identifier: MIT
#include <hybrec/simd/bfloat16_rows.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

using namespace hybrec;
using simd::bfloat16_pair;

namespace {

/// Two values as they are read.
struct read_pair {
    float above, below;
    explicit read_pair(bfloat16_pair word)
        : above{std::bit_cast<float>(word)}, below{std::bit_cast<float>(word << 16)} {}
};

std::vector<read_pair> pack(const aligned_vector<float>& row) {
    aligned_vector<bfloat16_pair> words(simd::bfloat16_words(row.size()));
    simd::pack_bfloat16(row.data(), row.size(), words.data());
    return {words.begin(), words.end()};
}

} // namespace

TEST_CASE("simd::pack_bfloat16 reads as values within 2^-8, and 2^-9 on average") {
    for (const std::size_t size : {16u, 32u, 48u, 96u}) {
        CAPTURE(size);
        aligned_vector<float> row(size);
        for (std::size_t at = 0; at < size; ++at) // of sizes from 1e-9 to 1e9
            row[at] = static_cast<float>(counter_random{3}.normal(at) *
                                         std::exp(40 * counter_random{4}.uniform(at) - 20));
        const auto pairs = pack(row);
        REQUIRE(pairs.size() == (size + 31) / 32 * 16);
        for (std::size_t at = 0; at < size; ++at) {
            const read_pair& pair = pairs[at / 32 * 16 + at % 16];
            const float read = at % 32 < 16 ? pair.above : pair.below;
            CHECK(std::abs(read - row[at]) <= std::abs(row[at]) * 0x1p-8F);
        }
        if (size % 32 == 16)
            for (std::size_t j = 0; j < 16; ++j)
                CHECK(pairs[size / 32 * 16 + j].below == 0);
    }
}

TEST_CASE("simd::pack_bfloat16 rounds to the nearest, whatever is below") {
    aligned_vector<float> row(32);
    const auto one = [&](float above, float below) {
        row[0] = above;
        row[16] = below;
        return pack(row)[0];
    };
    CHECK(one(1, 0).above == 1);
    CHECK(one(1.0F + 0x1p-8F, 0).below == 0);
    CHECK(one(0, 1.0F + 0x1p-8F).below == 1);                  // a tie: to even
    CHECK(one(0, 1.0F + 3 * 0x1p-8F).below == 1.0F + 0x1p-6F); // the other way
    CHECK(one(0, 1.0F + 0x1p-8F + 0x1p-20F).below == 1 + 0x1p-7F);
    // With all bits set below, the value above may take the lower neighbour, which reads nearer.
    const float below = -std::bit_cast<float>(std::uint32_t{0x7F00'0000});
    for (const float above : {1.0F, -1.0F, 1.004F, -3.1415F, 1e30F, -1e-30F}) {
        CAPTURE(above);
        CHECK(std::abs(one(above, below).above - above) <= std::abs(above) * 0x1p-8F);
        CHECK(one(above, below).below == below);
    }
    // Next to nothing: no sign is lost, and no value becomes a NaN or infinite.
    for (const float above : {0.0F, -0.0F, 1e-45F, -1e-40F, std::numeric_limits<float>::min()}) {
        CAPTURE(above);
        const read_pair pair = one(above, below);
        CHECK(std::abs(pair.above - above) < 0x1p-117F);
        CHECK(std::signbit(pair.above) == std::signbit(above));
        CHECK(pair.below == below);
    }
}
