// SPDX-License-Identifier: MIT
#include <hybrec/simd/processor_tiles.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <thread>

using namespace hybrec;

TEST_CASE("simd::processor_tiles are held wherever there are any, by each thread for itself") {
    const bool there_are = simd::has_processor_tiles();
    CHECK(simd::has_processor_tiles() == there_are);
    {
        const simd::processor_tiles tiles;
        CHECK(tiles.held() == there_are);
    }
    const simd::processor_tiles again;
    CHECK(again.held() == there_are);
    bool elsewhere = !there_are;
    std::thread([&] { elsewhere = simd::processor_tiles{}.held(); }).join();
    CHECK(elsewhere == there_are);
}

#if HYBREC_PROCESSOR_TILES
TEST_CASE("simd::processor_tiles have 16 rows of 64 bytes") {
    const simd::processor_tiles tiles;
    if (!tiles.held())
        return; // the system does not let us
    alignas(64) std::uint8_t from[16 * 64], to[16 * 64]{};
    for (std::size_t at = 0; at < sizeof(from); ++at)
        from[at] = static_cast<std::uint8_t>(at * 7 + at / 64);
    _tile_loadd(0, from, 64);
    _tile_stored(0, to, 64);
    asm volatile("" ::: "memory"); // the intrinsics do not say that they write
    for (std::size_t at = 0; at < sizeof(from); ++at)
        REQUIRE(to[at] == from[at]);
}
#endif
