// SPDX-License-Identifier: MIT
/// @file
/// Counts line ends at the speed of memory.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace hybrec::detail {

/// How many `\n` there are in `text`.
[[nodiscard]] inline std::size_t count_line_ends(std::string_view text) noexcept {
    constexpr std::size_t words = 8; // a cache line, and a loop that compilers vectorise
    constexpr std::uint64_t low = 0x7F7F7F7F7F7F7F7F;
    constexpr std::uint64_t ones = 0x0101010101010101;
    std::size_t count = 0;
    std::size_t at = 0;
    while (at + 8 * words <= text.size()) {
        // Every byte counts the line ends at its place; it must not pass 255.
        std::uint64_t bytes[words] = {};
        for (int round = 0; round < 255 && at + 8 * words <= text.size();
             ++round, at += 8 * words) {
            std::uint64_t line[words];
            std::memcpy(line, text.data() + at, sizeof line);
            for (std::size_t word = 0; word < words; ++word) {
                const std::uint64_t difference = line[word] ^ (ones * '\n');
                const std::uint64_t unequal = ((difference & low) + low) | difference;
                bytes[word] += ~unequal >> 7 & ones;
            }
        }
        for (const std::uint64_t word : bytes)
            for (unsigned shift = 0; shift < 64; shift += 8)
                count += word >> shift & 0xFF;
    }
    const std::string_view rest = text.substr(at);
    return count + static_cast<std::size_t>(std::count(rest.begin(), rest.end(), '\n'));
}

} // namespace hybrec::detail
