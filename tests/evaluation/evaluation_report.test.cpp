// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/evaluation_report.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <sstream>
#include <string>
#include <vector>

namespace hr = hybrec;

TEST_CASE("evaluation_report") {
    constexpr double nan = std::numeric_limits<double>::quiet_NaN();
    const hr::evaluation_report report{
        {hr::user_index{1}, hr::user_index{4}, hr::user_index{5}},
        {{"recall@2", {0.5, 1.0, 0.0}}, {"auc", {nan, 0.25, 0.75}}, {"odd", {nan, nan, nan}}},
        7,
        1};
    SUBCASE("means are over the users for whom the metric is defined") {
        CHECK(report.mean("recall@2") == 0.5);
        CHECK(report.mean("auc") == 0.5);
        CHECK(std::isnan(report.mean("odd")));
        CHECK(report.metrics()[0].undefined == 0);
        CHECK(report.metrics()[1].undefined == 1);
        CHECK(report.metrics()[2].undefined == 3);
    }
    SUBCASE("values belong to users") {
        REQUIRE(report.values("recall@2").size() == report.users().size());
        CHECK(report.values("recall@2")[1] == 1.0);
        CHECK(report.users()[1] == hr::user_index{4});
        CHECK(report.users_evaluated() == 3);
        CHECK(report.users_skipped() == 7);
        CHECK(report.users_without_recommendations() == 1);
    }
    SUBCASE("an unknown name lists the known ones") {
        CHECK_THROWS_WITH_AS((void)report.mean("recall@20"),
                             "evaluation_report: there is no metric \"recall@20\"; expected one "
                             "of: recall@2, auc, odd",
                             hr::option_error);
        CHECK_THROWS_AS((void)report.values(""), hr::option_error);
    }
    SUBCASE("prints") {
        std::ostringstream text;
        text << report;
        CHECK(text.str().find("recall@2: 0.5\nauc: 0.5\n") == 0);
        CHECK(text.str().find("users: 3 evaluated, 7 skipped, 1 without recommendations\n") !=
              std::string::npos);
    }
    SUBCASE("of nobody") {
        const hr::evaluation_report empty{{}, {{"recall@2", {}}}, 3, 0};
        CHECK(std::isnan(empty.mean("recall@2")));
    }
}
