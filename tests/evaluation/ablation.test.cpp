// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/ablation.hpp>

#include <doctest/doctest.h>

#include <sstream>
#include <string>
#include <vector>

namespace hr = hybrec;

TEST_CASE("ablate leaves one component out at a time and tests what that costs") {
    const std::vector<std::string> components{"useful", "idle"};
    std::vector<std::vector<bool>> asked;
    const auto judge = [&](const std::vector<bool>& enabled) {
        asked.push_back(enabled);
        std::vector<double> values(50);
        for (std::size_t user = 0; user < values.size(); ++user)
            values[user] = 0.2 + (enabled[0] ? 0.1 + 0.01 * static_cast<double>(user % 3) : 0);
        std::vector<hr::user_index> users(50);
        for (std::size_t user = 0; user < users.size(); ++user)
            users[user] = hr::user_index(user);
        return hr::evaluation_report{users, {{"ndcg@10", values}}, 0, 0};
    };
    const hr::ablation_report report = hr::ablate(components, "ndcg@10", judge);
    CHECK(asked == std::vector<std::vector<bool>>{{true, true}, {false, true}, {true, false}});
    REQUIRE(report.lines.size() == 2);
    CHECK(report.mean == doctest::Approx(0.3 + 0.01 * 49 / 50));
    CHECK(report.lines[0].component == "useful");
    CHECK(report.lines[0].mean == doctest::Approx(0.2));
    CHECK(report.lines[0].against_all.difference == doctest::Approx(report.mean - 0.2));
    CHECK(report.lines[0].against_all.p_value < 0.001);
    CHECK(report.lines[1].against_all.difference == 0);
    CHECK(report.lines[1].against_all.p_value == 1);
    std::ostringstream text;
    text << report;
    CHECK(text.str().find("without useful: 0.2 (+0.1") != std::string::npos);
    CHECK_THROWS_AS((void)hr::ablate({}, "ndcg@10", judge), hr::option_error);
    CHECK_THROWS_AS((void)hr::ablate(components, "recall@5", judge), hr::option_error);
}
