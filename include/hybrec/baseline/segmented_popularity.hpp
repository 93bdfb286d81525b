// SPDX-License-Identifier: MIT
/// @file
/// Recommends what most users of the user's segment chose.
#pragma once

#include <hybrec/baseline/detail/popular_items.hpp>
#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/as_span.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/fixed_array.hpp>
#include <hybrec/core/on_use.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/sparse/require_trainable.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

struct segmented_popularity_options {
    bool weighted = false; ///< sum the weights of an item's entries instead of counting its users

    friend bool operator==(const segmented_popularity_options&,
                           const segmented_popularity_options&) = default;
};

/// Popularity within segments of users: age groups, countries, devices. Scores an item by the
/// number of users of the segment that have it (or by the sum of their weights). A segment without
/// entries recommends nothing; `fallback` serves it from the popularity of all. Const calls are
/// thread-safe.
class segmented_popularity {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;
    static constexpr bool zero_is_no_score = true;

    explicit segmented_popularity(segmented_popularity_options options = {}) : options_{options} {}

    /// Counts. @param segments the segment of every user, counting from 0
    /// @throws shape_error if there is not one segment per user, data_error for a matrix without
    ///         entries or with values that are not finite.
    /// Complexity: O(entries + segments · items · log(items)), memory segments × items.
    void fit(const user_item_matrix auto& interactions, std::span<const std::uint32_t> segments) {
        require_trainable(interactions, type_name());
        if (segments.size() != interactions.row_count())
            fail<shape_error>({type_name(), ": ", segments.size(), " segments are given for ",
                               interactions.row_count(), " users; expected one for each"});
        const std::size_t count =
            1 + std::size_t{*std::max_element(segments.begin(), segments.end())};
        fixed_array<aligned_vector<double>> totals(count, interactions.column_count());
        for (std::size_t user = 0; user < interactions.row_count(); ++user)
            for (const auto [item, weight] : interactions.row(user_index(user)))
                totals[segments[user]][item.value()] +=
                    options_.weighted ? static_cast<double>(weight) : 1.0;
        std::vector<detail::popular_items> popular;
        for (const aligned_vector<double>& total : totals)
            popular.emplace_back(std::vector<float>{total.begin(), total.end()});
        segments_.assign(segments.begin(), segments.end());
        popular_ = std::move(popular);
    }

    [[nodiscard]] const segmented_popularity_options& options() const noexcept { return options_; }
    [[nodiscard]] std::size_t user_count() const noexcept { return segments_.size(); }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return popular_.empty() ? 0 : popular_.front().size();
    }
    [[nodiscard]] std::size_t segment_count() const noexcept { return popular_.size(); }

    /// Whether the user's segment has entries; false for an index beyond the model's users.
    [[nodiscard]] bool knows(user_index user) const noexcept {
        return user.value() < user_count() && !of(user).empty();
    }

    /// @pre `user` is below `user_count()`, every item below `item_count()`;
    ///      `items.size() == out.size()`.
    template <class = on_use>
    void score(user_index user, std::span<const item_index> items,
               std::span<float> out) const noexcept {
        of(user).score(items, out);
    }
    /// See `catalogue_scorer`.
    template <class = on_use>
    void score_all(user_index user, std::span<float> out) const noexcept {
        std::copy_n(of(user).scores().begin(), out.size(), out.begin());
    }

    /// The items that are most popular in the user's segment and that `filter` admits.
    /// @throws shape_error if `user` is not below `user_count()`.
    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend(user_index user, std::size_t n,
                                                const Filter& filter = {}) const {
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(recommend_into(user, as_writable_span(result), filter));
        return result;
    }
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const {
        require_below(user, user_count(), "user");
        return of(user).recommend_into(user, out, filter);
    }

    /// The same for somebody of a known segment. @throws shape_error for an unknown one.
    template <index_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index> recommend_to_segment(std::uint32_t segment, std::size_t n,
                                                           const Filter& filter = {}) const {
        if (segment >= segment_count())
            fail<shape_error>(
                {"segment ", segment, " is out of range; the model has ", segment_count()});
        ranking<item_index> result(std::min(n, item_count()));
        result.resize(
            popular_[segment].recommend_into(user_index{}, as_writable_span(result), filter));
        return result;
    }

    [[nodiscard]] static std::string type_name() { return "segmented_popularity"; }

    void save(archive_writer auto& archive) const {
        if (popular_.empty())
            throw not_fitted_error{type_name()};
        archive.write_integer("weighted", options_.weighted);
        archive.write_tensor("segments", as_span(segments_), {segments_.size(), 1});
        std::vector<float> scores;
        for (const detail::popular_items& popular : popular_)
            scores.insert(scores.end(), popular.scores().begin(), popular.scores().end());
        archive.write_tensor("scores", as_span(scores), {segment_count(), item_count()});
    }
    [[nodiscard]] static segmented_popularity load(archive_reader auto& archive) {
        segmented_popularity model{{.weighted = archive.read_integer("weighted") != 0}};
        model.segments_ = archive.template read_tensor<std::uint32_t>("segments").values;
        const tensor<float> scores = detail::load_scores(archive, "scores");
        for (const std::uint32_t segment : model.segments_)
            if (segment >= scores.shape.rows)
                archive.refuse("segments", "there is no segment " + std::to_string(segment));
        for (std::size_t segment = 0; segment < scores.shape.rows; ++segment) {
            const auto row = as_span(scores.values)
                                 .subspan(segment * scores.shape.columns, scores.shape.columns);
            model.popular_.emplace_back(std::vector<float>{row.begin(), row.end()});
        }
        return model;
    }

    friend bool operator==(const segmented_popularity&, const segmented_popularity&) = default;

  private:
    [[nodiscard]] const detail::popular_items& of(user_index user) const noexcept {
        return popular_[segments_[user.value()]];
    }

    segmented_popularity_options options_;
    std::vector<std::uint32_t> segments_;        // of the users
    std::vector<detail::popular_items> popular_; // by segment
};

} // namespace hybrec
