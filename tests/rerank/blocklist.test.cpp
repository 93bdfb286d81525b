// SPDX-License-Identifier: MIT
#include <hybrec/rerank/blocklist.hpp>

#include "lists.hpp"
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(hard_filter<blocklist>);
static_assert(!score_boost<blocklist>);
static_assert(!std::constructible_from<blocklist, std::vector<user_index>>);

TEST_CASE("blocked items are not shown to anybody") {
    const std::vector<item_index> banned{item_index{2}, item_index{0}, item_index{9}};
    for (const blocklist& rule : {blocklist{banned}, blocklist{item_index{0}, item_index{2}}})
        CHECK(items(reranked(enforce(rule), somebody, ranked({4, 3, 2, 1}), 4)) ==
              std::vector{1, 3});
    CHECK(reranked(enforce(blocklist{std::vector<item_index>{}}), somebody, ranked({4, 3}), 4) ==
          ranked({4, 3}));
}
