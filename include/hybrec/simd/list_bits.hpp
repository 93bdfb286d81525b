// SPDX-License-Identifier: MIT
/// @file
/// The positions of bits.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::simd {

/// Writes first + the positions of the lower `Count` bits that are set, in their order, and returns how
/// many they are. Four bits at a time by a table: no branches, which random bits would make mispredict.
/// @pre `out` has room for four more than there are.
template <std::uint32_t Count>
[[nodiscard]] inline std::size_t list_bits(std::uint32_t bits, std::uint32_t first,
                                           std::uint32_t* out) noexcept {
    alignas(16) static constexpr std::uint32_t places[16][4] = {
        {},  {0},    {1},    {0, 1},    {2},    {0, 2},    {1, 2},    {0, 1, 2},
        {3}, {0, 3}, {1, 3}, {0, 1, 3}, {2, 3}, {0, 2, 3}, {1, 2, 3}, {0, 1, 2, 3}};
    std::size_t count = 0;
    if (bits == 0)
        return count;
    const auto list = [&](std::uint32_t from) {
        const std::uint32_t part = bits >> from & 15;
        for (std::size_t at = 0; at < 4; ++at)
            out[count + at] = first + from + places[part][at];
        count += static_cast<std::size_t>(std::popcount(part));
    };
    [&]<std::uint32_t... Part>(std::integer_sequence<std::uint32_t, Part...>) {
        (list(4 * Part), ...);
    }
    (std::make_integer_sequence<std::uint32_t, (Count + 3) / 4>{});
    return count;
}

} // namespace hybrec::simd
