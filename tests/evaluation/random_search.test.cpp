// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/random_search.hpp>

#include <doctest/doctest.h>

#include <cmath>

namespace hr = hybrec;

namespace {

struct random_settings {
    int depth = 0;
    double rate = 0;
};

} // namespace

TEST_CASE("random_search finds a good setting, the same for the same seed") {
    const auto value = [](const random_settings& one) {
        return -std::abs(std::log10(one.rate) + 2) - (one.depth == 5 ? 0 : 1);
    };
    const auto search = [&](std::size_t trials, std::uint64_t seed) {
        return hr::random_search(random_settings{}, value, {.trials = trials, .seed = seed},
                                 hr::log_uniform{&random_settings::rate, 1e-4, 1.0},
                                 hr::choices{&random_settings::depth, {3, 5, 9}});
    };
    const auto found = search(60, 1);
    CHECK(found.trials.size() == 60);
    CHECK(found.options().depth == 5);
    CHECK(found.value() > -0.3);
    for (const auto& trial : found.trials)
        CHECK(trial.value <= found.value());
    CHECK(search(60, 1).options().rate == found.options().rate);
    CHECK(search(10, 1).trials[9].options.rate == found.trials[9].options.rate);
    CHECK(search(60, 2).options().rate != found.options().rate);
    CHECK_THROWS_AS((void)search(0, 1), hr::option_error);
}
