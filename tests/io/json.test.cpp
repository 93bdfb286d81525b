// SPDX-License-Identifier: MIT
#include <hybrec/io/json.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

namespace hr = hybrec;

TEST_CASE("parse_json") {
    SUBCASE("scalars") {
        CHECK(hr::parse_json(" null ").is_null());
        CHECK(hr::parse_json("true").as_bool());
        CHECK_FALSE(hr::parse_json("false").as_bool());
        CHECK(hr::parse_json("-12").as_integer() == -12);
        CHECK(hr::parse_json("9223372036854775807").as_integer() ==
              std::numeric_limits<std::int64_t>::max());
        CHECK_FALSE(hr::parse_json("9223372036854775808").is_integer());
        CHECK(hr::parse_json("9223372036854775808").as_real() == 9223372036854775808.0);
        CHECK(hr::parse_json("1.5e2").as_real() == 150.0);
        CHECK(hr::parse_json("1E-2").as_real() == 0.01);
        CHECK(std::signbit(hr::parse_json("-0").as_real()));
    }
    SUBCASE("texts and escapes") {
        CHECK(hr::parse_json(R"("a\"\\\/\b\f\n\r\t")").as_string() == "a\"\\/\b\f\n\r\t");
        CHECK(hr::parse_json(R"("\u00e9\u20AC\ud83d\ude00")").as_string() ==
              "\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80");
        CHECK(hr::parse_json("\"\xF0\x9F\x98\x80\"").as_string() == "\xF0\x9F\x98\x80");
        CHECK(hr::parse_json(R"("\u0000")").as_string() == std::string(1, '\0'));
    }
    SUBCASE("arrays and objects") {
        const hr::json value = hr::parse_json("{\"b\": [1, {\"c\": []}, {}],\n \"a\": null}");
        CHECK(value.as_object()[0].name == "b");
        CHECK(value.as_object()[1].name == "a");
        CHECK(value.find("b")->as_array()[1].find("c")->as_array().empty());
        CHECK(value.find("b")->as_array()[2].as_object().empty());
    }
    SUBCASE("everything else is refused") {
        for (const std::string_view text : {"",
                                            "  ",
                                            "nul",
                                            "True",
                                            "+1",
                                            "01",
                                            "-",
                                            "1.",
                                            ".5",
                                            "1e",
                                            "1e+",
                                            "0x1",
                                            "NaN",
                                            "[1,]",
                                            "[1 2]",
                                            "[",
                                            "[1",
                                            "{",
                                            "{\"a\"}",
                                            "{\"a\":1,}",
                                            "{a:1}",
                                            "{\"a\" 1}",
                                            "{\"a\":1",
                                            "\"a",
                                            "\"\\x\"",
                                            "\"\\u12\"",
                                            "\"\\u12g4\"",
                                            "\"\\u+123\"",
                                            "'a'",
                                            "1 2",
                                            "{} {}",
                                            "\"\n\"",
                                            "\"\\",
                                            "// c\n1",
                                            "1e999",
                                            "\"\\ud800\"",
                                            "]",
                                            "\"\\udc00\"",
                                            "{,}",
                                            "\"\\ud800\\u0041\"",
                                            "\"\xFF\"",
                                            "\"\xC0\x80\"",
                                            "\"\xED\xA0\x80\"",
                                            "\"\xF4\x90\x80\x80\"",
                                            "\"\xE2\x82\"",
                                            "\xEF\xBB\xBF{}"}) {
            CAPTURE(text);
            CHECK_THROWS_AS((void)hr::parse_json(text), hr::data_error);
        }
    }
    SUBCASE("errors give the place") {
        CHECK_THROWS_WITH_AS((void)hr::parse_json("{\n  \"a\": 1,\n  \"b\": x\n}", "r.json"),
                             "r.json:3:8: expected a value, found 'x'", hr::data_error);
        CHECK_THROWS_WITH_AS((void)hr::parse_json(R"({"a": 1, "b": 2, "a": 3})"),
                             "JSON:1:18: the name \"a\" occurs twice in an object", hr::data_error);
    }
    SUBCASE("nesting is bounded") {
        const auto nested = [](std::size_t depth) {
            return std::string(depth, '[') + std::string(depth, ']');
        };
        CHECK(hr::parse_json(nested(128)).is_array());
        CHECK_THROWS_AS((void)hr::parse_json(nested(130)), hr::data_error);
        CHECK_THROWS_AS((void)hr::parse_json(std::string(1'000'000, '[')), hr::data_error);
    }
}

TEST_CASE("dump") {
    const std::string compact = R"({"name":"caf)"
                                "\xC3\xA9"
                                R"( \"x\"\\\n\u0001","list":[1,-2.5,true,null,[],{}]})";
    SUBCASE("what was parsed comes back") { CHECK(hr::dump(hr::parse_json(compact)) == compact); }
    SUBCASE("indented") {
        CHECK(hr::dump(hr::parse_json(R"({"a":[1,2],"b":{}})"), 2) ==
              "{\n  \"a\": [\n    1,\n    2\n  ],\n  \"b\": {}\n}");
        CHECK(hr::parse_json(hr::dump(hr::parse_json(compact), 4)) == hr::parse_json(compact));
    }
    SUBCASE("doubles keep their bits and stay doubles") {
        for (const double value : {0.1, 1.0, -0.0, 1e300, 5e-324, 123456789.123456789, 1e22}) {
            const hr::json back = hr::parse_json(hr::dump(hr::json{value}));
            CAPTURE(value);
            CHECK_FALSE(back.is_integer());
            CHECK(back.as_real() == value);
            CHECK(std::signbit(back.as_real()) == std::signbit(value));
        }
        CHECK(hr::dump(hr::json{std::numeric_limits<double>::quiet_NaN()}) == "null");
        CHECK(hr::dump(hr::json{-std::numeric_limits<double>::infinity()}) == "null");
    }
    SUBCASE("a text that is not UTF-8 is refused") {
        CHECK_THROWS_AS((void)hr::dump(hr::json{"\xFF"}), hr::data_error);
    }
}
