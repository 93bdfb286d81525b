// SPDX-License-Identifier: MIT
/// @file
/// Tests of the titles of a data set.
#include <hybrec/data/dataset.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("dataset") {
    dataset data{.name = "two items"};
    data.log.items.add("a");
    data.log.items.add("b");
    CHECK(data.title(item_index(0)) == "a"); // no titles at all
    data.titles = {"", "Bee"};
    CHECK(data.title(item_index(0)) == "a");
    CHECK(data.title(item_index(1)) == "Bee");
    CHECK_THROWS_WITH_AS((void)data.column("type"),
                         doctest::Contains("no column \"type\" of items; there are none"),
                         option_error);
    data.columns = {{"type", {"TV", ""}}, {"year", {"1990", "2000"}}};
    CHECK(data.column("year").texts[1] == "2000");
    CHECK_THROWS_WITH_AS((void)data.column("studio"),
                         doctest::Contains("there are \"type\", \"year\""), option_error);
    CHECK_FALSE(data.test);
    CHECK(data.log.matrix.row_count() == 0);
}
