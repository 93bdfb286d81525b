// SPDX-License-Identifier: MIT
/// @file
/// Which columns of a sum of two rows may be above zero, told by a byte for each.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/neural/matrix.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace hybrec::neural::detail {

/// Levels 1 to 255 of the values of items, column by column from the least to the greatest, and limits for
/// a user: the sum of the user's value and an item's is not above zero if the item's level is not above the
/// user's limit. Of the others, all sums are above zero but those within a level of it.
///
/// Rounding does no harm: an item's value that is above the user's, turned, has at least its quotient.
template <class T>
class sign_levels {
  public:
    sign_levels() = default;
    /// @param items their rows, finite. @param first, count of the columns that are told
    sign_levels(const matrix<T>& items, std::size_t first, std::size_t count) {
        for (std::size_t at = first; at < first + count; ++at) {
            T least = std::numeric_limits<T>::max(), most = std::numeric_limits<T>::lowest();
            for (std::size_t item = 0; item < items.rows(); ++item) {
                least = std::min(least, items(item, at));
                most = std::max(most, items(item, at));
            }
            least_.push_back(least);
            // Zero if all are the same, infinite if their range is no number: quotients are then zero,
            // infinite, or no number, and say the same.
            step_.push_back((most - least) / T{254});
        }
    }

    [[nodiscard]] std::size_t columns() const noexcept { return least_.size(); }

    /// @param row an item's, from the first of the columns on
    void write_levels(const T* row, std::uint8_t* levels) const noexcept {
        for (std::size_t at = 0; at < columns(); ++at)
            levels[at] =
                std::max(within_byte(1 + (row[at] - least_[at]) / step_[at]), std::uint8_t{1});
    }
    /// @param row a user's, likewise
    void write_limits(const T* row, std::uint8_t* limits) const noexcept {
        for (std::size_t at = 0; at < columns(); ++at)
            limits[at] = within_byte((-row[at] - least_[at]) / step_[at]);
    }

  private:
    /// The integer below, from 0 to 255; 0 for NaN.
    [[nodiscard]] static std::uint8_t within_byte(T value) noexcept {
        return value > 255 ? std::uint8_t{255}
               : value > 0 ? static_cast<std::uint8_t>(value)
                           : std::uint8_t{0};
    }

    aligned_vector<T> least_, step_;
};

} // namespace hybrec::neural::detail
