// SPDX-License-Identifier: MIT
#include <hybrec/core/clock.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <cstdint>

namespace hr = hybrec;

static_assert(std::same_as<hr::unix_seconds, std::int64_t>);

TEST_CASE("system_now") {
    const hr::unix_seconds now = hr::system_now();
    CHECK(now > 1'600'000'000);     // 2020: seconds since 1970
    CHECK(now < 1'600'000'000'000); // not milliseconds
}

TEST_CASE("stopwatch") {
    const hr::stopwatch watch;
    const double first = watch.seconds();
    const double second = watch.seconds();
    CHECK(first >= 0);
    CHECK(second >= first); // never runs backwards
}
