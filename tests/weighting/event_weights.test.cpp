// SPDX-License-Identifier: MIT
#include <hybrec/weighting/event_weights.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/weighting.hpp>

#include "support.hpp"

#include <limits>
#include <utility>
#include <vector>

namespace hr = hybrec;
using namespace weighting_tests;

// Names of kinds mean nothing before the log is seen.
static_assert(!hr::event_weighting_of<hr::event_weights, hr::interaction>);
static_assert(hr::bindable_weighting_of<hr::event_weights, hr::interaction_log, hr::interaction>);
static_assert(hr::event_weighting_of<hr::bound_event_weights, hr::interaction>);
static_assert(!hr::matrix_weighting_of<hr::event_weights, hr::user_items>);

TEST_CASE("event_weights") {
    const auto log = small_log();
    SUBCASE("by hand") {
        const auto matrix = hr::event_weights{{"cart", 3}, {"view", 0.5}, {"unused", 9}}(log);
        CHECK(matrix == dense<hr::user_items>({{2 * 0.5 + 1 * 3, 3}, {0, 2}}));
    }
    SUBCASE("a factor of zero drops, a negative one dislikes") {
        const auto matrix = hr::event_weights{{"cart", -1}, {"view", 0}}(log);
        CHECK(matrix == dense<hr::user_items>({{-1, -1}, {0, 0}}));
        CHECK(matrix.entry_count() == 2);
    }
    SUBCASE("otherwise") {
        const auto scheme = hr::event_weights{{"cart", 3}}.otherwise(0.25);
        CHECK(scheme(log) == dense<hr::user_items>({{3.5, 3}, {0, 1}}));
        auto plain = log;
        plain.kinds.clear();
        for (auto& event : plain.events)
            event.kind = 0;
        CHECK(scheme(plain) == dense<hr::user_items>({{0.75, 0.25}, {0, 1}}));
    }
    SUBCASE("from a list made at run time") {
        const std::vector<std::pair<std::string, double>> list = {{"view", 1}, {"cart", 1}};
        CHECK(hr::event_weights(list)(log) == log.matrix);
        CHECK(same_bits_for_any_threads(hr::event_weights(list), log));
    }
    SUBCASE("errors") {
        const std::string text = message_of<hr::data_error>([&] {
            return hr::event_weights{{"view", 1}}(log);
        });
        CHECK(mentions(text, "\"cart\""));
        CHECK(mentions(text, "\"view\""));
        auto plain = log;
        plain.kinds.clear();
        CHECK(mentions(message_of<hr::data_error>([&] {
                           return hr::event_weights{{"view", 1}}(plain);
                       }),
                       "no event kinds"));
        auto broken = log;
        broken.events[1].kind = 7;
        CHECK(mentions(message_of<hr::data_error>([&] {
                           return hr::event_weights{{"view", 1}, {"cart", 1}}(broken);
                       }),
                       "kind number 7"));
        CHECK(mentions(message_of<hr::option_error>([&] {
                           return hr::event_weights{{"view", 1}, {"cart", 3}, {"view", 2}};
                       }),
                       "\"view\" is named twice"));
        CHECK_THROWS_AS((hr::event_weights{{"view", std::numeric_limits<double>::infinity()}}),
                        hr::option_error);
    }
}
