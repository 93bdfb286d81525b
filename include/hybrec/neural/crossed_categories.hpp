// SPDX-License-Identifier: MIT
/// @file
/// Pairs of what the user is and what the item is, hashed to slots.
#pragma once

#include <hybrec/neural/embedding_bag.hpp>
#include <hybrec/neural/feature_batch.hpp>

#include <cstddef>
#include <cstdint>
#include <vector>

namespace hybrec::neural {

/// The crosses of a sample: the user's id, and each category of the user's fields, with each category
/// of the item's fields. The weight of a cross is the product of both weights (1 for the id). Crosses
/// are hashed to `slots` numbers; those that meet share a weight.
class crossed_categories {
  public:
    crossed_categories() = default;
    template <class Users, class Items>
    crossed_categories(const Users& users, const Items& items, std::size_t slots) : slots_{slots} {
        std::size_t key = users.size() + 1; // behind the ids
        for (const auto& field : users.fields()) {
            user_starts_.push_back(static_cast<std::uint32_t>(key));
            key += field.column_count();
        }
        key = 0;
        for (const auto& field : items.fields()) {
            item_starts_.push_back(static_cast<std::uint32_t>(key));
            key += field.column_count();
        }
        item_keys_ = key;
    }

    /// How many categories all fields of items have.
    [[nodiscard]] std::size_t item_keys() const noexcept { return item_keys_; }

    /// The keys of every distinct row of one side: ids and categories, numbered through.
    template <class T>
    void list_users(const batch_side<T>& side, weighted_lists<T>& keys) const {
        list_keys(side, user_starts_, keys, [&](std::size_t row) {
            keys.add(side.ids[side.groups.members(row).front()], T{1});
        });
    }
    template <class T>
    void list_items(const batch_side<T>& side, weighted_lists<T>& keys) const {
        list_keys(side, item_starts_, keys, [](std::size_t) {});
    }

    /// Calls `visit(slot, weight)` for the crosses of a row of users with one category of items.
    template <class T, class Visit>
    void for_each(const weighted_lists<T>& users, std::size_t user, std::uint32_t item_key,
                  Visit&& visit) const {
        for (std::size_t at = users.offsets[user]; at < users.offsets[user + 1]; ++at)
            visit(slot(users.indices[at], item_key), users.weights[at]);
    }

    /// The crosses of every sample of a batch.
    template <class T>
    void list(const feature_batch<T>& batch, weighted_lists<T>& crosses) const {
        crosses.clear();
        const auto cross = [&](std::uint32_t key, T weight, std::size_t item) {
            for (std::size_t field = 0; field < item_starts_.size(); ++field) {
                const weighted_lists<T>& lists = batch.items.fields[field];
                for (std::size_t at = lists.offsets[item]; at < lists.offsets[item + 1]; ++at)
                    crosses.add(slot(key, item_starts_[field] + lists.indices[at]),
                                weight * lists.weights[at]);
            }
        };
        for (std::size_t row = 0; row < batch.size(); ++row) {
            const std::size_t item = batch.items.groups.slot(batch.items.rows[row]);
            cross(batch.users.ids[row], T{1}, item);
            const std::size_t user = batch.users.groups.slot(batch.users.rows[row]);
            for (std::size_t field = 0; field < user_starts_.size(); ++field) {
                const weighted_lists<T>& lists = batch.users.fields[field];
                for (std::size_t at = lists.offsets[user]; at < lists.offsets[user + 1]; ++at)
                    cross(user_starts_[field] + lists.indices[at], lists.weights[at], item);
            }
            crosses.close();
        }
    }

    /// The finalizer of splitmix64 (Steele, Lea, Flood 2014) of both keys, scaled to the slots.
    [[nodiscard]] std::uint32_t slot(std::uint32_t user_key,
                                     std::uint32_t item_key) const noexcept {
        std::uint64_t word = std::uint64_t{user_key} << 32 | item_key;
        word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9U;
        word = (word ^ word >> 27) * 0x94D049BB133111EBU;
        word ^= word >> 31;
        return static_cast<std::uint32_t>((word >> 32) * slots_ >> 32);
    }

  private:
    template <class T, class First>
    static void list_keys(const batch_side<T>& side, const std::vector<std::uint32_t>& starts,
                          weighted_lists<T>& keys, const First& first) {
        keys.clear();
        for (std::size_t row = 0; row < side.groups.size(); ++row) {
            first(row);
            for (std::size_t field = 0; field < starts.size(); ++field) {
                const weighted_lists<T>& lists = side.fields[field];
                for (std::size_t at = lists.offsets[row]; at < lists.offsets[row + 1]; ++at)
                    keys.add(starts[field] + lists.indices[at], lists.weights[at]);
            }
            keys.close();
        }
    }

    std::size_t slots_ = 1, item_keys_ = 0;
    std::vector<std::uint32_t> user_starts_, item_starts_; // of every field's keys
};

} // namespace hybrec::neural
