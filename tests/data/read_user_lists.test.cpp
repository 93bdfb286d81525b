// SPDX-License-Identifier: MIT
/// @file
/// Tests of reading lists of items per user.
#include <hybrec/data/read_user_lists.hpp>

#include "temporary.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec_test;

TEST_CASE("read_user_lists") {
    const temporary_folder folder;
    const auto train = folder.write("train.txt", "0 5 6\n1 6 7 8 \r\n\n2\n0 9\n");

    SUBCASE("one file") {
        const auto log = read_user_lists(train);
        CHECK(log.users.size() == 3); // user 2 has no items
        CHECK(log.items.size() == 5);
        CHECK(log.events.size() == 6);
        CHECK(log.events[5] == interaction{.user = user_index(0), .item = log.items.at("9")});
        CHECK(log.matrix.row_count() == 3);
        CHECK(log.matrix.column_count() == 5);
        CHECK(log.matrix.row(user_index(0)).size() == 3);
        CHECK(log.matrix.row(log.users.at("2")).empty());
        CHECK_FALSE(log.has_times);
    }
    SUBCASE("two files share their ids") {
        const auto test = folder.write("test.txt", "\xEF\xBB\xBF"
                                                   "1 5 99\n7 6\n2 8");
        const auto both = read_train_test_lists(train, test);
        CHECK(both.log.users.size() == 4);
        CHECK(both.log.items.size() == 6);
        CHECK(both.log.matrix.row_count() == 4);
        CHECK(both.log.matrix.column_count() == 6);
        CHECK(both.log.matrix.entry_count() == 6);
        CHECK(both.test.row_count() == 4);
        CHECK(both.test.column_count() == 6);
        CHECK(both.test.entry_count() == 4);
        CHECK(both.test.row(both.log.users.at("1")).contains(both.log.items.at("99")));
        CHECK(both.test.row(both.log.users.at("7")).contains(both.log.items.at("6")));
        CHECK(both.test.row(both.log.users.at("2")).contains(both.log.items.at("8")));
    }
    SUBCASE("a bad second file leaves the first as it was") {
        auto log = read_user_lists(train);
        CHECK_THROWS_AS(static_cast<void>(read_user_lists(folder.path() / "none", log)),
                        data_error);
        CHECK(log.users.size() == 3);
        CHECK(log.matrix == read_user_lists(train).matrix);
    }
    SUBCASE("bad files") {
        CHECK(mentions(message_of<data_error>([&] {
                           static_cast<void>(read_user_lists(folder.write("e.txt", "\n \n")));
                       }),
                       "e.txt: is empty"));
        CHECK_THROWS_AS(static_cast<void>(read_user_lists(folder.path())), data_error);
    }
}
