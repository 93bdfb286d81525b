// SPDX-License-Identifier: MIT
#include <hybrec/rerank/pin.hpp>

#include "lists.hpp"
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(slot_rule<pin>);
static_assert(!slate_rule<pin> && !hard_filter<pin>);

TEST_CASE("a pinned item is where it should be") {
    const auto list = ranked({5, 4, 3, 2, 1});
    const auto pinned_at = [&](int item, std::size_t slot) {
        return items(reranked(enforce(pin{item_index(item), slot}), somebody, list, 4));
    };
    CHECK(pinned_at(4, 0) == std::vector{4, 0, 1, 2});
    CHECK(pinned_at(0, 2) == std::vector{1, 2, 0, 3});
    CHECK(pinned_at(1, 1) == std::vector{0, 1, 2, 3});
    CHECK(pinned_at(4, 3) == std::vector{0, 1, 2, 4});
    const auto two = enforce(pin{item_index{3}, 2}, pin{item_index{0}, 1});
    CHECK(items(reranked(two, somebody, list, 4)) == std::vector{1, 0, 3, 2});
}
