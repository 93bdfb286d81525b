// SPDX-License-Identifier: MIT
/// @file
/// The entries of a matrix as samples with labels, and negatives drawn beside them.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/sparse/csr.hpp>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::neural {

/// Which value is label 0, and which is 1. If they are equal, every entry has label 1.
struct label_range {
    float minimum = 0;
    float maximum = 0;

    /// The value on [0, 1]; what lies outside the range is moved to its end.
    [[nodiscard]] float label(float value) const noexcept {
        if (!(maximum > minimum))
            return 1;
        return std::clamp((value - minimum) / (maximum - minimum), 0.0F, 1.0F);
    }
    /// The value of a label.
    [[nodiscard]] float value(float label) const noexcept {
        return minimum + (maximum - minimum) * label;
    }
    friend bool operator==(const label_range&, const label_range&) = default;
};

/// One sample: how likely is it that the user likes the item?
struct rating_sample {
    std::uint32_t user = 0;
    std::uint32_t item = 0;
    float label = 0;
};

/// All entries of a matrix, row after row, then `negatives` more for each: the same user with an item
/// that is drawn anew in every epoch, label 0. Items that the user has are drawn again, up to 64
/// times.
class rating_samples {
  public:
    /// Copies the entries. Complexity: O(entries).
    /// @param seed    of the negatives
    /// @param besides if not null, its entries are no negatives either; must outlive this object
    template <class Value>
    rating_samples(const csr_view<user_index, item_index, Value>& entries, label_range range,
                   std::size_t negatives = 0, std::uint64_t seed = 0,
                   const rating_samples* besides = nullptr)
        : negatives_{negatives}, seed_{seed}, besides_{besides} {
        entries_.reserve(entries.entry_count());
        for (std::size_t user = 0; user < entries.row_count(); ++user)
            for (const auto [item, value] : entries.row(user_index(user)))
                entries_.push_back({static_cast<std::uint32_t>(user), item.value(),
                                    range.label(static_cast<float>(value))});
        if (negatives == 0)
            return;
        offsets_.assign(entries.offsets().begin(), entries.offsets().end());
        std::vector<bool> is_known(entries.column_count());
        for (const rating_sample& entry : entries_)
            is_known[entry.item] = true;
        for (std::size_t item = 0; item < is_known.size(); ++item)
            if (is_known[item])
                items_.push_back(static_cast<std::uint32_t>(item));
    }

    /// How many samples an epoch has.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size() * (1 + negatives_); }

    /// A sample of an epoch; a function of its arguments and the seed. @pre below `size()`.
    template <class = on_use>
    [[nodiscard]] rating_sample at(std::size_t position, std::size_t epoch) const noexcept {
        if (position < entries_.size())
            return entries_[position];
        const std::uint32_t user = entries_[(position - entries_.size()) / negatives_].user;
        const counter_random random{seed_, std::uint64_t{epoch} << 32 | 2};
        rating_sample negative{user, 0, 0};
        for (std::uint64_t attempt = 0; attempt < attempts; ++attempt) {
            negative.item = items_[random.below(items_.size(), position * attempts + attempt)];
            if (!has(user, negative.item) && !(besides_ && besides_->has(user, negative.item)))
                break;
        }
        return negative;
    }

    /// Depends on all samples.
    template <class = on_use>
    [[nodiscard]] std::uint64_t fingerprint() const noexcept {
        std::uint64_t hash = 14695981039346656037U; // FNV-1a, in words
        const auto add = [&](std::uint64_t word) { hash = (hash ^ word) * 1099511628211U; };
        for (const rating_sample& entry : entries_) {
            add(std::uint64_t{entry.user} << 32 | entry.item);
            add(std::bit_cast<std::uint32_t>(entry.label));
        }
        add(negatives_);
        add(seed_);
        return hash;
    }

  private:
    static constexpr std::uint64_t attempts = 64;

    template <class = on_use>
    [[nodiscard]] bool has(std::uint32_t user, std::uint32_t item) const noexcept {
        const auto at = [&](std::size_t entry) {
            return entries_.begin() + static_cast<std::ptrdiff_t>(entry);
        };
        const auto found = std::lower_bound(
            at(offsets_[user]), at(offsets_[user + 1]), item,
            [](const rating_sample& entry, std::uint32_t other) { return entry.item < other; });
        return found != at(offsets_[user + 1]) && found->item == item;
    }

    std::size_t negatives_;
    std::uint64_t seed_;
    const rating_samples* besides_;
    std::vector<rating_sample> entries_;
    std::vector<offset> offsets_;      // of users' entries; only with negatives
    std::vector<std::uint32_t> items_; // that have entries; only with negatives
};

} // namespace hybrec::neural
