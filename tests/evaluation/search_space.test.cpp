// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/search_space.hpp>

#include <hybrec/evaluation/grid_search.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>

namespace hr = hybrec;

namespace {

struct space_settings {
    int depth = 0;
    double rate = 0;
    float share = 0;
};

} // namespace

static_assert(hr::finite_axis<hr::choices<space_settings, int>, space_settings>);
static_assert(!hr::finite_axis<hr::uniform<space_settings, double>, space_settings>,
              "no grid of a continuum");
static_assert(hr::search_axis<hr::log_uniform<space_settings, float>, space_settings>);

TEST_CASE("axes set their field to values of their range, as a function of seed and position") {
    const hr::choices depth{&space_settings::depth, {3, 5, 9}};
    const hr::uniform share{&space_settings::share, 0.25, 0.5};
    const hr::log_uniform rate{&space_settings::rate, 1e-4, 1.0};
    space_settings one;
    depth.set(one, 2);
    CHECK(one.depth == 9);
    int counts[10] = {};
    double below = 0;
    for (std::uint64_t at = 0; at < 3000; ++at) {
        const hr::counter_random random{1};
        depth.set_random(one, random, at);
        share.set_random(one, random, at);
        rate.set_random(one, random, at);
        ++counts[one.depth];
        CHECK(one.share >= 0.25F);
        CHECK(one.share <= 0.5F);
        CHECK(one.rate >= 1e-4 * (1 - 1e-12));
        CHECK(one.rate <= 1);
        below += one.rate < 1e-2 ? 1 : 0; // half of the orders of magnitude
        space_settings again;
        rate.set_random(again, random, at);
        CHECK(again.rate == one.rate);
    }
    for (const int value : {3, 5, 9})
        CHECK(counts[value] == doctest::Approx(1000).epsilon(0.1));
    CHECK(below == doctest::Approx(1500).epsilon(0.05));
}

TEST_CASE("axes refuse empty ranges") {
    CHECK_THROWS_AS((hr::choices{&space_settings::depth, {}}), hr::option_error);
    CHECK_THROWS_AS((hr::uniform{&space_settings::rate, 2.0, 2.0}), hr::option_error);
    CHECK_THROWS_AS((hr::log_uniform{&space_settings::rate, 0.0, 2.0}), hr::option_error);
}
