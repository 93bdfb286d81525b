// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/grid_search.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>

namespace hr = hybrec;

namespace {

struct settings {
    int depth = 0;
    double rate = 0;
    int kept = 4;
};

} // namespace

TEST_CASE("grid_search tries every combination, the first axis slowest") {
    const auto value = [](const settings& one) {
        CHECK(one.kept == 7);
        return -std::abs(one.depth - 4) - std::abs(one.rate - 0.4);
    };
    const auto found =
        hr::grid_search(settings{.kept = 7}, value, hr::choices{&settings::depth, {3, 5, 9}},
                        hr::choices{&settings::rate, {0.1, 0.5}});
    REQUIRE(found.trials.size() == 6);
    CHECK(found.trials[1].options.depth == 3);
    CHECK(found.trials[1].options.rate == 0.5);
    CHECK(found.trials[2].options.depth == 5);
    CHECK(found.best == 1); // ties with depth 5: the first of equals
    CHECK(found.value() == doctest::Approx(-1.1));
    CHECK_THROWS_AS((void)hr::grid_search(
                        settings{},
                        [](const settings&) { return std::numeric_limits<double>::quiet_NaN(); },
                        hr::choices{&settings::depth, {1}}),
                    hr::numeric_error);
}
