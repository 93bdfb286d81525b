// SPDX-License-Identifier: MIT
/// @file
/// Recommends what is popular now: recent events count more than old ones.
#pragma once

#include <hybrec/baseline/detail/popular_items.hpp>
#include <hybrec/concepts/archive.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/data/interaction_log.hpp>
#include <hybrec/retrieval/filters.hpp>
#include <hybrec/weighting/time_decay.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace hybrec {

/// Scores an item by Σ weight · 2^(−age / half_life) over its events: `time_decay`, added up. The
/// instant from which ages count is an option, so that results can be reproduced:
///
///     decayed_popularity model{{.half_life = 7 * 24h, .now = system_now()}};
///
/// Items whose sum is not above 0 are never recommended. Const calls are thread-safe.
class decayed_popularity {
  public:
    using score_type = float;
    static constexpr score_kind kind = score_kind::preference;
    static constexpr bool zero_is_no_score = true;

    explicit decayed_popularity(time_decay decay = {}) : decay_{decay} {}

    /// Adds up the events of a log. Complexity: O(events + items · log(items)).
    /// @throws option_error if half-life or instant are missing or out of range, data_error for a
    ///         log without events or times, or a weight that is not finite.
    void fit(const interaction_log& log) {
        const time_decay bound = decay_.bind(log);
        if (log.events.empty())
            throw data_error{type_name() + ": the log has no events"};
        std::vector<double> totals(log.matrix.column_count());
        for (const interaction& event : log.events) {
            const float weight = bound.weigh(event);
            if (!std::isfinite(weight))
                throw data_error{type_name() + ": an event of item " +
                                 std::to_string(event.item.value()) +
                                 " has a weight that is not finite"};
            totals[event.item.value()] += static_cast<double>(weight);
        }
        user_count_ = log.matrix.row_count();
        popular_ = detail::popular_items{{totals.begin(), totals.end()}};
    }

    [[nodiscard]] const time_decay& decay() const noexcept { return decay_; }
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
    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored_item> out,
                               const Filter& filter = {}) const noexcept {
        return popular_.recommend_into(user, out, filter);
    }

    [[nodiscard]] static std::string type_name() { return "decayed_popularity"; }

    void save(archive_writer auto& archive) const {
        if (popular_.size() == 0)
            throw not_fitted_error{type_name()};
        archive.write_real("half_life", decay_.half_life.seconds());
        archive.write_integer("now", static_cast<std::int64_t>(*decay_.now));
        archive.write_integer("users", static_cast<std::int64_t>(user_count_));
        archive.write_tensor("scores", popular_.scores(), {popular_.size(), 1});
    }
    [[nodiscard]] static decayed_popularity load(archive_reader auto& archive) {
        const double half_life = archive.read_real("half_life");
        if (!std::isfinite(half_life) || half_life <= 0)
            archive.refuse("half_life", "expected a number above 0");
        decayed_popularity model{
            {.half_life = half_life, .now = unix_seconds{archive.read_integer("now")}}};
        model.user_count_ = detail::load_count(archive, "users");
        model.popular_ =
            detail::popular_items{std::move(detail::load_scores(archive, "scores").values)};
        return model;
    }

    friend bool operator==(const decayed_popularity& left, const decayed_popularity& right) {
        return left.decay_.half_life.seconds() == right.decay_.half_life.seconds() &&
               left.decay_.now == right.decay_.now && left.user_count_ == right.user_count_ &&
               left.popular_ == right.popular_;
    }

  private:
    time_decay decay_;
    std::size_t user_count_ = 0;
    detail::popular_items popular_;
};

static_assert(scorer<decayed_popularity> && recommender<decayed_popularity> &&
              knows_users<decayed_popularity> && archivable<decayed_popularity>);

} // namespace hybrec
