// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/successive_halving.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <map>

namespace hr = hybrec;

namespace {

struct halving_settings {
    double rate = 0;
};

} // namespace

TEST_CASE("successive_halving spends its larger budgets on the better settings") {
    std::map<std::size_t, std::size_t> runs;
    const auto value = [&](const halving_settings& one, std::size_t budget) {
        ++runs[budget];
        return -std::abs(one.rate - 0.7) - 1.0 / static_cast<double>(budget);
    };
    const auto search = [&](const hr::successive_halving_options& options) {
        return hr::successive_halving(halving_settings{}, value, options,
                                      hr::uniform{&halving_settings::rate, 0.0, 1.0});
    };
    const auto found = search({.trials = 18, .reduction = 3, .least_budget = 2, .most_budget = 30});
    CHECK(runs == std::map<std::size_t, std::size_t>{{2, 18}, {6, 6}, {18, 2}, {30, 1}});
    // The value grows with the budget alike for all, so the best is the best of all.
    for (const auto& trial : found.trials)
        CHECK(std::abs(found.options().rate - 0.7) <= std::abs(trial.options.rate - 0.7));
    CHECK(found.trials[found.best].budget == 30);

    runs.clear();
    (void)search({.trials = 9, .reduction = 2, .least_budget = 4, .most_budget = 10});
    CHECK(runs == std::map<std::size_t, std::size_t>{{4, 9}, {8, 4}, {10, 2}});
    CHECK(search({.trials = 1}).trials.size() == 1);
    CHECK_THROWS_AS((void)search({.reduction = 1}), hr::option_error);
    CHECK_THROWS_AS((void)search({.trials = 0}), hr::option_error);
    CHECK_THROWS_AS((void)search({.least_budget = 9, .most_budget = 3}), hr::option_error);
}
