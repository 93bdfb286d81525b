// SPDX-License-Identifier: MIT
#include <hybrec/serving/stage_latencies.hpp>

#include <doctest/doctest.h>

#include <type_traits>

using namespace hybrec;
using namespace std::chrono_literals;

static_assert(std::is_empty_v<stage_latencies<false, 5>>);
static_assert(timed<>::measures && !untimed<>::measures);

TEST_CASE("every stage has its histogram") {
    stage_latencies<true, 2> latencies;
    latencies.record(0, 10ns);
    latencies.record(1, 20ns);
    latencies.record(1, 30ns);
    latencies.record(latencies.fallback_stage, 40ns);
    latencies.record_total(50ns);
    CHECK(latencies.stage(0).count() == 1);
    CHECK(latencies.stage(0).max() == 10ns);
    CHECK(latencies.stage(1).count() == 2);
    CHECK(latencies.stage(1).max() == 30ns);
    CHECK(latencies.fallback().max() == 40ns);
    CHECK(latencies.total().max() == 50ns);
    CHECK(latencies.total().count() == 1);
}
