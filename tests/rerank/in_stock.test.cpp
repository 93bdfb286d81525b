// SPDX-License-Identifier: MIT
#include <hybrec/rerank/in_stock.hpp>

#include "lists.hpp"
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(hard_filter<in_stock<std::vector<int>>>);

namespace {

struct shop {
    int branch = 0;
};
const auto in_branch = [](item_index item, const shop& where) {
    return static_cast<int>(item.value()) % 2 == where.branch;
};

static_assert(hard_filter<in_stock<std::vector<bool>>>);
static_assert(hard_filter<in_stock<decltype(in_branch)>, request<shop>>);
static_assert(!hard_filter<in_stock<decltype(in_branch)>>, "the request has no branch");
static_assert(!hard_filter<in_stock<int>> && !hard_filter<in_stock<std::vector<std::string>>>);

} // namespace

TEST_CASE("what is out of stock is not shown") {
    const auto list = ranked({5, 4, 3, 2});
    SUBCASE("a list, which may be shared and change; beyond its end there is nothing") {
        std::vector<int> stock{0, 7, 1};
        const auto rules = enforce(in_stock{std::ref(stock)});
        CHECK(items(reranked(rules, somebody, list, 4)) == std::vector{1, 2});
        stock = {1, 0, 0, 1};
        CHECK(items(reranked(rules, somebody, list, 4)) == std::vector{0, 3});
    }
    SUBCASE("flags, by value") {
        const auto rules = enforce(in_stock{std::vector<bool>{true, false, true}});
        CHECK(items(reranked(rules, somebody, list, 4)) == std::vector{0, 2});
    }
    SUBCASE("a function of the item, or of the item and the context") {
        const auto rules = enforce(in_stock{[](item_index item) { return item.value() > 1; }});
        CHECK(items(reranked(rules, somebody, list, 4)) == std::vector{2, 3});
        const request who{user_index{0}, shop{1}};
        CHECK(items(reranked(enforce(in_stock{in_branch}), who, list, 4)) == std::vector{1, 3});
    }
}
