// SPDX-License-Identifier: MIT
/// @file
/// One-byte codes for values of which there are few different ones, such as ratings and counts.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/threads.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <type_traits>

namespace hybrec::detail {

/// At most 256 different values, each with a code. Values are told apart by their bits.
template <class Value>
class value_codes {
  public:
    /// The codes of all values, or none if there are too many different ones. The codes do not
    /// depend on the number of threads. Complexity: O(values).
    [[nodiscard]] static value_codes of(std::span<const Value> values, const execution& where) {
        std::atomic<bool> too_many{false};
        value_codes all;
        all = parallel_reduce(
            where.threads(), values.size(), std::size_t{1} << 18, value_codes{},
            [&](std::size_t begin, std::size_t end) {
                value_codes part;
                for (std::size_t at = begin; at < end; ++at) {
                    if (at > begin && bits_of(values[at]) == bits_of(values[at - 1]))
                        continue;
                    if (too_many.load(std::memory_order_relaxed) || !part.add(values[at])) {
                        too_many.store(true, std::memory_order_relaxed);
                        break;
                    }
                }
                return part;
            },
            [&](value_codes& total, const value_codes& part) {
                for (const Value value : part.values_)
                    if (!total.add(value))
                        too_many.store(true, std::memory_order_relaxed);
            },
            where.stop);
        return too_many.load() ? value_codes{} : all;
    }

    /// Whether values have codes.
    [[nodiscard]] bool possible() const noexcept { return !values_.empty(); }

    /// @pre `value` was among the values of `of`, and codes are possible.
    [[nodiscard]] std::uint8_t code(Value value) const noexcept {
        return static_cast<std::uint8_t>(slots_[slot_of(value)]);
    }
    [[nodiscard]] Value operator[](std::uint8_t code) const noexcept { return values_[code]; }

  private:
    using bits = std::conditional_t<sizeof(Value) == 4, std::uint32_t, std::uint64_t>;
    static constexpr std::size_t slot_count = 1024;
    static constexpr std::uint16_t empty = 0xFFFF;

    [[nodiscard]] static bits bits_of(Value value) noexcept { return std::bit_cast<bits>(value); }

    /// Where `value` is in the table, or would be.
    [[nodiscard]] std::size_t slot_of(Value value) const noexcept {
        // Fibonacci hashing (Knuth 1998, section 6.4).
        std::size_t slot = (std::uint64_t{bits_of(value)} * 0x9E3779B97F4A7C15) >> 54;
        while (slots_[slot] != empty && bits_of(values_[slots_[slot]]) != bits_of(value))
            slot = (slot + 1) % slot_count;
        return slot;
    }

    /// False if there is no code left.
    bool add(Value value) {
        if (slots_.empty())
            slots_.assign(slot_count, empty);
        const std::size_t slot = slot_of(value);
        if (slots_[slot] != empty)
            return true;
        if (values_.size() == 256)
            return false;
        slots_[slot] = static_cast<std::uint16_t>(values_.size());
        values_.push_back(value);
        return true;
    }

    aligned_vector<std::uint16_t> slots_;
    aligned_vector<Value> values_;
};

} // namespace hybrec::detail
