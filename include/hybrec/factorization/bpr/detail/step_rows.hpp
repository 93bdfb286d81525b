// SPDX-License-Identifier: MIT
/// @file
/// How a gradient step comes to the vectors that it changes.
#pragma once

#include <hybrec/core/buffer.hpp>
#include <hybrec/core/factor_table.hpp>
#include <hybrec/core/index.hpp>

#include <atomic>
#include <cstddef>

namespace hybrec::detail {

/// The rows themselves, which no other thread touches meanwhile.
struct own_rows {
    factor_table<user_index, float>& users;
    factor_table<item_index, float>& items;

    [[nodiscard]] float* user(user_index index) const noexcept { return users.padded_row(index); }
    [[nodiscard]] float* positive(item_index index) const noexcept {
        return items.padded_row(index);
    }
    [[nodiscard]] float* negative(item_index index) const noexcept {
        return items.padded_row(index);
    }
    void write() const noexcept {}
};

/// Copies of rows that other threads may be changing: values are read and written one by one, each
/// atomically and in no order, so that what races are steps and not accesses.
class racing_rows {
  public:
    racing_rows(factor_table<user_index, float>& users, factor_table<item_index, float>& items)
        : users_{users}, items_{items}, copies_(3 * items.stride()) {}

    [[nodiscard]] float* user(user_index index) noexcept {
        return read(0, users_.padded_row(index));
    }
    [[nodiscard]] float* positive(item_index index) noexcept {
        return read(1, items_.padded_row(index));
    }
    [[nodiscard]] float* negative(item_index index) noexcept {
        return read(2, items_.padded_row(index));
    }
    /// Writes the three rows that were read last.
    void write() noexcept {
        for (std::size_t row = 0; row < 3; ++row)
            for (std::size_t at = 0; at < items_.stride(); ++at)
                std::atomic_ref{places_[row][at]}.store(copies_[row * items_.stride() + at],
                                                        std::memory_order_relaxed);
    }

  private:
    float* read(std::size_t row, float* place) noexcept {
        places_[row] = place;
        float* const copy = copies_.data() + row * items_.stride();
        for (std::size_t at = 0; at < items_.stride(); ++at)
            copy[at] = std::atomic_ref{place[at]}.load(std::memory_order_relaxed);
        return copy;
    }

    factor_table<user_index, float>& users_;
    factor_table<item_index, float>& items_;
    aligned_vector<float> copies_;
    float* places_[3] = {};
};

} // namespace hybrec::detail
