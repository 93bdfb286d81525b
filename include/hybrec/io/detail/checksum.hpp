// SPDX-License-Identifier: MIT
/// @file
/// A fast 64-bit checksum that detects every change within one 8-byte word, so every flipped bit.
#pragma once

#include <hybrec/core/on_use.hpp>

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>

namespace hybrec::detail {

/// Four independent lanes over 32-byte blocks, folded at the end.
///
/// Each step `lane ← rotate(lane ⊕ word) · odd` is a bijection of the lane for a given word, and of
/// the word for a given lane; so is the fold. A change within one word therefore always changes the
/// result; other changes do with a probability of 1 − 2⁻⁶⁴. Not a cryptographic hash: it guards
/// against damage, not against malice.
class checksum {
  public:
    template <class = on_use>
    void add(std::span<const std::byte> bytes) noexcept {
        length_ += bytes.size();
        while (!bytes.empty()) {
            if (filled_ == 0 && bytes.size() >= block_size) {
                mix(bytes.data());
                bytes = bytes.subspan(block_size);
                continue;
            }
            const std::size_t part = std::min(bytes.size(), block_size - filled_);
            std::memcpy(block_.data() + filled_, bytes.data(), part);
            filled_ += part;
            bytes = bytes.subspan(part);
            if (filled_ == block_size) {
                mix(block_.data());
                filled_ = 0;
            }
        }
    }

    [[nodiscard]] std::uint64_t value() const noexcept {
        checksum last = *this;
        if (last.filled_ != 0) {
            std::memset(last.block_.data() + last.filled_, 0, block_size - last.filled_);
            last.mix(last.block_.data());
        }
        std::uint64_t sum = step(0, last.length_);
        for (const std::uint64_t lane : last.lanes_)
            sum = step(sum, lane);
        return sum ^ (sum >> 32);
    }

  private:
    static constexpr std::size_t block_size = 32;

    static constexpr std::uint64_t step(std::uint64_t lane, std::uint64_t word) noexcept {
        return std::rotl(lane ^ word, 31) * 0x9E3779B97F4A7C15; // 2⁶⁴ / golden ratio, odd
    }

    void mix(const std::byte* block) noexcept {
        for (std::size_t lane = 0; lane < lanes_.size(); ++lane) {
            std::uint64_t word = 0;
            std::memcpy(&word, block + lane * sizeof word, sizeof word);
            lanes_[lane] = step(lanes_[lane], word);
        }
    }

    std::array<std::uint64_t, 4> lanes_ = {1, 2, 3, 4};
    std::array<std::byte, block_size> block_{};
    std::size_t filled_ = 0;
    std::uint64_t length_ = 0;
};

/// Sixteen lower-case hexadecimal digits.
[[nodiscard]] inline std::string hexadecimal(std::uint64_t value) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t at = 0; at < text.size(); ++at)
        text[text.size() - 1 - at] = digits[(value >> (4 * at)) & 15U];
    return text;
}

} // namespace hybrec::detail
