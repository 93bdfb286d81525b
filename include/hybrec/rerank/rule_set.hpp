// SPDX-License-Identifier: MIT
/// @file
/// Business rules together: which phase each acts in, and slates that satisfy all of them.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/concepts/rule.hpp>
#include <hybrec/core/held.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/scored.hpp>
#include <hybrec/rerank/detail/move_to_front.hpp>
#include <hybrec/rerank/pin.hpp>
#include <hybrec/rerank/rule_report.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <tuple>
#include <utility>
#include <vector>

namespace hybrec {

/// What a boost by `factor` makes of a score: positive scores are multiplied, negative ones divided, so
/// that a factor above 1 never ranks an item lower and one below 1 never higher. Stays finite.
[[nodiscard]] inline float boosted(float score, double factor) noexcept {
    constexpr auto limit = static_cast<double>(std::numeric_limits<float>::max());
    const auto value = static_cast<double>(score);
    if (value == 0)
        return score;
    return static_cast<float>(
        std::clamp(value > 0 ? value * factor : value / factor, -limit, limit));
}

/// The rules of a shop, made by `enforce(rules...)`. They act in this order whatever order they are
/// written in:
///
/// 1. `filter`: hard filters take candidates out;
/// 2. `boost`: scores are multiplied and the candidates ordered anew;
///    (here a pipeline diversifies)
/// 3. `arrange`: pins get their slots, the other slots the next candidates that the caps allow beside
///    everything on the slate, pins included, so that the rest fills in for what is left out.
///
/// `rerank` is all three. Where rules cannot all be had, none is broken: a pin is dropped (the one written
/// later where two collide), its item is an ordinary candidate again, or the slate ends early; the
/// workspace's `report` says which and why. Filling goes from the best to the worst and never goes
/// back: with one cap, or groups that do not overlap, no slate could be longer; where an item is in
/// several groups, one could.
///
/// Rules are held by value or shared with `std::ref`. Const calls are thread-safe if those of the rules
/// are.
template <class... Rules>
class rule_set {
  public:
    class workspace {
      public:
        /// What the last slate could not have.
        [[nodiscard]] const rule_report& report() const noexcept { return report_; }

      private:
        friend rule_set;
        struct placed_pin {
            pin where;
            std::size_t rule;
            std::uint32_t position; ///< of the item among the candidates
        };
        rule_report report_;
        std::vector<placed_pin> pins_;
        std::vector<std::uint32_t> chosen_; // positions by slot
        std::vector<scored_item> slate_;    // the same items, pins first
        std::vector<scored_item> rejected_;
        detail::moving_workspace<scored_item> moved_;
    };

    explicit rule_set(Rules... rules) : rules_{std::move(rules)...} {}

    /// Whether all filters admit the item.
    template <class Request>
    requires(business_rule<held_type<Rules>, Request>&&...)
        [[nodiscard]] bool admits(const Request& who, item_index item) const noexcept {
        bool admitted = true;
        visit([&]<class Rule>(const Rule& rule, std::size_t) {
            if (!admitted)
                return;
            if constexpr (requires { rule.admits(who, item); })
                admitted = rule.admits(who, item);
            else if constexpr (index_filter<Rule>)
                admitted = rule.admits(item);
            else if constexpr (user_item_filter<Rule>)
                admitted = !who.user || rule.admits(*who.user, item);
        });
        return admitted;
    }

    /// Moves the candidates that all filters admit to the front, in the order they have, and returns
    /// their number; those behind them must not be shown.
    template <class Request>
    requires(business_rule<held_type<Rules>, Request>&&...) std::size_t
        filter(const Request& who, std::span<scored_item> candidates, workspace& memory)
    const {
        memory.rejected_.clear();
        std::size_t kept = 0;
        for (const scored_item candidate : candidates)
            if (admits(who, candidate.index))
                candidates[kept++] = candidate;
            else
                memory.rejected_.push_back(candidate);
        std::copy(memory.rejected_.begin(), memory.rejected_.end(),
                  candidates.subspan(kept).begin());
        return kept;
    }

    /// Multiplies the scores, see `boosted`, and orders the candidates by them; without rules that
    /// boost, both stay as they are.
    template <class Request>
    requires(business_rule<held_type<Rules>, Request>&&...) void boost(
        const Request& who, std::span<scored_item> candidates) const {
        if constexpr ((score_boost<held_type<Rules>, Request> || ...)) {
            for (scored_item& candidate : candidates)
                visit([&]<class Rule>(const Rule& rule, std::size_t) {
                    if constexpr (score_boost<Rule, Request>)
                        candidate.score =
                            boosted(candidate.score,
                                    static_cast<double>(rule.factor(who, candidate.index)));
                });
            std::sort(candidates.begin(), candidates.end(), ranks_before<item_index, float>);
        }
    }

    /// Makes a slate of at most `count` of the candidates, whose order counts; moves it to the front and
    /// returns its length. Complexity: O(candidates · pins + looked at · cost of the caps); a pin that
    /// is not reached costs another round.
    template <class Request>
    requires(business_rule<held_type<Rules>, Request>&&...) std::size_t
        arrange(const Request& who, std::span<scored_item> candidates, std::size_t count,
                workspace& memory)
    const {
        memory.report_.clear();
        accept_pins(who, candidates, count, memory);
        while (!fill(who, candidates, count, memory))
            drop_last_pin(memory);
        std::sort(
            memory.report_.begin(), memory.report_.end(),
            [](const rule_issue& left, const rule_issue& right) { return left.rule < right.rule; });
        detail::move_to_front(candidates, memory.chosen_, memory.moved_);
        const std::size_t length = memory.chosen_.size();
        if (length < count)
            memory.report_.push_back({rule_conflict::slate_too_short, rule_issue::no_rule, length});
        assert(is_allowed(who, candidates.first(length)));
        return length;
    }

