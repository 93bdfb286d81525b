// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/linear_blend.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <limits>
#include <span>
#include <vector>

using namespace hybrec;
using tables::combined;
using tables::nothing;

static_assert(explaining_combiner<linear_blend<>> && archivable<linear_blend<>>);

namespace {

/// The item's number.
struct item_number {
    static std::size_t size() { return 1; }
    template <class Request>
    void operator()(const Request&, item_index item, std::span<float> out) const {
        out[0] = static_cast<float>(item.value());
    }
};

static_assert(explaining_combiner<linear_blend<as_is, item_number>>);
static_assert(!archivable<linear_blend<as_is, item_number>>, "its features cannot be saved");
static_assert(!makes_own_kind<linear_blend<as_is>>);
static_assert(linear_blend<min_max>::kind == score_kind::preference);
static_assert(!blend_features<int>);

} // namespace

TEST_CASE("linear_blend weighs components, with weights of any sign") {
    const linear_blend<as_is> blend{{2, -1}, 0.5F};
    CHECK(combined(blend, tables::table({{1, nothing, 3}, {1, 2, nothing}})) ==
          std::vector<float>{1.5F, -1.5F, 6.5F});
    CHECK(combined(blend, tables::table({{}, {}})).empty());
    CHECK(combined(linear_blend<min_max>{{1, 2}}, tables::table({{5, 9}, {4, 2}})) ==
          std::vector<float>{2, 1});

    SUBCASE("contributions add up, and the intercept besides") {
        tables::check_contributions(linear_blend<z_score>{{2, -1, 0.5F}, 0.5F});
        tables::check_contributions(linear_blend<percentile_rank>{{-2, 1, 3}, -4});
        tables::check_contributions(
            linear_blend<min_max, item_number>{{1, 2, 10, -1, 0, 0.5F}, 100});
        // Of item 3: (1 + 2·3)·(s − 1)/2; 10 − 3 times nothing.
        double besides = 0;
        CHECK(tables::contributions(linear_blend<min_max, item_number>{{1, 2, 10, -1}, 100},
                                    tables::table({{1, 3}, {4, nothing}}, {0, 3}), 1,
                                    &besides) == std::vector<affine_map>{{3.5, -3.5}, {0, 0}});
        CHECK(besides == 100);
    }
    SUBCASE("weights may depend on features") {
        // Component 0: 1 + 2·item; component 1: 10 − item.
        const linear_blend<as_is, item_number> depends{{1, 2, 10, -1}, 100};
        CHECK(depends.component_count() == 2);
        CHECK(combined(depends, tables::table({{1, 1, nothing}, {1, 2, 1}}, {0, 3, 5})) ==
              std::vector<float>{100 + 1 + 10, 100 + 7 + 14, 100 + 5});
    }
    SUBCASE("what cannot be is refused") {
        CHECK_THROWS_AS((void)linear_blend<as_is>{std::vector<float>{}}, option_error);
        CHECK_THROWS_AS((void)linear_blend<as_is>{std::vector<float>(33, 1.0F)}, option_error);
        CHECK_THROWS_AS((void)(linear_blend<as_is>{{1, std::numeric_limits<float>::quiet_NaN()}}),
                        option_error);
        CHECK_THROWS_WITH_AS((void)(linear_blend<as_is, item_number>{{1, 2, 3}}),
                             "linear_blend: weights.size() is 3; expected 2 weights for each of 1 "
                             "to 32 components",
                             option_error);
    }
    SUBCASE("it comes back from an archive") {
        const linear_blend<sigmoid> stored{{0.1F, -0.2F}, 0.3F, sigmoid{{.centre = 1}}};
        CHECK(tables::round_trip(stored) == stored);
        CHECK(stored.type_name() == "linear_blend<sigmoid>");
        tables::memory_archive damaged;
        damaged.write_tensor("weights", std::span<const float>{}, {0, 0});
        damaged.write_real("intercept", 0);
        CHECK_THROWS_WITH((void)linear_blend<>::load(damaged), doctest::Contains("weights.size()"));
    }
}
