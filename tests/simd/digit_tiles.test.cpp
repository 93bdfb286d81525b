// SPDX-License-Identifier: MIT
#include <hybrec/simd/digit_tiles.hpp>

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <memory>

using namespace hybrec;

namespace {

/// Σ of the products of digits whose places add up to `level`, in row i and column j.
std::int64_t sum_of(const aligned_vector<simd::digit>& left,
                    const aligned_vector<simd::digit>& right, std::size_t step, std::size_t blocks,
                    std::size_t level, std::size_t i, std::size_t j) {
    std::int64_t sum = 0;
    for (std::size_t block = 0; block < blocks; ++block)
        for (std::size_t p = 0; p <= level; ++p)
            for (std::size_t k = 0; k < simd::digit_depth; ++k) {
                const std::size_t row = p * simd::digit_tile + i * simd::digit_depth + k;
                const std::size_t column =
                    (level - p) * simd::digit_tile + k / 4 * 4 * simd::digit_edge + j * 4 + k % 4;
                sum += std::int64_t{left[block * simd::digit_block + row]} *
                       right[block * step + column];
            }
    return sum;
}

} // namespace

TEST_CASE("simd::byte_tiles adds up products of digits exactly") {
    constexpr std::size_t blocks = 8, step = simd::digit_block + 64; // room between blocks
    aligned_vector<simd::digit> left(blocks * simd::digit_block), right(blocks * step);
    const auto sums = std::make_unique<simd::digit_sums>();
    for (const bool extreme : {false, true}) {
        for (std::size_t at = 0; at < left.size(); ++at)
            left[at] = extreme ? simd::digit{-128}
                               : static_cast<simd::digit>(counter_random{1}.bits(at) % 256);
        for (std::size_t at = 0; at < right.size(); ++at)
            right[at] = extreme ? simd::digit{-128}
                                : static_cast<simd::digit>(counter_random{2}.bits(at) % 256);
        const simd::byte_tiles tiles;
        for (const std::size_t used : {blocks, std::size_t{1}, std::size_t{0}}) {
            tiles.multiply(left.data(), simd::digit_block, right.data(), step, used, *sums);
            for (std::size_t level = 0; level < simd::digit_places; ++level)
                for (std::size_t i = 0; i < simd::digit_edge; ++i)
                    for (std::size_t j = 0; j < simd::digit_edge; ++j)
                        REQUIRE(sums->level[level][i][j] ==
                                sum_of(left, right, step, used, level, i, j));
        }
    }
}

TEST_CASE("simd::put_digit_sums weighs places, rows and columns") {
    const auto sums = std::make_unique<simd::digit_sums>();
    *sums = {};
    sums->level[0][2][3] = 5;
    sums->level[1][2][3] = -7;
    sums->level[2][2][3] = 11;
    aligned_vector<float> left(16, 1.0F), right(16, 1.0F), target(16 * 32, -1.0F), start(16, 4.0F);
    left[2] = 0.5F;
    right[3] = 0.25F;
    simd::put_digit_sums(
        *sums, left.data(), right.data(), 5, [&](std::size_t) { return start.data(); },
        target.data(), 32);
    CHECK(target[2 * 32 + 3] == 4 + (5 * 65536.0F - 7 * 256.0F + 11) / 8);
    CHECK(target[0] == 4);
    CHECK(target[4 * 32 + 15] == 4);
    CHECK(target[4 * 32 + 16] == -1); // beside the 16 columns
    CHECK(target[5 * 32] == -1);      // below the 5 rows
}
