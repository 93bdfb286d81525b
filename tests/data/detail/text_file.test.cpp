// SPDX-License-Identifier: MIT
/// @file
/// Tests of encodings and file access.
#include <hybrec/data/detail/text_file.hpp>

#include "../temporary.hpp"

#include <hybrec/core/random.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

using namespace hybrec;
using namespace hybrec_test;

TEST_CASE("mapped_file") {
    const temporary_folder folder;
    SUBCASE("contents") {
        const detail::mapped_file file{folder.write("a", std::string_view{"x\0y\n", 4})};
        CHECK(file.bytes() == std::string_view{"x\0y\n", 4});
    }
    SUBCASE("an empty file is fine") {
        CHECK(detail::mapped_file{folder.write("a", "")}.bytes().empty());
    }
    SUBCASE("a missing file is named, with the reason") {
        const auto path = folder.path() / "nothing";
        const std::string message = message_of<data_error>([&] { detail::mapped_file file{path}; });
        CHECK(mentions(message, path.string()));
        CHECK(mentions(message, "No such file"));
    }
    SUBCASE("a folder is refused") {
        CHECK(mentions(message_of<data_error>([&] { detail::mapped_file file{folder.path()}; }),
                       "is a directory"));
    }
}

TEST_CASE("find_invalid_utf8") {
    constexpr auto none = std::string_view::npos;
    SUBCASE("valid text of every length of sequence") {
        CHECK(detail::find_invalid_utf8("") == none);
        CHECK(detail::find_invalid_utf8("plain text that is longer than eight bytes") == none);
        CHECK(detail::find_invalid_utf8("\xC2\x80 \xDF\xBF \xE0\xA0\x80 \xED\x9F\xBF \xEF\xBF\xBF "
                                        "\xF0\x90\x80\x80 \xF4\x8F\xBF\xBF") == none);
    }
    SUBCASE("invalid bytes, at the position where they begin") {
        CHECK(detail::find_invalid_utf8("ab\xE9") == 2);           // cut short
        CHECK(detail::find_invalid_utf8("12345678\xFF") == 8);     // never a byte of UTF-8
        CHECK(detail::find_invalid_utf8("\xC0\x80") == 0);         // overlong
        CHECK(detail::find_invalid_utf8("\xE0\x80\x80") == 0);     // overlong
        CHECK(detail::find_invalid_utf8("\xF0\x8F\xBF\xBF") == 0); // overlong
        CHECK(detail::find_invalid_utf8("\xED\xA0\x80") == 0);     // a surrogate
        CHECK(detail::find_invalid_utf8("\xF4\x90\x80\x80") == 0); // beyond U+10FFFF
        CHECK(detail::find_invalid_utf8("x\xE2\x82y") == 1);       // no continuation
        CHECK(detail::find_invalid_utf8("\x80") == 0);
    }
}

TEST_CASE("find_invalid_utf8 by several threads") {
    // Any cut between blocks finds what one reading finds, also within sequences and in rubbish.
    constexpr std::string_view letters = "ab\xC3\xA9\xE2\x82\xAC\xF0\x9F\x98\x80\x80\xFF";
    const counter_random random{5};
    thread_pool pool{3};
    std::size_t invalid = 0;
    for (std::uint64_t round = 0; round < 600; ++round) {
        std::string text;
        for (std::uint64_t part = 0; part < round % 30; ++part) {
            const std::uint64_t draw = random.below(100, 100 * round + part);
            text += draw < 97
                        ? std::array{"a", "\xC3\xA9", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}[draw % 4]
                        : std::string{letters.substr(draw % 4 + 9, 2)};
        }
        const std::size_t expected = detail::find_invalid_utf8(text);
        invalid += expected != std::string_view::npos;
        for (const std::size_t block : {std::size_t{1}, std::size_t{2}, std::size_t{7}})
            REQUIRE(detail::find_invalid_utf8(text, {.pool = &pool}, block) == expected);
    }
    CHECK(invalid > 100);
    CHECK(invalid < 500);
}

TEST_CASE("decoded_text") {
    using detail::decoded_text;
    SUBCASE("UTF-8 stays as it is and where it is") {
        const std::string text = "caf\xC3\xA9";
        const decoded_text decoded{"f", text, text_encoding::automatic};
        CHECK(decoded.view() == text);
        CHECK(decoded.view().data() == text.data());
    }
    SUBCASE("other bytes are latin-1 unless UTF-8 was asked for") {
        CHECK(decoded_text{"f", "caf\xE9\xFF", text_encoding::automatic}.view() ==
              "caf\xC3\xA9\xC3\xBF");
        CHECK(decoded_text{"f", "\xC3\xA9", text_encoding::latin1}.view() == "\xC3\x83\xC2\xA9");
        CHECK(message_of<data_error>([] {
                  decoded_text{"f.csv", "ab\ncd\xE9", text_encoding::utf8};
              }).starts_with("f.csv:2:3: "));
    }
    SUBCASE("a byte-order mark is dropped") {
        CHECK(decoded_text{"f", "\xEF\xBB\xBFx", text_encoding::automatic}.view() == "x");
        CHECK(decoded_text{"f", "\xEF\xBB\xBF\xC3\xA9", text_encoding::latin1}.view() ==
              "\xC3\xA9");
        CHECK(decoded_text{"f", "\xEF\xBB\xBF", text_encoding::utf8}.view().empty());
    }
    SUBCASE("UTF-16 is refused by name") {
        CHECK(mentions(message_of<data_error>([] {
                           decoded_text{"f", "\xFF\xFEu", text_encoding::automatic};
                       }),
                       "UTF-16"));
    }
}

TEST_CASE("shown") {
    CHECK(detail::shown("abc") == "\"abc\"");
    CHECK(detail::shown("a\tb\n") == "\"a?b?\"");
    CHECK(detail::shown(std::string(200, 'x')) == "\"" + std::string(60, 'x') + "…\"");
    CHECK(detail::shown(std::string(59, 'x') + "éy") == "\"" + std::string(59, 'x') + "…\"");
}
