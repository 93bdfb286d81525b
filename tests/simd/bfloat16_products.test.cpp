// SPDX-License-Identifier: MIT
#include <hybrec/simd/bfloat16_products.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>

using namespace hybrec;

namespace {

/// Two whole numbers from −128 to 127, which are bfloat16, as a word.
std::uint32_t word_of(int lower, int upper) {
    return std::bit_cast<std::uint32_t>(static_cast<float>(lower)) >> 16 |
           std::bit_cast<std::uint32_t>(static_cast<float>(upper));
}

} // namespace

TEST_CASE("simd::bfloat16_products add the products of both halves of words") {
    using arch = simd::default_arch;
    constexpr std::size_t width = simd::width<float>;
    const auto whole = [](std::uint64_t stream, std::size_t at) {
        return static_cast<int>(counter_random{1, stream}.bits(at) % 256) - 128;
    };
    aligned_vector<std::uint32_t> left(width), right(width);
    aligned_vector<float> total(width), expected(width);
    for (std::size_t at = 0; at < width; ++at) {
        left[at] = word_of(whole(1, at), whole(2, at));
        right[at] = word_of(whole(3, at), whole(4, at));
        total[at] = static_cast<float>(whole(5, at));
        expected[at] = static_cast<float>(whole(1, at) * whole(3, at) +
                                          whole(2, at) * whole(4, at) + whole(5, at));
    }
    simd::bfloat16_products::accumulate<simd::update::add, arch>(
        simd::load<std::uint32_t, arch>(left.data()), simd::load<std::uint32_t, arch>(right.data()),
        simd::load<float, arch>(total.data()))
        .store_aligned(total.data());
    for (std::size_t at = 0; at < width; ++at)
        CHECK(total[at] == expected[at]);
}

TEST_CASE("simd::bfloat16_products make tiles whose sums are floats") {
    constexpr std::size_t edge = simd::line<std::uint32_t>, depth = 5;
    aligned_vector<std::uint32_t> words(depth * edge);
    const auto half = [](std::size_t k, std::size_t at) {
        return static_cast<int>(counter_random{2}.bits(k * edge + at) % 16) - 8;
    };
    for (std::size_t k = 0; k < depth; ++k)
        for (std::size_t at = 0; at < edge; ++at)
            words[k * edge + at] = word_of(half(2 * k, at), half(2 * k + 1, at));
    constexpr std::size_t height = simd::tile_height<std::uint32_t>;
    aligned_vector<float> target(height * edge, 1.0F);
    simd::multiply_tile<std::uint32_t, simd::default_arch, simd::update::add, height,
                        simd::bfloat16_products>(
        simd::columns_operand<std::uint32_t>{words.data(), edge}, words.data(), edge, depth,
        target.data(), edge);
    for (std::size_t i = 0; i < height; ++i)
        for (std::size_t j = 0; j < simd::width<float>; ++j) {
            int expected = 1;
            for (std::size_t row = 0; row < 2 * depth; ++row)
                expected += half(row, i) * half(row, j);
            CHECK(target[i * edge + j] == static_cast<float>(expected));
        }
}

TEST_CASE("simd::has_bfloat16_products wherever there are tiles") {
    CHECK(simd::has_bfloat16_products() >= simd::has_processor_tiles());
    if (simd::has_bfloat16_products())
        CHECK(simd::bfloat16_products::possible);
}