    /// All phases: see `reranker`. What follows the slate may be inadmissible.
    template <class Request>
    requires(business_rule<held_type<Rules>, Request>&&...) std::size_t
        rerank(const Request& who, std::span<scored_item> candidates, std::size_t count,
               workspace& memory)
    const {
        const auto admitted = candidates.first(filter(who, candidates, memory));
        boost(who, admitted);
        return arrange(who, admitted, count, memory);
    }

    /// Whether all filters admit every item of a slate and all caps hold on it.
    template <class Request>
    requires(business_rule<held_type<Rules>, Request>&&...)
        [[nodiscard]] bool is_allowed(const Request& who,
                                      std::span<const scored_item> slate) const noexcept {
        for (std::size_t at = 0; at < slate.size(); ++at)
            if (!admits(who, slate[at].index) || !allows(who, slate.first(at), slate[at].index))
                return false;
        return true;
    }

  private:
    /// Calls `visitor(rule, place)` for every rule.
    template <class Visitor>
    void visit(const Visitor& visitor) const {
        visit(visitor, std::index_sequence_for<Rules...>{});
    }
    template <class Visitor, std::size_t... Place>
    void visit(const Visitor& visitor, std::index_sequence<Place...>) const {
        (visitor(static_cast<const held_type<Rules>&>(std::get<Place>(rules_)), Place), ...);
    }

    template <class Request>
    [[nodiscard]] bool allows(const Request& who, std::span<const scored_item> slate,
                              item_index item) const noexcept {
        bool allowed = true;
        visit([&]<class Rule>(const Rule& rule, std::size_t) {
            if constexpr (slate_rule<Rule, Request>)
                allowed = allowed && rule.allows(who, slate, item);
        });
        return allowed;
    }

    template <class Request>
    void accept_pins(const Request& who, std::span<const scored_item> candidates, std::size_t count,
                     workspace& memory) const {
        auto& pins = memory.pins_;
        pins.clear();
        memory.slate_.clear();
        visit([&]<class Rule>(const Rule& rule, std::size_t place) {
            if constexpr (slot_rule<Rule, Request>) {
                const std::optional<pin> wish = rule.pinned(who);
                if (!wish)
                    return;
                const auto found =
                    std::find_if(candidates.begin(), candidates.end(),
                                 [&](const scored_item& c) { return c.index == wish->item; });
                const auto has_pin = [&](auto same) {
                    return std::any_of(pins.begin(), pins.end(),
                                       [&](const auto& other) { return same(other.where); });
                };
                const auto refuse = [&](rule_conflict why) {
                    memory.report_.push_back({why, place, wish->slot});
                };
                if (wish->slot >= count)
                    return refuse(rule_conflict::no_such_slot);
                if (has_pin([&](const pin& other) { return other.slot == wish->slot; }))
                    return refuse(rule_conflict::slot_taken);
                if (has_pin([&](const pin& other) { return other.item == wish->item; }))
                    return refuse(rule_conflict::pinned_twice);
                if (found == candidates.end())
                    return refuse(rule_conflict::not_a_candidate);
                if (!allows(who, memory.slate_, wish->item))
                    return refuse(rule_conflict::over_a_cap);
                pins.push_back(
                    {*wish, place, static_cast<std::uint32_t>(found - candidates.begin())});
                memory.slate_.push_back(*found);
            }
        });
        std::sort(pins.begin(), pins.end(), [](const auto& left, const auto& right) {
            return left.where.slot < right.where.slot;
        });
    }

    /// Fills the slots; false if the candidates run out before the last pin's slot.
    template <class Request>
    bool fill(const Request& who, std::span<const scored_item> candidates, std::size_t count,
              workspace& memory) const {
        auto& [report, pins, chosen, slate, rejected, moved] = memory;
        chosen.clear();
        slate.clear();
        for (const auto& placed : pins)
            slate.push_back(candidates[placed.position]);
        auto next_pin = pins.begin();
        const auto is_pinned = [&pins = pins](std::size_t position) {
            return std::any_of(pins.begin(), pins.end(),
                               [&](const auto& placed) { return placed.position == position; });
        };
        std::size_t next = 0;
        while (chosen.size() < count) {
            if (next_pin != pins.end() && next_pin->where.slot == chosen.size()) {
                chosen.push_back((next_pin++)->position);
                continue;
            }
            while (next < candidates.size() &&
                   (is_pinned(next) || !allows(who, slate, candidates[next].index)))
                ++next;
            if (next == candidates.size())
                return next_pin == pins.end();
            slate.push_back(candidates[next]);
            chosen.push_back(static_cast<std::uint32_t>(next++));
        }
        return true;
    }

    static void drop_last_pin(workspace& memory) {
        const auto& last = memory.pins_.back();
        memory.report_.push_back({rule_conflict::slot_not_reached, last.rule, last.where.slot});
        memory.pins_.pop_back();
    }

    std::tuple<Rules...> rules_;
};

/// `enforce(in_stock{catalogue}, at_most{2}.per(category), pin{item, 0})`.
template <class... Rules>
[[nodiscard]] rule_set<Rules...> enforce(Rules... rules) {
    return rule_set<Rules...>{std::move(rules)...};
}

} // namespace hybrec
