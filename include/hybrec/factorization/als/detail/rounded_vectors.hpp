// SPDX-License-Identifier: MIT
/// @file
/// A copy of a table in half of its memory.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/simd/bfloat16_rows.hpp>

#include <cstddef>

namespace hybrec::detail {

/// The vectors of a table, each as `simd::pack_bfloat16` rounds it.
class rounded_vectors {
  public:
    /// Complexity: O(rows · factors), shared by the threads.
    template <class Index>
    rounded_vectors(const factor_table<Index, float>& table, const execution& where)
        : stride_{simd::bfloat16_words(table.stride())}, words_(table.rows() * stride_) {
        where.threads().for_chunks(
            table.rows(), 64,
            [&](std::size_t begin, std::size_t end, std::size_t) {
                for (std::size_t row = begin; row < end; ++row)
                    simd::pack_bfloat16(table.padded_row(Index(row)), table.stride(),
                                        words_.data() + row * stride_);
            },
            where.stop);
    }

    /// Words from one row to the next.
    [[nodiscard]] std::size_t stride() const noexcept { return stride_; }
    [[nodiscard]] std::size_t bytes() const noexcept {
        return words_.size() * sizeof(simd::bfloat16_pair);
    }
    [[nodiscard]] const simd::bfloat16_pair* row(std::size_t at) const noexcept {
        return words_.data() + at * stride_;
    }

  private:
    std::size_t stride_;
    bulk_vector<simd::bfloat16_pair> words_; // written by the threads that fill it
};

} // namespace hybrec::detail
