// SPDX-License-Identifier: MIT
/// @file
/// Serves from a second model the users that the first one does not know.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/matrix.hpp>
#include <hybrec/concepts/model.hpp>
#include <hybrec/core/error.hpp>
#include <hybrec/core/explanation.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/core/threads.hpp>
#include <hybrec/hybrid/component.hpp>
#include <hybrec/hybrid/detail/fit_parts.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <span>
#include <utility>

namespace hybrec {

/// Whether two models' scores mean the same and have the same type.
template <class Left, class Right>
concept same_score_kind =
    has_score_kind<Left> && has_score_kind<Right> &&
    Left::kind == Right::kind&& std::same_as<typename Left::score_type, typename Right::score_type>;

/// The primary model where it knows the user, the secondary one everywhere else: `popularity` makes
/// a secondary that always answers. Models are held by value, or shared with `std::ref`.
/// Const calls are as thread-safe as those of the parts.
template <class Primary, class Secondary>
requires recommender<held_type<Primary>> && knows_users<held_type<Primary>> &&
    recommender<held_type<Secondary>> && same_score_kind<held_type<Primary>, held_type<Secondary>>
class fallback {
    using primary_model = held_type<Primary>;
    using secondary_model = held_type<Secondary>;

  public:
    using score_type = typename primary_model::score_type;
    static constexpr score_kind kind = primary_model::kind;

    fallback(Primary primary, Secondary secondary)
        : primary_{std::move(primary)}, secondary_{std::move(secondary)} {}

    [[nodiscard]] const primary_model& primary() const noexcept { return primary_; }
    [[nodiscard]] const secondary_model& secondary() const noexcept { return secondary_; }
    [[nodiscard]] std::size_t user_count() const noexcept { return primary().user_count(); }
    [[nodiscard]] std::size_t item_count() const noexcept {
        return std::max(primary().item_count(), secondary().item_count());
    }

    /// Whether the primary model answers for `user`, rather than the secondary one.
    [[nodiscard]] bool served_by_primary(user_index user) const noexcept {
        return primary().knows(user);
    }

    template <known_user_filter Filter = unfiltered>
    [[nodiscard]] ranking<item_index, score_type> recommend(user_index user, std::size_t n,
                                                            const Filter& filter = {}) const {
        return served_by_primary(user) ? primary().recommend(user, n, filter)
                                       : secondary().recommend(user, n, filter);
    }

    template <known_user_filter Filter = unfiltered>
    std::size_t recommend_into(user_index user, std::span<scored<item_index, score_type>> out,
                               const Filter& filter = {}) const {
        return served_by_primary(user) ? primary().recommend_into(user, out, filter)
                                       : secondary().recommend_into(user, out, filter);
    }

    /// What the model scores that answers for `user`.
    /// @pre every item is below that model's `item_count()`; `items.size() == out.size()`.
    void score(user_index user, std::span<const item_index> items, std::span<score_type> out)
        const noexcept requires scorer<primary_model> && scorer<secondary_model> {
        served_by_primary(user) ? primary().score(user, items, out)
                                : secondary().score(user, items, out);
    }

    /// Trains both models; see `request_model::fit`.
    template <user_item_matrix Matrix>
    void fit(const Matrix& interactions, const execution& where = {}) {
        detail::fitting fitting{where};
        fitting.fit(*this, interactions);
    }

    /// Why `item` has its score: what the model says that answers for `user`.
    [[nodiscard]] explanation<score_type> explain(user_index user, item_index item) const requires
        explaining_component<Primary> && explaining_component<Secondary> {
        require_below(item, item_count(), "item");
        const request<> who{user};
        return served_by_primary(user) ? ask_why(primary(), who, item)
                                       : ask_why(secondary(), who, item);
    }

    /// See `made_of_parts`.
    template <class Self, class Visitor>
    static void visit_parts(Self& self, const Visitor& visitor) {
        visitor(model_of(self.primary_));
        visitor(model_of(self.secondary_));
    }

  private:
    Primary primary_;
    Secondary secondary_;
};

template <class Primary, class Secondary>
fallback(Primary, Secondary) -> fallback<Primary, Secondary>;

} // namespace hybrec
