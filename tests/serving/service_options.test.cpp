// SPDX-License-Identifier: MIT
#include <hybrec/serving/service_options.hpp>

#include <doctest/doctest.h>

using namespace hybrec;
using namespace std::chrono_literals;

TEST_CASE("options of a service are checked, and the defaults are those promised") {
    const service_options<> defaults;
    CHECK_NOTHROW(defaults.validate());
    CHECK(defaults.cache_size == 10'000);
    CHECK(defaults.time_to_live == 5min);

    CHECK_THROWS_WITH_AS(service_options<>{.time_to_live = 0s}.validate(),
                         "service: time_to_live is 0; expected more than 0 nanoseconds",
                         option_error);
    CHECK_THROWS_WITH_AS(service_options<>{.time_budget = -1ns}.validate(),
                         "service: time_budget is -1; expected at least 0 nanoseconds",
                         option_error);
    CHECK_THROWS_WITH_AS(service_options<>{.cache_size = std::size_t{1} << 32}.validate(),
                         doctest::Contains("service: cache_size is 4294967296"), option_error);
}
