// SPDX-License-Identifier: MIT
/// @file
/// Many small random numbers from one stream.
#pragma once

#include <hybrec/core/random.hpp>

#include <cstddef>
#include <cstdint>

namespace hybrec::detail {

/// Draws from a stream of random numbers, one after the other.
class draws {
  public:
    explicit draws(const counter_random& random) noexcept : random_{random} {}

    /// Uniform on {0, …, bound − 1}, with a bias below bound · 2⁻³². @pre 0 < `bound` < 2³².
    [[nodiscard]] std::size_t below(std::size_t bound) noexcept {
        if (!has_spare_)
            bits_ = random_.bits(position_++);
        const std::uint64_t half = has_spare_ ? bits_ >> 32 : bits_ & 0xFFFFFFFF;
        has_spare_ = !has_spare_;
        return static_cast<std::size_t>((half * bound) >> 32);
    }

  private:
    counter_random random_;
    std::uint64_t position_ = 0;
    std::uint64_t bits_ = 0;
    bool has_spare_ = false;
};

} // namespace hybrec::detail
