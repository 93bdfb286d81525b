// SPDX-License-Identifier: MIT
/// @file
/// Recommends at random: what every model must beat.
#pragma once

#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/retrieval/top_k.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace hybrec {

struct random_baseline_options {
    std::uint64_t seed = 42; ///< another seed, another order for every user

    friend bool operator==(const random_baseline_options&,
                           const random_baseline_options&) = default;
};

/// Scores every item for every user by a number that is uniform on [0, 1): a function of seed, user
/// and item. A full ranking holds every item once, in an order that is the user's own and the same
/// at every call. Knows every user, also those beyond the matrix. Const calls are thread-safe.
class random_baseline {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;

    explicit random_baseline(random_baseline_options options = {}) : options_{options} {}

    /// Takes the shape of the matrix, and nothing else.
    void fit(const user_item_matrix auto& interactions) {
        user_count_ = interactions.row_count();
        item_count_ = interactions.column_count();
    }

    [[nodiscard]] const random_baseline_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t user_count() const noexcept { return user_count_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return item_count_; }
    [[nodiscard]] bool knows(user_index) const noexcept { return item_count_ != 0; }

    /// @pre every item is below `item_count()`; `items.size() == out.size()`.
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        for (std::size_t at = 0; at < items.size(); ++at)
            out[at] = score(user, items[at]);
    }
    /// 24 random bits, so that the number is exact as a float.
    [[nodiscard]] float score(user_index user, item_index item) const noexcept {
        // A stream of its own: that of a split with the same seed would say what is in the test part.
        constexpr std::uint64_t own_streams = std::uint64_t{1} << 32;
        const counter_random draws{options_.seed, own_streams + user.value()};
        return static_cast<float>(draws.bits(item.value()) >> 40) * 0x1p-24F;
    }

    /// `n` items that `filter` admits. Complexity: O(items).
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const noexcept {
        top_k<item_index, float> best{out};
        for (std::size_t at = 0; at < item_count_; ++at) {
            const scored_item candidate{item_index(at), score(user, item_index(at))};
            if (best.would_enter(candidate) && hybrec::admits(filter, user, candidate.index))
                best.enter(candidate);
        }
        return best.finish();
    }

    [[nodiscard]] static std::string type_name() { return "random_baseline"; }

    void save(archive_writer auto& archive) const {
        archive.write_integer("seed", static_cast<std::int64_t>(options_.seed));
        save_count(archive, "users", user_count_);
        save_count(archive, "items", item_count_);
    }
    [[nodiscard]] static random_baseline load(archive_reader auto& archive) {
        random_baseline model{{.seed = static_cast<std::uint64_t>(archive.read_integer("seed"))}};
        model.user_count_ = load_count(archive, "users");
        model.item_count_ = load_count(archive, "items");
        return model;
    }

    friend bool operator==(const random_baseline&, const random_baseline&) = default;

  private:
    random_baseline_options options_;
    std::size_t user_count_ = 0;
    std::size_t item_count_ = 0;
};

} // namespace hybrec
