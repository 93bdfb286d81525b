// SPDX-License-Identifier: MIT
#include <hybrec/core/deadline.hpp>

#include <doctest/doctest.h>

#include <chrono>

using namespace hybrec;
using namespace std::chrono_literals;

namespace {

struct still_clock {
    using duration = std::chrono::nanoseconds;
    using rep = duration::rep;
    using period = duration::period;
    using time_point = std::chrono::time_point<still_clock>;
    static inline duration instant{0};
    static inline int asked = 0;
    static time_point now() noexcept {
        ++asked;
        return time_point{instant};
    }
};

} // namespace

TEST_CASE("a deadline passes at its instant") {
    still_clock::instant = 5s;
    const auto due = deadline<still_clock>::in(10ms);
    CHECK(due.exists());
    CHECK(due.at() == still_clock::time_point{5s + 10ms});
    CHECK_FALSE(due.passed());
    CHECK(due.time_left() == 10ms);
    still_clock::instant = 5s + 10ms - 1ns;
    CHECK_FALSE(due.passed());
    CHECK(due.time_left() == 1ns);
    still_clock::instant = 5s + 10ms;
    CHECK(due.passed());
    CHECK(due.time_left() == 0ns);
    still_clock::instant = 6s;
    CHECK(due.passed());
    CHECK(due.time_left() == 0ns);

    CHECK(deadline<still_clock>::in(0ns).passed());
    CHECK(deadline<still_clock>::in(-1s).passed());
}

TEST_CASE("no deadline asks no clock") {
    still_clock::asked = 0;
    const deadline<still_clock> none;
    CHECK_FALSE(none.exists());
    CHECK_FALSE(none.passed());
    CHECK(none.time_left() == std::chrono::nanoseconds::max());
    CHECK(still_clock::asked == 0);
    CHECK_FALSE(no_deadline{}.passed());
    CHECK(no_deadline{}.time_left() == std::chrono::nanoseconds::max());
}

TEST_CASE("a budget that the clock cannot count is no deadline") {
    still_clock::instant = 1s;
    const auto far = deadline<still_clock>::in(std::chrono::nanoseconds::max());
    CHECK_FALSE(far.exists());
    still_clock::instant = 0s;
    CHECK_FALSE(deadline<still_clock>::in(std::chrono::nanoseconds::max()).exists());
}
