// SPDX-License-Identifier: MIT
/// @file
/// Random numbers side by side.
#pragma once

#include <hybrec/simd/batch.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec::simd {

namespace detail {

/// The counters of as many blocks as a register has 64-bit lanes. Words are the lower halves; what the
/// upper halves hold does not matter.
template <class Arch>
struct philox_state {
    using words = batch<std::uint64_t, Arch>;
    words word0, word1, word2, word3;

    void round(const words& key0, const words& key1) noexcept {
        const words left = multiply_lower(word0, broadcast<std::uint64_t, Arch>(0xD2511F53));
        const words right = multiply_lower(word2, broadcast<std::uint64_t, Arch>(0xCD9E8D57));
        word0 = shift_right(right, 32) ^ word1 ^ key0;
        word1 = right;
        word2 = shift_right(left, 32) ^ word3 ^ key1;
        word3 = left;
    }
};

} // namespace detail

/// Writes the words of `philox4x32` (core/random.hpp) under `seed` for `Blocks` counters: those that
/// have `stream` as their upper half and `first`, `first` + 1, … as their lower. Word 0 of all blocks
/// comes first, then word 1 of all, and so on.
/// @pre `out` has room for 4 · `Blocks` words.
template <std::size_t Blocks, class Arch = default_arch>
inline void philox_blocks(std::uint64_t seed, std::uint64_t stream, std::uint64_t first,
                          std::uint32_t* out) noexcept {
    using words = batch<std::uint64_t, Arch>;
    constexpr std::size_t lanes = width<std::uint64_t, Arch>;
    static_assert(Blocks % (2 * lanes) == 0 && lanes <= 8);
    alignas(table_alignment) static constexpr std::uint64_t steps[8] = {0, 2, 4, 6, 8, 10, 12, 14};
    const auto upper = broadcast<std::uint64_t, Arch>(stream);
    for (std::size_t block = 0; block < Blocks; block += 2 * lanes) {
        const auto begin = [&](std::uint64_t at) {
            const words counters =
                load<std::uint64_t, Arch>(steps) + broadcast<std::uint64_t, Arch>(first + at);
            return detail::philox_state<Arch>{counters, shift_right(counters, 32), upper,
                                              shift_right(upper, 32)};
        };
        // Every second block, so that two lanes' words lie as the words of consecutive blocks do.
        auto even = begin(block), odd = begin(block + 1);
        std::uint64_t key0 = seed, key1 = seed >> 32;
        for (int round = 0; round < 10; ++round) {
            const auto both0 = broadcast<std::uint64_t, Arch>(key0 & 0xFFFFFFFF);
            const auto both1 = broadcast<std::uint64_t, Arch>(key1 & 0xFFFFFFFF);
            even.round(both0, both1);
            odd.round(both0, both1);
            key0 += 0x9E3779B9;
            key1 += 0xBB67AE85;
        }
        const auto join = [&](const words& of_even, const words& of_odd, std::size_t word) {
            const words joined =
                (of_even & broadcast<std::uint64_t, Arch>(0xFFFFFFFF)) | shift_left(of_odd, 32);
            as_words<Arch>(joined).store_unaligned(out + word * Blocks + block);
        };
        join(even.word0, odd.word0, 0);
        join(even.word1, odd.word1, 1);
        join(even.word2, odd.word2, 2);
        join(even.word3, odd.word3, 3);
    }
}

} // namespace hybrec::simd
