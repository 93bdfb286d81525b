// SPDX-License-Identifier: MIT
#include <hybrec/data/read_negatives.hpp>

#include "temporary.hpp"

#include <hybrec/data/read_user_lists.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace hybrec;
using namespace hybrec_test;

TEST_CASE("read_negatives reads the candidates of each user, or names the line that is wrong") {
    const temporary_folder folder;
    const auto log = read_user_lists(folder.write("train.txt", "7 a b c\n8 d e\n9 a\n"));
    const auto read = [&](const std::string& text) {
        return read_negatives(folder.write("test.negative", text), log);
    };
    const user_items negatives = read("(8,a)\tb\tc\r\n\n(7,d)\te\n(9,b)\t\x63\t\x64\tc");
    CHECK(negatives.row_count() == 3);
    CHECK(negatives.column_count() == 5);
    CHECK(negatives.entry_count() == 5); // c twice for user 9 counts once
    CHECK(negatives.row(log.users.at("8")).contains(log.items.at("c")));
    CHECK(negatives.row(log.users.at("7")).contains(log.items.at("e")));
    CHECK(negatives.row(log.users.at("9")).size() == 2);

    CHECK_THROWS_WITH_AS((void)read("(7,a)\tb\n(1,a)\tb\n"),
                         doctest::Contains("test.negative:2: unknown user \"1\""), data_error);
    CHECK_THROWS_WITH_AS((void)read("(7,a)\tb\tz\n"), doctest::Contains(":1: unknown item \"z\""),
                         data_error);
    for (const char* bad : {"7\tb\n", "(7\tb)", "(7,a\tb\n", ")7,(\tb"})
        CHECK_THROWS_WITH_AS((void)read(bad), doctest::Contains("expected (user,item)"), data_error);
    CHECK_THROWS_AS((void)read("(7,a)\t\t b\n"), data_error);
    CHECK_THROWS_WITH_AS((void)read("\n"), doctest::Contains("no negatives"), data_error);
    CHECK_THROWS_AS((void)read_negatives(folder.path() / "missing", log), data_error);
}
