// SPDX-License-Identifier: MIT
/// @file
/// Tests of numbers and instants from text.
#include <hybrec/data/detail/parse.hpp>

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdint>
#include <string>

using namespace hybrec::detail;

TEST_CASE("parse_weight") {
    CHECK(parse_weight("3") == 3.0f);
    CHECK(parse_weight(" +2.5 ") == 2.5f);
    CHECK(parse_weight("-1e-2") == -0.01f);
    CHECK(parse_weight("3.4028234e38") == 3.4028234e38f);
    CHECK(parse_weight("1e-60") == 0.0f);
    for (const char* const bad : {"", " ", "nan", "NaN", "inf", "-inf", "infinity", "1e39", "1e999",
                                  "3x", "x3", "1,5", "0x10", "+-1", "++1", "1 2", "--"}) {
        CAPTURE(bad);
        CHECK_FALSE(parse_weight(bad));
    }
}

TEST_CASE("parse_short_decimal") {
    SUBCASE("has the bits of the general routine wherever it answers") {
        const hybrec::counter_random random{3};
        std::size_t answers = 0;
        for (std::uint64_t draw = 0; draw < 20'000; ++draw) {
            // Up to 17 digits, with a point at any place or none.
            std::string text =
                std::to_string(random.below(std::uint64_t{1} << (1 + draw % 57), 2 * draw));
            const std::size_t point = random.below(text.size() + 3, 2 * draw + 1);
            if (point <= text.size())
                text.insert(point, 1, '.');
            if (const auto value = parse_short_decimal(text)) {
                REQUIRE(value == parse_number<double>(text));
                ++answers;
            }
        }
        CHECK(answers > 15'000);
    }
    SUBCASE("leaves the rest to others") {
        for (const char* const other : {"", ".", "..", "1.2.3", "1234567890123456", "-1", "+1",
                                        "1e3", " 1", "1 ", "nan", "0.000000000000001"}) {
            CAPTURE(other);
            CHECK_FALSE(parse_short_decimal(other));
        }
        CHECK(parse_short_decimal("123456789.012345") == 123456789.012345);
        CHECK(parse_short_decimal("5.") == 5);
        CHECK(parse_short_decimal(".5") == 0.5);
    }
}

TEST_CASE("parse_digits") {
    CHECK(parse_digits("0") == 0);
    CHECK(parse_digits("999999999999999999") == 999999999999999999);
    for (const char* const other : {"", "1000000000000000000", "-1", "1.0", "1 ", "x"}) {
        CAPTURE(other);
        CHECK_FALSE(parse_digits(other));
    }
}

TEST_CASE("parse_time") {
    SUBCASE("numbers") {
        CHECK(parse_time("881250949") == 881250949);
        CHECK(parse_time("-1") == -1);
        CHECK(parse_time("881250949.75") == 881250949);
        CHECK(parse_time("-0.5") == -1);
        CHECK(parse_time("1.5e9") == 1500000000);
    }
    SUBCASE("ISO 8601") {
        CHECK(parse_time("1970-01-01") == 0);
        CHECK(parse_time("2024-05-01") == 1714521600);
        CHECK(parse_time("2024-05-01T12:30:00") == 1714566600);
        CHECK(parse_time("2024-05-01T12:30:00Z") == 1714566600);
        CHECK(parse_time("2024-05-01 12:30:00") == 1714566600);
        CHECK(parse_time("2024-05-01 12:30") == 1714566600);
        CHECK(parse_time("2024-05-01T12:30:00.123456Z") == 1714566600);
        CHECK(parse_time("2024-05-01T14:30:00+02:00") == 1714566600);
        CHECK(parse_time("2024-05-01T14:30:00+0200") == 1714566600);
        CHECK(parse_time("2024-05-01T07:30:00-05") == 1714566600);
        CHECK(parse_time("2024-02-29") == 1709164800);
        CHECK(parse_time("1969-12-31T23:59:59Z") == -1);
    }
    SUBCASE("neither") {
        for (const char* const bad :
             {"", "nan", "inf", "1e30", "yesterday", "2024-13-01", "2023-02-29", "2024-00-10",
              "2024-05-01T", "2024-05-01T25:00:00", "2024-05-01T12:60:00", "2024-05-01T12:30:00X",
              "2024-05-01T12:30:00+", "2024-05-01T12:30:00.", "2024-5-1", "01/05/2024",
              "2024-05-01T12:30:00+02:0"}) {
            CAPTURE(bad);
            CHECK_FALSE(parse_time(bad));
        }
    }
}
