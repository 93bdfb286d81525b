// SPDX-License-Identifier: MIT
/// @file
/// Rating samples of users and items that are described by fields.
#pragma once

#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/neural/rating_samples.hpp>
#include <hybrec/neural/side_description.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <utility>

namespace hybrec::neural {

/// One sample: the rows whose categories describe it, and the ids under which it is looked up.
struct feature_sample {
    std::uint32_t user = 0;
    std::uint32_t item = 0;
    std::uint32_t user_id = 0;
    std::uint32_t item_id = 0;
    float label = 0;
};

/// Rating samples with their fields. The id of a sample's user is replaced by the unknown one with
/// probability `id_dropout`, and so, on its own, that of its item: the network learns what to say of
/// those whose features alone are known (the idea of Volkovs, Yu, Poutanen 2017, "DropoutNet", who do
/// so with vectors of preferences).
class feature_samples {
  public:
    using user_side = side_description<user_index>;
    using item_side = side_description<item_index>;

    /// @param id_dropout at least 0 and below 1; 0 for samples to judge by
    /// @pre the sides have the users and items of the ratings, and outlive this object.
    feature_samples(rating_samples ratings, const user_side& users, const item_side& items,
                    double id_dropout = 0, std::uint64_t seed = 0)
        : ratings_{std::move(ratings)},
          users_{&users},
          items_{&items},
          bound_{static_cast<std::uint32_t>(id_dropout * 0x1p32)},
          seed_{seed} {}

    [[nodiscard]] std::size_t size() const noexcept { return ratings_.size(); }
    [[nodiscard]] const rating_samples& ratings() const noexcept { return ratings_; }
    [[nodiscard]] const user_side& users() const noexcept { return *users_; }
    [[nodiscard]] const item_side& items() const noexcept { return *items_; }

    /// A sample of an epoch; a function of its arguments and the seed. @pre below `size()`.
    template <class = on_use>
    [[nodiscard]] feature_sample at(std::size_t position, std::size_t epoch) const noexcept {
        const rating_sample rated = ratings_.at(position, epoch);
        feature_sample sample{rated.user, rated.item, users_->id(rated.user),
                              items_->id(rated.item), rated.label};
        if (bound_ != 0) {
            const std::uint64_t bits =
                counter_random{seed_, std::uint64_t{epoch} << 32 | 3}.bits(position);
            if (static_cast<std::uint32_t>(bits) < bound_)
                sample.user_id = users_->unknown_id();
            if (bits >> 32 < bound_)
                sample.item_id = items_->unknown_id();
        }
        return sample;
    }

    /// Depends on all samples.
    template <class = on_use>
    [[nodiscard]] std::uint64_t fingerprint() const noexcept {
        std::uint64_t hash = ratings_.fingerprint();
        const auto add = [&](std::uint64_t word) { hash = (hash ^ word) * 1099511628211U; };
        add(bound_);
        add(seed_);
        const auto add_side = [&](const auto& side) {
            for (const auto& field : side.fields()) {
                add(field.row_count());
                for (const feature_index category : field.columns())
                    add(category.value());
                for (const float weight : field.values())
                    add(std::bit_cast<std::uint32_t>(weight));
            }
        };
        add_side(*users_);
        add_side(*items_);
        return hash;
    }

  private:
    rating_samples ratings_;
    const user_side* users_;
    const item_side* items_;
    std::uint32_t bound_;
    std::uint64_t seed_;
};

} // namespace hybrec::neural
