// SPDX-License-Identifier: MIT
#include <hybrec/weighting/time_decay.hpp>

#include <doctest/doctest.h>

#include <hybrec/concepts/weighting.hpp>

#include "support.hpp"

#include <chrono>
#include <limits>

namespace hr = hybrec;
using namespace weighting_tests;
using namespace std::chrono_literals;

static_assert(hr::event_weighting_of<hr::time_decay, hr::interaction>);
static_assert(hr::bindable_weighting_of<hr::time_decay, hr::interaction_log, hr::interaction>);
static_assert(!hr::matrix_weighting_of<hr::time_decay, hr::user_items>);

TEST_CASE("time_decay") {
    const auto at = [](hr::unix_seconds time, float weight = 1) {
        return hr::interaction{.weight = weight, .time = time};
    };
    SUBCASE("by hand") {
        const hr::time_decay decay{.half_life = 100, .now = 1000};
        CHECK(decay.weigh(at(1000, 3)) == 3);
        CHECK(decay.weigh(at(900, 3)) == 1.5F);
        CHECK(decay.weigh(at(800, -4)) == -1);
        CHECK(decay.weigh(at(950)) == doctest::Approx(0.70710678));
        CHECK(decay.weigh(at(5000, 3)) == 3); // the future has no age
        CHECK(decay.weigh(at(std::numeric_limits<hr::unix_seconds>::min())) == 0);
    }
    SUBCASE("durations and numbers") {
        CHECK(hr::time_decay{.half_life = 2h, .now = 7200}.weigh(at(0)) == 0.5F);
        CHECK(hr::time_decay{.half_life = 500ms, .now = 1}.weigh(at(0)) == 0.25F);
        CHECK(hr::time_decay{.half_life = 0.5, .now = 1}.weigh(at(0)) == 0.25F);
    }
    SUBCASE("on a log") {
        const auto matrix = hr::time_decay{.half_life = 100, .now = 1000}(small_log());
        CHECK(matrix == dense<hr::user_items>({{2.25, 0.5}, {0, 4}}));
        CHECK(same_bits_for_any_threads(hr::time_decay{.half_life = 77, .now = 1000}, small_log()));
    }
    SUBCASE("errors") {
        CHECK(mentions(message_of<hr::option_error>(
                           [&] { return hr::time_decay{.half_life = 0, .now = 1}.weigh(at(1)); }),
                       "half_life is 0"));
        CHECK(mentions(message_of<hr::option_error>(
                           [&] { return hr::time_decay{.half_life = 1}(small_log()); }),
                       "now is not given"));
        auto log = small_log();
        log.has_times = false;
        CHECK(mentions(message_of<hr::data_error>(
                           [&] { return hr::time_decay{.half_life = 1, .now = 1}(log); }),
                       "no times"));
    }
}
