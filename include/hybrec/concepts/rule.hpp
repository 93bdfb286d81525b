// SPDX-License-Identifier: MIT
/// @file
/// Concepts of business rules. What a rule offers decides in which phase it acts; see `rule_set`.
#pragma once

#include <hybrec/concepts/filter.hpp>
#include <hybrec/concepts/reranker.hpp>
#include <hybrec/core/index.hpp>
#include <hybrec/core/request.hpp>
#include <hybrec/core/scored.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <span>

namespace hybrec {

/// Places an item: as a rule of its own, or as what a `slot_rule` answers.
struct pin;

/// Says whether an item may be shown for a request at all. May read the request's context. Filters of
/// recommendations (`excluding`, `unseen_by_user`, ...) are hard filters as well.
/// Models: `in_stock`, `blocklist`, `allowed_regions`, `embargo`.
template <class Rule, class Request = request<>>
concept hard_filter = known_user_filter<Rule> ||
    requires(const Rule& rule, const Request& who, item_index item) {
    { rule.admits(who, item) }
    noexcept->std::same_as<bool>;
};

/// Multiplies scores: `factor(request, item)` is at least 0, and 1 leaves an item alone.
/// Models: `freshness`, `promotion`.
template <class Rule, class Request = request<>>
concept score_boost = requires(const Rule& rule, const Request& who, item_index item) {
    { rule.factor(who, item) }
    noexcept->std::convertible_to<double>;
};

/// Says whether an item may join others on a slate. The order of the slate does not matter, and what
/// may not join some items may not join more of them either: then filling a slate one item after the
/// other never has to go back. Model: `at_most{2}.per(category)`.
template <class Rule, class Request = request<>>
concept slate_rule = requires(const Rule& rule, const Request& who,
                              std::span<const scored_item> slate, item_index item) {
    { rule.allows(who, slate, item) }
    noexcept->std::same_as<bool>;
};

/// Wants an item at a place of the slate, or nothing for this request. Model: `pin`.
template <class Rule, class Request = request<>>
concept slot_rule = requires(const Rule& rule, const Request& who) {
    { rule.pinned(who) }
    noexcept->std::same_as<std::optional<pin>>;
};

/// Any of them; a rule may act in several phases.
template <class Rule, class Request = request<>>
concept business_rule = hard_filter<Rule, Request> || score_boost<Rule, Request> ||
    slate_rule<Rule, Request> || slot_rule<Rule, Request>;

/// Business rules together, whatever they ask of a request: their workspace reports what could not be
/// had. Model: `rule_set`.
template <class Rules>
concept rule_collection = has_workspace<Rules> &&
    requires(const typename Rules::workspace& memory) {
    memory.report();
};

/// Business rules together, with their phases as separate calls, so that a pipeline can act between
/// them: `admits(request, item)` while candidates are generated, `boost` before diversification,
/// `arrange` after it. Model: `rule_set`.
template <class Rules, class Request = request<>>
concept rules_in_phases = rule_collection<Rules> && reranker<Rules, Request> &&
    requires(const Rules& rules, const Request& who, item_index item,
             std::span<scored_item> candidates, std::size_t count,
             typename Rules::workspace& workspace) {
    { rules.admits(who, item) }
    noexcept->std::same_as<bool>;
    rules.boost(who, candidates);
    { rules.arrange(who, candidates, count, workspace) } -> std::same_as<std::size_t>;
};

} // namespace hybrec
