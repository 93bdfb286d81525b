// SPDX-License-Identifier: MIT
#include <hybrec/simd/list_bits.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace hybrec;

namespace {

template <std::uint32_t Count, class Arch = simd::default_arch>
void check(std::uint32_t bits) {
    std::vector<std::uint32_t> expected;
    for (std::uint32_t at = 0; at < Count; ++at)
        if (bits >> at & 1)
            expected.push_back(100 + at);
    std::array<std::uint32_t, Count + 24> out{};
    const std::size_t count = simd::list_bits<Count, Arch>(bits, 100, out.data());
    CHECK(std::vector<std::uint32_t>(out.begin(),
                                     out.begin() + static_cast<std::ptrdiff_t>(count)) == expected);
    for (std::size_t at = expected.size() + 16; at < out.size(); ++at)
        CHECK(out[at] == 0); // not written
}

} // namespace

TEST_CASE("simd::list_bits lists the positions of all bits, in their order") {
    for (std::uint32_t bits = 0; bits < 1U << 16; bits += bits < 256 ? 1 : 37)
        check<16>(bits), check<16, xsimd::generic>(bits);
    check<16>(0xFFFF), check<16, xsimd::generic>(0xFFFF);
    for (std::uint32_t bits = 0; bits < 16; ++bits)
        check<4>(bits);
    for (std::uint32_t bits = 0; bits < 4; ++bits)
        check<2>(bits);
    for (std::uint64_t at = 0; at < 200; ++at)
        check<32>(static_cast<std::uint32_t>(counter_random{1}.below(std::size_t{1} << 32, at)));
}
