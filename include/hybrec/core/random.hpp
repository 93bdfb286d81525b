// SPDX-License-Identifier: MIT
/// @file
/// Counter-based random numbers: any draw can be computed on its own, so results do not depend on
/// the order in which threads ask for them.
#pragma once

#include <hybrec/core/math.hpp>

#include <algorithm>
#include <array>
#include <cassert>
#include <cstdint>
#include <iterator>
#include <numbers>

namespace hybrec {

/// Philox4x32-10 (Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3"):
/// a bijection of the 128-bit counter, chosen by the 64-bit key.
[[nodiscard]] constexpr std::array<std::uint32_t, 4>
philox4x32(std::array<std::uint32_t, 4> counter, std::array<std::uint32_t, 2> key) noexcept {
    for (int round = 0; round < 10; ++round) {
        const std::uint64_t left = std::uint64_t{0xD2511F53} * counter[0];
        const std::uint64_t right = std::uint64_t{0xCD9E8D57} * counter[2];
        counter = {static_cast<std::uint32_t>(right >> 32) ^ counter[1] ^ key[0],
                   static_cast<std::uint32_t>(right),
                   static_cast<std::uint32_t>(left >> 32) ^ counter[3] ^ key[1],
                   static_cast<std::uint32_t>(left)};
        key[0] += 0x9E3779B9;
        key[1] += 0xBB67AE85;
    }
    return counter;
}

/// A family of independent random streams under one seed. Every function is pure: the same seed,
/// stream and position give the same value, on any thread, in any order.
///
/// A stream is named by 64 bits (a row, an epoch, …); positions within it count from 0.
class counter_random {
  public:
    constexpr explicit counter_random(std::uint64_t seed, std::uint64_t stream = 0) noexcept
        : seed_{seed}, stream_{stream} {}

    /// The same seed with another stream.
    [[nodiscard]] constexpr counter_random stream(std::uint64_t name) const noexcept {
        return counter_random{seed_, name};
    }

    /// 64 uniformly distributed bits.
    [[nodiscard]] constexpr std::uint64_t bits(std::uint64_t position) const noexcept {
        const auto words = block(position);
        return (std::uint64_t{words[0]} << 32) | words[1];
    }

    /// Uniform on [0, 1), with 53 bits of resolution.
    [[nodiscard]] constexpr double uniform(std::uint64_t position) const noexcept {
        return to_unit(bits(position));
    }

    /// Uniform on {0, …, bound − 1}, by multiplication (bias below bound · 2⁻⁶⁴).
    /// @pre `bound` is above 0.
    [[nodiscard]] constexpr std::uint64_t below(std::uint64_t bound,
                                                std::uint64_t position) const noexcept {
        assert(bound > 0);
        // The high 64 bits of the 128-bit product, from 32-bit halves.
        const std::uint64_t draw = bits(position);
        const std::uint64_t low_low = (draw & 0xFFFFFFFF) * (bound & 0xFFFFFFFF);
        const std::uint64_t high_low = (draw >> 32) * (bound & 0xFFFFFFFF);
        const std::uint64_t low_high = (draw & 0xFFFFFFFF) * (bound >> 32);
        const std::uint64_t middle = (low_low >> 32) + (high_low & 0xFFFFFFFF) + low_high;
        return (draw >> 32) * (bound >> 32) + (high_low >> 32) + (middle >> 32);
    }

    /// Normal with mean 0 and standard deviation 1 (Box and Muller 1958).
    [[nodiscard]] double normal(std::uint64_t position) const noexcept {
        const auto words = block(position);
        const double radius_draw = to_unit((std::uint64_t{words[0]} << 32) | words[1]);
        const double angle_draw = to_unit((std::uint64_t{words[2]} << 32) | words[3]);
        return std::sqrt(-2.0 * std::log(1.0 - radius_draw)) *
               std::cos(2.0 * std::numbers::pi * angle_draw);
    }

    /// Shuffles `[first, first + count)` in place (Fisher and Yates); uses positions 0 … count − 1.
    template <class Iterator>
    constexpr void shuffle(Iterator first, std::uint64_t count) const {
        using difference = typename std::iterator_traits<Iterator>::difference_type;
        for (std::uint64_t left = count; left > 1; --left) {
            const std::uint64_t pick = below(left, left - 1);
            std::iter_swap(first + static_cast<difference>(pick),
                           first + static_cast<difference>(left - 1));
        }
    }

  private:
    static constexpr double to_unit(std::uint64_t bits) noexcept {
        return static_cast<double>(bits >> 11) * 0x1.0p-53;
    }

    [[nodiscard]] constexpr std::array<std::uint32_t, 4>
    block(std::uint64_t position) const noexcept {
        return philox4x32(
            {static_cast<std::uint32_t>(position), static_cast<std::uint32_t>(position >> 32),
             static_cast<std::uint32_t>(stream_), static_cast<std::uint32_t>(stream_ >> 32)},
            {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32)});
    }

    std::uint64_t seed_;
    std::uint64_t stream_;
};

} // namespace hybrec
