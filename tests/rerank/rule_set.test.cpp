// SPDX-License-Identifier: MIT
#include <hybrec/rerank/rule_set.hpp>

#include "lists.hpp"
#include <hybrec/rerank/at_most.hpp>
#include <hybrec/rerank/blocklist.hpp>
#include <hybrec/rerank/in_stock.hpp>
#include <hybrec/rerank/promotion.hpp>
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <string>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

static_assert(reranker<rule_set<>> && reranker<rule_set<blocklist, pin>>);
static_assert(reranker<rule_set<std::reference_wrapper<const blocklist>>>);
static_assert(!reranker<rule_set<blocklist, int>>);

const std::vector<int> category{0, 0, 0, 1, 1, 2};
const std::vector<item_index> last{item_index{5}};

/// The slate and the report of rules for items 0 to 5 with the scores 6 to 1.
template <class... Rules>
std::pair<std::vector<int>, rule_report> slate_of(std::size_t count, const Rules&... rules) {
    const auto all = enforce(rules...);
    typename std::remove_const_t<decltype(all)>::workspace workspace;
    auto list = ranked({6, 5, 4, 3, 2, 1});
    list.resize(all.rerank(somebody, list, count, workspace));
    CHECK(all.is_allowed(somebody, list));
    return {items(list), workspace.report()};
}

} // namespace

TEST_CASE("rules act in their order, whatever order they are written in") {
    const in_stock stock{std::vector<bool>{false, true, true, true, true, true}};
    const promotion lift{last, 4.5};
    const auto cap = at_most{1}.per(category);
    const pin third{item_index{4}, 2};
    // Without 0: 1 (5), 5 (4.5), 2 (4), 3 (3), 4 (2). 4 is pinned, so 3 may not come; nor may 2.
    const std::vector expected{1, 5, 4};
    CHECK(slate_of(3, stock, lift, cap, third).first == expected);
    CHECK(slate_of(3, third, cap, lift, stock).first == expected);
    CHECK(slate_of(3, cap, std::cref(stock), third, lift).second.empty());
}

TEST_CASE("the phases can be called one by one") {
    const auto rules =
        enforce(pin{item_index{2}, 0}, promotion{last, 10}, blocklist{item_index{0}});
    decltype(rules)::workspace workspace;
    auto list = ranked({6, 5, 4, 3, 2, 1});
    REQUIRE(rules.filter(somebody, list, workspace) == 5);
    CHECK(items(list) == std::vector{1, 2, 3, 4, 5, 0}); // admitted ones first
    const std::span admitted = std::span{list}.first(5);
    rules.boost(somebody, admitted);
    CHECK(items(list) == std::vector{5, 1, 2, 3, 4, 0});
    std::swap(list[0], list[4]); // whatever a reranker does
    CHECK(rules.arrange(somebody, admitted, 2, workspace) == 2);
    CHECK(items(list) == std::vector{2, 4, 1, 3, 5, 0}); // others follow in their order
    CHECK_FALSE(rules.is_allowed(somebody, list));
}

TEST_CASE("without boosts the order of the candidates stays") {
    ranking<item_index> list{{item_index{1}, 1.0F}, {item_index{0}, 3.0F}, {item_index{2}, 2.0F}};
    CHECK(reranked(enforce(blocklist{item_index{7}}), somebody, list, 3) == list);
    CHECK(reranked(enforce(), somebody, list, 3) == list);
}

TEST_CASE("boosts keep the order that they should") {
    CHECK(boosted(4, 1.5) == 6);
    CHECK(boosted(-3, 1.5) == -2);
    CHECK(boosted(0, 7) == 0);
    CHECK(boosted(-3, 0) == std::numeric_limits<float>::lowest());
    CHECK(boosted(3e38F, 10) == std::numeric_limits<float>::max());
    for (const float score : {-7.0F, -0.5F, 0.0F, 0.5F, 7.0F})
        for (const double factor : {1.0, 1.01, 2.0, 1e300})
            CHECK(boosted(score, factor) >= score);
}

TEST_CASE("filters of recommendations are rules") {
    const auto train = histories({{1, 0, 1}});
    const auto list = ranked({3, 2, 1});
    const auto rules = enforce(unseen_by_user{train}, excluding{item_index{7}});
    CHECK(items(reranked(rules, somebody, list, 3)) == std::vector{1});
    // Of who is unknown nothing has been seen.
    CHECK(reranked(rules, request{std::span<const weighted_item>{}}, list, 3) == list);
}

