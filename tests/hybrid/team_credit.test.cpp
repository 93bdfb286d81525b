// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/team_credit.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

TEST_CASE("team_credit shares the clicks") {
    const std::vector<std::uint32_t> sources{2, 0, 2, 0};
    std::vector<double> rewards(4, 9.0);
    CHECK(team_credit(sources, std::vector<std::size_t>{0, 2, 3}, rewards) == 0b101);
    CHECK(rewards[0] == doctest::Approx(1.0 / 3));
    CHECK(rewards[1] == 0);
    CHECK(rewards[2] == doctest::Approx(2.0 / 3));
    CHECK(team_credit(sources, {}, rewards) == 0b101);
    CHECK(rewards == std::vector<double>(4, 0.0));
    CHECK(team_credit({}, {}, rewards) == 0);
}
