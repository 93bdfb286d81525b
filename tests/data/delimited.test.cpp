// SPDX-License-Identifier: MIT
/// @file
/// Tests of the reader of delimited text.
#include <hybrec/data/delimited.hpp>

#include "temporary.hpp"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

using namespace hybrec;
using namespace hybrec_test;

namespace {

using parsed_rows = std::vector<std::vector<std::string>>;

parsed_rows read_all(delimited_reader& reader) {
    parsed_rows all;
    while (reader.next())
        all.emplace_back(reader.fields().begin(), reader.fields().end());
    return all;
}

parsed_rows parse(std::string_view text, const delimited_options& options = {}) {
    delimited_reader reader = delimited_reader::over_text("t.csv", text, options);
    return read_all(reader);
}

std::string failure(std::string_view text, const delimited_options& options = {}) {
    return message_of<data_error>([&] { static_cast<void>(parse(text, options)); });
}

} // namespace

TEST_CASE("delimited_reader") {
    SUBCASE("plain rows, with and without the last line end") {
        const parsed_rows expected{{"a", "b"}, {"1", "2"}};
        CHECK(parse("a,b\n1,2\n") == expected);
        CHECK(parse("a,b\n1,2") == expected);
        CHECK(parse("a,b\r\n1,2\r\n") == expected);
        CHECK(parse("a,b\r\n1,2\r") == expected);
        CHECK(parse("\xEF\xBB\xBF"
                    "a,b\n1,2") == expected);
        CHECK(parse("\n\r\na,b\n\n  \n1,2\n\n") == expected);
    }
    SUBCASE("empty text and empty fields") {
        CHECK(parse("").empty());
        CHECK(parse("\n\r\n").empty());
        CHECK(parse(",\n,") == parsed_rows{{"", ""}, {"", ""}});
        CHECK(parse("\t\n", {.delimiter = "\t"}) == parsed_rows{{"", ""}});
    }
    SUBCASE("delimiters") {
        CHECK(parse("1::2::a:b", {.delimiter = "::"}) == parsed_rows{{"1", "2", "a:b"}});
        CHECK(parse("1:::2", {.delimiter = "::"}) == parsed_rows{{"1", ":2"}});
        CHECK(parse("1 2 3", {.delimiter = " "}) == parsed_rows{{"1", "2", "3"}});
        CHECK(parse("1<>2<>3", {.delimiter = "<>"}) == parsed_rows{{"1", "2", "3"}});
    }
    SUBCASE("detected delimiters") {
        CHECK(parse("a\tb,c\td").front().size() == 3);
        CHECK(parse("a;b;c,d").front().size() == 3);
        CHECK(parse("a::b::c").front().size() == 3);
        CHECK(parse("a|b|c").front().size() == 3);
        CHECK(parse("a b c").front().size() == 3);
        CHECK(parse("\n\n\"x;y;z;\",b\n") == parsed_rows{{"x;y;z;", "b"}});
        CHECK(parse("word") == parsed_rows{{"word"}});
    }
    SUBCASE("quoted fields") {
        CHECK(parse("\"a,b\",c\n") == parsed_rows{{"a,b", "c"}});
        CHECK(parse("\"say \"\"hi\"\"\",\"\"\"\"\n1,2") ==
              parsed_rows{{"say \"hi\"", "\""}, {"1", "2"}});
        CHECK(parse("\"\",\"\"") == parsed_rows{{"", ""}});
        CHECK(parse("\"two\nlines\r\n\",x\r\n1,2") ==
              parsed_rows{{"two\nlines\r\n", "x"}, {"1", "2"}});
        CHECK(parse("a,\"b\"\r\n\"c\",d\r") == parsed_rows{{"a", "b"}, {"c", "d"}});
        CHECK(parse("a,\"b\"\r") == parsed_rows{{"a", "b"}});
        CHECK(parse("\"a\",") == parsed_rows{{"a", ""}});
        CHECK(parse("\"x\"\"y\",\"p\"\"q\",plain,\"r\"\"s\"") ==
              parsed_rows{{"x\"y", "p\"q", "plain", "r\"s"}});
        CHECK(parse("5\" disk,b") == parsed_rows{{"5\" disk", "b"}});
    }
    SUBCASE("quotes are letters where they are no syntax") {
        CHECK(parse("\"a\tb\n") == parsed_rows{{"\"a", "b"}});
        CHECK(parse("\"a\",b", {.delimiter = ",", .quotes = quoting::off}) ==
              parsed_rows{{"\"a\"", "b"}});
        CHECK(parse("\"a\tb\"\tc", {.delimiter = "\t", .quotes = quoting::rfc4180}) ==
              parsed_rows{{"a\tb", "c"}});
    }
    SUBCASE("lines are counted through quoted line ends") {
        const std::string text = "a,b\n\n\"x\ny\",1\nlast,\"\"\"2\"";
        delimited_reader reader = delimited_reader::over_text("t.csv", text);
        REQUIRE(reader.next());
        CHECK(reader.line() == 1);
        REQUIRE(reader.next());
        CHECK(reader.line() == 3);
        CHECK(std::string{reader.error_at(0, "!").what()} == "t.csv:3:2: !");
        CHECK(std::string{reader.error_at(1, "!").what()} == "t.csv:4:4: !");
        REQUIRE(reader.next());
        CHECK(reader.line() == 5);
        CHECK(reader[1] == "\"2");
        CHECK(std::string{reader.error_at(1, "!").what()} == "t.csv:5:7: !");
        CHECK_FALSE(reader.next());
        CHECK(reader.fields().empty());
        CHECK_FALSE(reader.next());
    }
    SUBCASE("ragged rows") {
        CHECK(failure("a,b,c,d\n1,2,3,4\n1,2,3\n") ==
              "t.csv:3:5: the row has 3 fields; expected 4, as in line 1");
        CHECK(failure("a,b\n1,2,3\n") ==
              "t.csv:2:5: the row has 3 fields; expected 2, as in line 1");
        CHECK(failure("a,b\n\"1\",2,3\n") ==
              "t.csv:2:7: the row has 3 fields; expected 2, as in line 1");
        CHECK(parse("a,b\n1,2,3\n4", {.ragged = true}) ==
              parsed_rows{{"a", "b"}, {"1", "2", "3"}, {"4"}});
    }
    SUBCASE("bad quotes") {
        CHECK(failure("a,b\nc,\"d\ne,f\n") ==
              "t.csv:2:3: the quote that opens here is never closed");
        CHECK(mentions(failure("a,b\n\"c\" d,e\n"), "t.csv:2:4: text follows a closing quote"));
        CHECK(mentions(failure("a,b\n\"x\ny\"z,e\n"), "t.csv:3:3: text follows a closing quote"));
        CHECK_THROWS_AS(parse("a", {.delimiter = "\n"}), option_error);
    }
    SUBCASE("a second reader from a row in the middle") {
        const std::string text = "a,b\n1,\"x\ny\"\n2,z\n3\n";
        delimited_reader whole = delimited_reader::over_text("t.csv", text);
        REQUIRE(whole.next());
        REQUIRE(whole.next());
        CHECK(whole.row_begin() == 4);
        CHECK(whole.position() == 12);
        delimited_reader part = whole.reader_at(whole.position());
        REQUIRE(part.next());
        CHECK(part[1] == "z");
        CHECK(whole[1] == "x\ny");
        CHECK_THROWS_WITH_AS(static_cast<void>(part.next()),
                             "t.csv:2:1: the row has 1 fields; expected 2, as in line 1",
                             data_error);
        part.move_to(4);
        REQUIRE(part.next());
        CHECK(part[0] == "1");
        CHECK(part.text() == text);
        CHECK(part.quoted());
    }
    SUBCASE("encodings, from a file") {
        const temporary_folder folder;
        const auto path = folder.write("a.csv", "caf\xE9,1\n");
        delimited_reader reader{path};
        CHECK(read_all(reader) == parsed_rows{{"caf\xC3\xA9", "1"}});
        CHECK(message_of<data_error>([&] {
                  delimited_reader strict{path, {.encoding = text_encoding::utf8}};
              }) == path.string() +
                        ":1:4: a byte is not UTF-8; use text_encoding::automatic or ::latin1");
    }
}
