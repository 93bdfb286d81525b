// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/source_boost.hpp>

#include "tables.hpp"

#include <hybrec/hybrid/weighted_sum.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace hybrec;
using tables::nothing;

static_assert(combiner<source_boost<weighted_sum<as_is>>>);
static_assert(archivable<source_boost<weighted_sum<>>>);
static_assert(makes_own_kind<source_boost<weighted_sum<as_is>>>);

TEST_CASE("source_boost adds for each component that proposed an item") {
    const source_boost boosted{weighted_sum<as_is>{{1, 1}}, 0.25F};
    CHECK(boosted.component_count() == 2);
    CHECK(tables::combined(boosted,
                           tables::table({{1, nothing, 2, nothing}, {3, 1, nothing, nothing}})) ==
          std::vector<float>{2.5F, 0.75F, 1.25F, 0});
    CHECK(source_boost{weighted_sum<as_is>{std::vector<float>{1}}}.boost() == 0.1F);
    CHECK(tables::round_trip(boosted) == boosted);
    CHECK_THROWS_AS((void)(source_boost{weighted_sum<as_is>{std::vector<float>{1}},
                                        std::numeric_limits<float>::infinity()}),
                    option_error);
}
