// SPDX-License-Identifier: MIT
#include <hybrec/data/text_encoding.hpp>

#include <hybrec/data/delimited.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace hybrec;

TEST_CASE("the encoding decides what bytes beyond ASCII mean") {
    const std::string latin1 = "name,1\ncaf\xE9,2\n";
    const auto second = [&](text_encoding encoding) {
        auto reader = delimited_reader::over_text("menu.csv", latin1,
                                                  {.delimiter = ",", .encoding = encoding});
        REQUIRE(reader.next());
        REQUIRE(reader.next());
        return std::string{reader[0]};
    };
    CHECK(second(text_encoding::automatic) == "caf\xC3\xA9");
    CHECK(second(text_encoding::latin1) == "caf\xC3\xA9");
    CHECK_THROWS_AS(second(text_encoding::utf8), data_error);
}
