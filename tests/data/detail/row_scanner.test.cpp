// SPDX-License-Identifier: MIT
/// @file
/// Tests that plain rows are split as the reader of delimited text splits them.
#include <hybrec/data/detail/row_scanner.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/data/delimited.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

using namespace hybrec;
using outcome = detail::row_scanner<>::outcome;

TEST_CASE("row_scanner") {
    SUBCASE("rows, blanks and what it leaves to others") {
        const std::string_view text = "ab,c\n\n  \r\n,\r\nx,y,z\nx\n\"a\",b\nl,ast row is short";
        detail::row_scanner scanner{text, ',', true, 2};
        std::size_t position = 0;
        REQUIRE(scanner.next(position) == outcome::row);
        CHECK(scanner[0] == "ab");
        CHECK(scanner[1] == "c");
        CHECK(position == 5);
        CHECK(scanner.next(position) == outcome::blank);
        CHECK(scanner.next(position) == outcome::blank);
        REQUIRE(scanner.next(position) == outcome::row);
        CHECK(scanner[0].empty());
        CHECK(scanner[1].empty());
        for (const std::string_view other : {"x,y,z\n", "x\n", "\"a\",b\n"}) {
            const std::size_t before = position;
            CHECK(scanner.next(position) == outcome::other);
            CHECK(position == before);
            position += other.size();
        }
        CHECK(scanner.next(position) == outcome::other);
        detail::row_scanner letters{text, ',', false, 2};
        position = text.find("\"a\"");
        REQUIRE(letters.next(position) == outcome::row);
        CHECK(letters[0] == "\"a\"");
    }
    SUBCASE("random lines of all bytes") {
        const counter_random random{2};
        std::size_t rows = 0;
        for (std::uint64_t round = 0; round < 2000; ++round) {
            const counter_random draw = random.stream(round);
            // Fields of odd bytes, neighbours of the delimiter and of the line end among them.
            constexpr std::string_view letters = "a\x0B\x09\xAC-,+\x8A\xFF\x80 \0z,,";
            std::string text;
            for (std::uint64_t at = 0; at < 5 + round % 40; ++at)
                text += letters[draw.below(letters.size(), at)];
            const std::string line = text;
            text += "\nmore,text,that,follows\n";
            auto reader = delimited_reader::over_text(
                "t", text, {.delimiter = ",", .encoding = text_encoding::latin1, .ragged = true});
            if (!reader.next() || reader.line() != 1)
                continue;
            std::vector<std::string> expected(reader.fields().begin(), reader.fields().end());
            detail::row_scanner scanner{reader.text(), ',', true, expected.size()};
            std::size_t position = 0;
            REQUIRE(scanner.next(position) == outcome::row);
            CHECK(position == reader.position());
            for (std::size_t field = 0; field < expected.size(); ++field)
                REQUIRE(scanner[field] == expected[field]);
            ++rows;
        }
        CHECK(rows > 1900);
    }
}
