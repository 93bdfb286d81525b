// SPDX-License-Identifier: MIT
/// @file
/// Random rows as the kernels of search have them.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/simd/score_tile.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::test {

/// Groups of random rows, packed, and the values that packing keeps.
struct packed_groups {
    packed_groups(std::size_t count, std::size_t factors)
        : words(count * factors * simd::group_words), values(count * factors * simd::group_rows) {
        for (std::size_t at = 0; at < values.size(); ++at) {
            const std::uint32_t bits =
                simd::to_bfloat16(static_cast<float>(counter_random{3}.normal(at)));
            values[at] = std::bit_cast<float>(bits);
            const std::size_t line = at / simd::group_rows;
            const std::size_t row = at % simd::group_rows;
            words[line * simd::group_words + row % simd::group_words] |=
                row < simd::group_words ? bits >> 16 : bits;
        }
    }
    aligned_vector<std::uint32_t> words;
    std::vector<float> values; // group by group, factor by factor
};

} // namespace hybrec::test
