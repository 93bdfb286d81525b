// SPDX-License-Identifier: MIT
/// @file
/// Recommends what most users chose; the baseline of every evaluation and the last fallback.
#pragma once

#include <hybrec/baseline/detail/popular_items.hpp>
#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

struct popularity_options {
    bool weighted = false; ///< sum the weights of an item's entries instead of counting its users
};

/// Scores an item by the number of users that have an entry for it (or by the sum of their
/// weights). Items without entries score 0 and are never recommended. Const calls are thread-safe.
class popularity {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;
    static constexpr bool zero_is_no_score = true;

    explicit popularity(popularity_options options = {}) : options_{options} {}

    /// Counts. Complexity: O(entries + items · log(items)).
    void fit(const user_item_matrix auto& interactions) {
        std::vector<double> totals(interactions.column_count());
        for (std::size_t user = 0; user < interactions.row_count(); ++user)
            for (const auto [item, weight] : interactions.row(user_index(user)))
                totals[item.value()] += options_.weighted ? static_cast<double>(weight) : 1.0;
        user_count_ = interactions.row_count();
        popular_ = detail::popular_items{{totals.begin(), totals.end()}};
    }

    [[nodiscard]] const popularity_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t user_count() const noexcept { return user_count_; }
    [[nodiscard]] std::size_t item_count() const noexcept { return popular_.size(); }

    /// Every user is served, known or not.
    [[nodiscard]] bool knows(user_index) const noexcept { return !popular_.empty(); }

    /// @pre every item is below `item_count()`; `items.size() == out.size()`.
    void score(user_index, std::span<const item_index> items, std::span<float> out) const noexcept {
        popular_.score(items, out);
    }
    /// See `catalogue_scorer`.
    void score_all(user_index, std::span<float> out) const noexcept {
        std::copy_n(popular_.scores().begin(), out.size(), out.begin());
    }

    /// The most popular items that `filter` admits for `user`, who may be unknown.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, result, filter));
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

    [[nodiscard]] static std::string type_name() { return "popularity"; }

    void save(archive_writer auto& archive) const {
        archive.write_integer("weighted", options_.weighted);
        archive.write_integer("users", static_cast<std::int64_t>(user_count_));
        archive.write_tensor("scores", popular_.scores(), {popular_.size(), 1});
    }

    [[nodiscard]] static popularity load(archive_reader auto& archive) {
        popularity model{{.weighted = archive.read_integer("weighted") != 0}};
        model.user_count_ = detail::load_count(archive, "users");
        model.popular_ =
            detail::popular_items{std::move(detail::load_scores(archive, "scores").values)};
        return model;
    }

    friend bool operator==(const popularity& left, const popularity& right) {
        return left.user_count_ == right.user_count_ && left.popular_ == right.popular_;
    }

  private:
    popularity_options options_;
    std::size_t user_count_ = 0;
    detail::popular_items popular_;
};

static_assert(scorer<popularity> && recommender<popularity> && knows_users<popularity>);
static_assert(archivable<popularity>);

} // namespace hybrec
