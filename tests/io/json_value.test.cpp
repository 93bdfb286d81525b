// SPDX-License-Identifier: MIT
#include <hybrec/io/json_value.hpp>

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

namespace hr = hybrec;

TEST_CASE("json") {
    SUBCASE("knows its kind") {
        CHECK(hr::json{}.is_null());
        CHECK(hr::json{nullptr}.is_null());
        CHECK(hr::json{true}.is_bool());
        CHECK(hr::json{3}.is_integer());
        CHECK(hr::json{3}.is_number());
        CHECK_FALSE(hr::json{3.0}.is_integer());
        CHECK(hr::json{3.0}.is_number());
        CHECK(hr::json{"text"}.is_string());
        CHECK(hr::json{hr::json::array{}}.is_array());
        CHECK(hr::json{hr::json::object{}}.is_object());
        CHECK_FALSE(hr::json{"text"}.is_bool());
    }
    SUBCASE("is built member by member and keeps their order") {
        hr::json report;
        report["zebra"] = 1;
        report["apple"] = 0.5;
        report["zebra"] = 2;
        report["runs"].push_back("first");
        report["runs"].push_back(7U);
        REQUIRE(report.as_object().size() == 3);
        CHECK(report.as_object()[0].name == "zebra");
        CHECK(report.as_object()[0].value.as_integer() == 2);
        CHECK(report.as_object()[1].name == "apple");
        CHECK(report.find("runs")->as_array()[1].as_real() == 7.0);
        CHECK(report.find("nothing") == nullptr);
        CHECK(report == hr::json{report});
        CHECK_FALSE(report == hr::json{});
    }
    SUBCASE("refuses the wrong kind by name") {
        CHECK_THROWS_WITH_AS((void)hr::json{"x"}.as_integer(),
                             "JSON: expected an integer, found a text", hr::data_error);
        CHECK_THROWS_WITH_AS((void)hr::json{1.5}.as_integer(),
                             "JSON: expected an integer, found a number", hr::data_error);
        hr::json number = 1;
        CHECK_THROWS_AS(number["member"] = 2, hr::data_error);
        CHECK_THROWS_AS(number.push_back(2), hr::data_error);
        CHECK(number.find("member") == nullptr);
    }
    SUBCASE("refuses integers that JSON readers cannot hold") {
        CHECK_THROWS_AS(hr::json{std::numeric_limits<std::uint64_t>::max()}, hr::data_error);
        CHECK(hr::json{std::numeric_limits<std::int64_t>::min()}.as_integer() ==
              std::numeric_limits<std::int64_t>::min());
    }
}
