// SPDX-License-Identifier: MIT
/// @file
/// The hash of short texts, inline: ids are hashed once for every row of a log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace hybrec::detail {

/// Mixes all bits of `bits` (the finalizer of SplitMix64: Steele, Lea, Flood 2014).
[[nodiscard]] inline std::uint64_t mixed(std::uint64_t bits) noexcept {
    bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
    bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
    return bits ^ (bits >> 31);
}

/// A hash that spreads over all 64 bits. Same texts, same hash, on machines of one byte order; it
/// is never stored in files. Texts from 4 to 16 bytes, most ids, take two loads, which may overlap.
[[nodiscard]] inline std::uint64_t text_hash(std::string_view text) noexcept {
    constexpr std::uint64_t odd = 0x9E3779B97F4A7C15;
    const auto load = []<class Word>(const char* from, Word word) noexcept -> std::uint64_t {
        std::memcpy(&word, from, sizeof word);
        return word;
    };
    const char* at = text.data();
    std::size_t left = text.size();
    std::uint64_t state = left * odd;
    for (; left > 16; left -= 8, at += 8) {
        state = (state ^ load(at, std::uint64_t{})) * odd;
        state ^= state >> 32;
    }
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    if (left >= 8) {
        first = load(at, std::uint64_t{});
        last = load(at + left - 8, std::uint64_t{});
    } else if (left >= 4) {
        first = load(at, std::uint32_t{});
        last = load(at + left - 4, std::uint32_t{});
    } else if (left > 0) {
        first = static_cast<unsigned char>(at[0]);
        last = static_cast<std::uint64_t>(static_cast<unsigned char>(at[left / 2])) << 8 |
               static_cast<unsigned char>(at[left - 1]);
    }
    state = (state ^ first) * odd;
    state ^= state >> 29;
    return mixed(state + last);
}

} // namespace hybrec::detail
