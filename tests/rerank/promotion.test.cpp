// SPDX-License-Identifier: MIT
#include <hybrec/rerank/promotion.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(score_boost<promotion>);
static_assert(!hard_filter<promotion> && !slate_rule<promotion>);

TEST_CASE("a promotion lifts items and never lowers one") {
    const std::vector<item_index> promoted{item_index{2}, item_index{4}};
    const auto boosted_list =
        reranked(enforce(promotion{promoted, 2}), somebody, ranked({3, 2.5F, 2, -1, -1}), 5);
    CHECK(boosted_list == ranking<item_index>{{item_index{2}, 4.0F},
                                              {item_index{0}, 3.0F},
                                              {item_index{1}, 2.5F},
                                              {item_index{4}, -0.5F},
                                              {item_index{3}, -1.0F}});
    CHECK_THROWS_WITH_AS((promotion{promoted, 0.5}),
                         "promotion: factor is 0.5; expected a finite number, at least 1",
                         option_error);
}