TEST_CASE("what cannot be had is reported, and no rule is broken") {
    using enum rule_conflict;
    using report = rule_report;
    const blocklist no_first{item_index{0}};
    const auto one_each = at_most{1}.per(category);
    SUBCASE("a pin of a filtered item") {
        const auto [slate, issues] = slate_of(3, no_first, pin{item_index{0}, 1});
        CHECK(slate == std::vector{1, 2, 3});
        CHECK(issues == report{{not_a_candidate, 1, 1}});
    }
    SUBCASE("two pins in a slot: the first stays, the item of the other is ordinary") {
        const auto [slate, issues] =
            slate_of(3, pin{item_index{5}, 0}, pin{item_index{1}, 0}, pin{item_index{4}, 0});
        CHECK(slate == std::vector{5, 0, 1});
        CHECK(issues == report{{slot_taken, 1, 0}, {slot_taken, 2, 0}});
    }
    SUBCASE("one item in two slots") {
        const auto [slate, issues] = slate_of(3, pin{item_index{5}, 0}, pin{item_index{5}, 1});
        CHECK(slate == std::vector{5, 0, 1});
        CHECK(issues == report{{pinned_twice, 1, 1}});
    }
    SUBCASE("pins against a cap") {
        const auto [slate, issues] =
            slate_of(3, pin{item_index{2}, 1}, one_each, pin{item_index{1}, 0});
        CHECK(slate == std::vector{3, 2, 5});
        CHECK(issues == report{{over_a_cap, 2, 0}});
    }
    SUBCASE("a slot that the slate does not have") {
        const auto [slate, issues] = slate_of(2, pin{item_index{5}, 2});
        CHECK(slate == std::vector{0, 1});
        CHECK(issues == report{{no_such_slot, 0, 2}});
    }
    SUBCASE("a slot that is not reached: the item may come where its score puts it") {
        // Three categories: without pins three items. 2 would have slot 4, 5 the last but one.
        const auto [slate, issues] =
            slate_of(6, one_each, pin{item_index{2}, 4}, pin{item_index{5}, 5});
        CHECK(slate == std::vector{0, 3, 5});
        CHECK(issues == report{{slot_not_reached, 1, 4},
                               {slot_not_reached, 2, 5},
                               {slate_too_short, rule_issue::no_rule, 3}});
        // A pin that is reached stays.
        const auto [other, other_issues] =
            slate_of(4, one_each, pin{item_index{2}, 2}, pin{item_index{5}, 3});
        CHECK(other == std::vector{3, 5, 2});
        CHECK(other_issues ==
              report{{slot_not_reached, 2, 3}, {slate_too_short, rule_issue::no_rule, 3}});
    }
    SUBCASE("fewer admissible items than asked for") {
        const auto [slate, issues] = slate_of(5, one_each);
        CHECK(slate == std::vector{0, 3, 5});
        CHECK(issues == report{{slate_too_short, rule_issue::no_rule, 3}});
        CHECK(slate_of(9).first.size() == 6);
    }
    SUBCASE("the report is that of the last slate") {
        const auto rules = enforce(no_first, pin{item_index{0}, 0});
        decltype(rules)::workspace workspace;
        auto list = ranked({6, 5});
        rules.rerank(somebody, list, 2, workspace);
        CHECK(workspace.report().size() == 2);
        rules.rerank(somebody, std::span{list}.first(0), 0, workspace);
        CHECK(workspace.report().size() == 1); // the pin has no slot in a slate of none
    }
    SUBCASE("nothing asked for, nothing there") {
        CHECK(slate_of(0, one_each, no_first).first.empty());
        CHECK(slate_of(0, one_each, no_first).second.empty());
        CHECK(reranked(enforce(one_each), somebody, {}, 3).empty());
        CHECK(slate_of(3, in_stock{std::vector<int>{}}).first.empty());
    }
}

TEST_CASE("whatever the rules, slates satisfy them") {
    for (std::uint64_t seed = 0; seed < 40; ++seed) {
        const auto some = [&](std::uint64_t at, float below) {
            return static_cast<std::size_t>(uniform(seed, at) * below);
        };
        const auto list = ranked(random_scores(20, seed));
        std::vector<int> stock, group;
        for (std::uint64_t item = 0; item < 20; ++item) {
            stock.push_back(static_cast<int>(some(item, 5)));
            group.push_back(static_cast<int>(some(100 + item, 6)));
        }
        const pin first{item_index(some(200, 20)), some(201, 8)};
        const pin second{item_index(some(202, 20)), some(203, 8)};
        const auto rules =
            enforce(in_stock{stock}, at_most{1 + some(204, 3)}.per(group), first, second);
        decltype(rules)::workspace workspace;
        auto slate = list;
        slate.resize(rules.rerank(somebody, slate, 8, workspace));
        CHECK(rules.is_allowed(somebody, slate));
        // A pin is in its slot, or in the report.
        for (const auto& [where, place] : {std::pair{first, 2}, std::pair{second, 3}}) {
            const bool is_there =
                where.slot < slate.size() && slate[where.slot].index == where.item;
            bool is_reported = false;
            for (const rule_issue& issue : workspace.report())
                is_reported |= issue.rule == static_cast<std::size_t>(place);
            CHECK((is_there || is_reported));
        }
        // And no admissible item is missing from a slate that ends early.
        if (slate.size() < 8)
            for (const scored_item& candidate : list) {
                auto longer = slate;
                bool shown = false;
                for (const scored_item& item : slate)
                    shown |= item.index == candidate.index;
                longer.push_back(candidate);
                CHECK((shown || !rules.is_allowed(somebody, longer)));
            }
    }
}
