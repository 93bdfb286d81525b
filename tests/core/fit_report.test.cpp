// SPDX-License-Identifier: MIT
#include <hybrec/core/fit_report.hpp>

#include <hybrec/concepts/progress.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

static_assert(validator_of<no_validator, int>);

TEST_CASE("a fit_report starts without any iteration") {
    const fit_report report;
    CHECK(report.iterations == 0);
    CHECK(report.losses.empty());
    CHECK(report.reason == stop_reason::iterations);
}
