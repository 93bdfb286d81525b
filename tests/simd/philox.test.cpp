// SPDX-License-Identifier: MIT
#include <hybrec/simd/philox.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

using namespace hybrec;

namespace {

template <std::size_t Blocks, class Arch>
void check(std::uint64_t seed, std::uint64_t stream, std::uint64_t first) {
    CAPTURE(Blocks);
    CAPTURE(seed);
    CAPTURE(first);
    std::vector<std::uint32_t> out(4 * Blocks + 1, 7), expected(4 * Blocks + 1, 7);
    simd::philox_blocks<Blocks, Arch>(seed, stream, first, out.data());
    for (std::size_t block = 0; block < Blocks; ++block) {
        const std::uint64_t at = first + block;
        const auto words = philox4x32(
            {static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(at >> 32),
             static_cast<std::uint32_t>(stream), static_cast<std::uint32_t>(stream >> 32)},
            {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
        for (std::size_t word = 0; word < 4; ++word)
            expected[word * Blocks + block] = words[word];
    }
    CHECK(out == expected);
}

} // namespace

TEST_CASE("simd::philox_blocks writes the words of philox4x32, for any counter") {
    for (const std::uint64_t seed : {0ULL, 42ULL, 0xFEDCBA9876543210ULL, ~0ULL})
        for (const std::uint64_t first : {0ULL, 1ULL, 0xFFFFFFF9ULL, 0x123456789ABCDEFULL, ~3ULL}) {
            check<16, simd::default_arch>(seed, 5, first);
            check<32, simd::default_arch>(seed, 0xABCDEF0123456789ULL, first);
#if defined(__AVX2__)
            check<16, xsimd::avx2>(seed, ~0ULL, first);
#endif
#if defined(__SSE2__)
            check<16, xsimd::sse2>(seed, 1, first);
#endif
        }
}
