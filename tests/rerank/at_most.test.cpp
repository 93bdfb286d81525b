// SPDX-License-Identifier: MIT
#include <hybrec/rerank/at_most.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(slate_rule<group_cap<std::vector<int>>>);

namespace {

struct no_group {};

static_assert(slate_rule<group_cap<std::vector<std::string>>>);
static_assert(slate_rule<group_cap<std::reference_wrapper<const item_features>>>);
static_assert(!slate_rule<group_cap<int>> && !slate_rule<group_cap<std::vector<no_group>>>);
static_assert(!business_rule<at_most>, "of what?");

} // namespace

TEST_CASE("no group has more than its share, and the next best fill in") {
    const auto list = ranked({9, 8, 7, 6, 5, 4, 3});
    SUBCASE("a group for each item; items without have no limit") {
        const std::vector<std::string> brand{"a", "a", "a", "b", "a"};
        const auto rules = enforce(at_most{2}.per(std::cref(brand)));
        CHECK(items(reranked(rules, somebody, list, 4)) == std::vector{0, 1, 3, 5});
        CHECK(items(reranked(rules, somebody, list, 7)) == std::vector{0, 1, 3, 5, 6});
    }
    SUBCASE("a function") {
        const auto rules =
            enforce(at_most{1}.per([](item_index item) { return item.value() / 2; }));
        CHECK(items(reranked(rules, somebody, list, 7)) == std::vector{0, 2, 4, 6});
    }
    SUBCASE("several groups for each item: each counts") {
        // 0: A; 1: A, B; 2: B; 3: A; 4: B; 5: none; 6 beyond.
        const auto groups = features({{1, 0}, {1, 1}, {0, 1}, {1, 0}, {0, 1}, {0, 0}});
        const auto rules = enforce(at_most{2}.per(groups));
        CHECK(items(reranked(rules, somebody, list, 7)) == std::vector{0, 1, 2, 5, 6});
    }
    SUBCASE("two caps hold together") {
        const auto rules =
            enforce(at_most{1}.per([](item_index item) { return item.value() % 3; }),
                    at_most{1}.per([](item_index item) { return item.value() / 3; }));
        // 0 rules out 3, 6 and 1, 2; 4 rules out 5.
        CHECK(items(reranked(rules, somebody, list, 7)) == std::vector{0, 4});
    }
    CHECK_THROWS_WITH_AS(at_most{0}, "at_most: limit is 0; expected at least 1", option_error);
}
