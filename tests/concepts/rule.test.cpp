// SPDX-License-Identifier: MIT
#include <hybrec/concepts/rule.hpp>

#include <hybrec/rerank/pin.hpp>
#include <hybrec/rerank/rule_set.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <doctest/doctest.h>

#include <optional>
#include <vector>

using namespace hybrec;

namespace {

struct shop_visitor {
    bool adult = false;
};

/// Filters and boosts, by the context.
struct for_adults {
    bool admits(const request<shop_visitor>& who, item_index item) const noexcept {
        return who.context.adult || item.value() < 10;
    }
    double factor(const request<shop_visitor>& who, item_index) const noexcept {
        return who.context.adult ? 2 : 1;
    }
};
struct throwing {
    bool admits(const request<>&, item_index) const { return true; }
};
/// Pins the user's last item.
struct last_first {
    template <class Context>
    std::optional<pin> pinned(const request<Context>& who) const noexcept {
        if (who.history.empty())
            return std::nullopt;
        return pin{who.history.back().index, 0};
    }
};

static_assert(hard_filter<for_adults, request<shop_visitor>> &&
              score_boost<for_adults, request<shop_visitor>>);
static_assert(!hard_filter<for_adults> && !business_rule<for_adults>, "needs the context");
static_assert(!slate_rule<for_adults, request<shop_visitor>> &&
              !slot_rule<for_adults, request<shop_visitor>>);
static_assert(hard_filter<excluding<>> && hard_filter<unseen_by_user<float>>);
static_assert(!business_rule<throwing> && !business_rule<int>);
static_assert(slot_rule<last_first> && !hard_filter<last_first>);
static_assert(!reranker<rule_set<int>> && reranker<rule_set<for_adults>, request<shop_visitor>>);

} // namespace

TEST_CASE("a rule acts in every phase that it has something to say in") {
    const auto rules = enforce(for_adults{}, last_first{});
    std::vector<scored_item> list{{item_index{3}, 2.0F}, {item_index{12}, 1.0F}};
    decltype(rules)::workspace workspace;
    const request child{user_index{0}, shop_visitor{}};
    CHECK(rules.rerank(child, list, 2, workspace) == 1);
    CHECK(list.front() == scored_item{item_index{3}, 2.0F});
    const std::vector<weighted_item> history{{item_index{12}, 1.0F}};
    const request<shop_visitor> adult{std::span<const weighted_item>{history}, shop_visitor{true}};
    CHECK(rules.rerank(adult, list, 2, workspace) == 2);
    CHECK(list.front() == scored_item{item_index{12}, 2.0F});
}
