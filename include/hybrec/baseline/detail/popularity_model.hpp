// SPDX-License-Identifier: MIT
/// @file
/// What models share that recommend the same items to everybody.
#pragma once

#include <hybrec/baseline/detail/popular_items.hpp>
#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/filter.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/archive_options.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

namespace hybrec::detail {

/// Serves a score per item to every user, known or not. Items whose score is not above 0 are never
/// recommended.
class popularity_model {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;
    static constexpr bool zero_is_no_score = true;

    [[nodiscard]] std::size_t user_count() const noexcept { return user_count_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return popular_.size(); }

    /// Every user is served, known or not.
    [[nodiscard]] bool knows(user_index) const noexcept { return !popular_.empty(); }

    /// @pre every item is below `item_count()`; `items.size() == out.size()`.
    template <class = on_use>
    void score(user_index, std::span<const item_index> items, std::span<float> out) const noexcept {
        popular_.score(items, out);
    }
    /// See `catalogue_scorer`.
    template <class = on_use>
    void score_all(user_index, std::span<float> out) const noexcept {
        std::copy_n(popular_.scores().begin(), out.size(), out.begin());
    }

    /// The most popular items that `filter` admits for `user`, who may be unknown.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }
    /// The most popular items for nobody in particular.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(std::size_t n, const Filter& filter = {}) const {
        return recommend(user_index{}, n, filter);
    }
    /// As `recommend`, into the caller's memory; returns how many items there are.
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const noexcept {
        return popular_.recommend_into(user, out, filter);
    }

  protected:
    popularity_model() = default;
    ~popularity_model() = default;
    popularity_model(const popularity_model&) = default;
    popularity_model(popularity_model&&) noexcept = default;
    popularity_model& operator=(const popularity_model&) = default;
    popularity_model& operator=(popularity_model&&) noexcept = default;

    template <class = on_use>
    void set_totals(std::size_t users, const std::vector<double>& totals) {
        user_count_ = users;
        popular_ = popular_items{{totals.begin(), totals.end()}};
    }
    void save_scores(archive_writer auto& archive) const {
        save_count(archive, "users", user_count_);
        archive.write_tensor("scores", popular_.scores(), {popular_.size(), 1});
    }
    void load_scores(archive_reader auto& archive) {
        user_count_ = load_count(archive, "users");
        popular_ = popular_items{std::move(detail::load_scores(archive, "scores").values)};
    }
    [[nodiscard]] bool same_scores(const popularity_model& other) const {
        return user_count_ == other.user_count_ && popular_ == other.popular_;
    }

  private:
    std::size_t user_count_ = 0;
    popular_items popular_;
};

} // namespace hybrec::detail
