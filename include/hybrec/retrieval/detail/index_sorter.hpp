// SPDX-License-Identifier: MIT
/// @file
/// Sorts few distinct indices below a known bound, in linear time.
#pragma once

#include <hybrec/core/buffer.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>

namespace hybrec::detail {

/// A set of indices as bits, with a value each. Words that are not zero have a bit in a second set,
/// so that few indices are found soon. A few operations per index, without branches to mispredict,
/// where a sort by comparisons mispredicts every other one.
template <class Value>
class index_sorter {
  public:
    /// @param bound all indices are below it
    void resize(std::size_t bound) {
        values_.resize(bound);
        words_.resize((bound + 63) / 64);
        summary_.resize((words_.size() + 63) / 64);
    }

    /// @pre the index is below the bound and not in the set.
    void insert(std::size_t index, Value value) noexcept {
        values_[index] = value;
        words_[index / 64] |= std::uint64_t{1} << index % 64;
        summary_[index / 4096] |= std::uint64_t{1} << index / 64 % 64;
    }

    /// Calls `take(index, value)` in ascending order and empties the set.
    template <class Take>
    void drain(Take&& take) {
        for (std::size_t part = 0; part < summary_.size(); ++part) {
            for (; summary_[part] != 0; summary_[part] &= summary_[part] - 1) {
                const std::size_t word = part * 64 + lowest(summary_[part]);
                for (; words_[word] != 0; words_[word] &= words_[word] - 1) {
                    const std::size_t index = word * 64 + lowest(words_[word]);
                    take(index, values_[index]);
                }
            }
        }
    }

  private:
    static std::size_t lowest(std::uint64_t bits) noexcept {
        return static_cast<std::size_t>(std::countr_zero(bits));
    }

    aligned_vector<Value> values_;
    aligned_vector<std::uint64_t> words_;
    aligned_vector<std::uint64_t> summary_; // of words that are not zero
};

} // namespace hybrec::detail
