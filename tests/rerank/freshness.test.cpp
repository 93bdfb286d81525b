// SPDX-License-Identifier: MIT
#include <hybrec/rerank/freshness.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>
#include <hybrec/rerank/rule_set.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(score_boost<freshness<std::vector<unix_seconds>, unix_seconds>>);

namespace {

using times = std::vector<unix_seconds>;

static_assert(score_boost<freshness<times, unix_seconds>> &&
              !hard_filter<freshness<times, unix_seconds>>);
static_assert(!score_boost<freshness<times, int*>>, "no clock");

} // namespace

TEST_CASE("scores halve with every half-life") {
    const times published{1000, 900, 700, 2000};
    const auto list = ranked({8, 8, 8, 8, 8}); // 3 is from the future, 4 beyond the list
    const freshness fresh{published, unix_seconds{1000}, {.half_life = 100}};
    const auto scores = reranked(enforce(fresh), somebody, list, 5);
    CHECK(scores == ranking<item_index>{{item_index{0}, 8.0F},
                                        {item_index{3}, 8.0F},
                                        {item_index{4}, 8.0F},
                                        {item_index{1}, 4.0F},
                                        {item_index{2}, 1.0F}});
    // Below 0 an old score falls as well.
    const auto below = reranked(enforce(fresh), somebody, ranked({-8, -8, -8}), 3);
    CHECK(below == ranking<item_index>{
                       {item_index{0}, -8.0F}, {item_index{1}, -16.0F}, {item_index{2}, -64.0F}});
    // Ages that leave nothing of a score leave it finite.
    const freshness ancient{times{std::numeric_limits<unix_seconds>::min()},
                            std::numeric_limits<unix_seconds>::max(),
                            {.half_life = 1}};
    CHECK(reranked(enforce(ancient), somebody, ranked({1}), 1).front().score == 0);
    CHECK(reranked(enforce(ancient), somebody, ranked({-1}), 1).front().score ==
          std::numeric_limits<float>::lowest());
    CHECK_THROWS_WITH_AS((freshness{published, unix_seconds{0}, {.half_life = 0}}),
                         "freshness: half_life is 0; expected a number of seconds above 0",
                         option_error);
}
