// SPDX-License-Identifier: MIT
#include <hybrec/data/interaction_columns.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("interaction_columns name nothing by default, so that usual names are recognised") {
    const interaction_columns columns;
    CHECK(columns.user.empty());
    CHECK(columns.item.empty());
    CHECK(columns.weight.empty());
    CHECK(columns.time.empty());
    CHECK(columns.kind.empty());
    CHECK(columns.delimiter.empty());
    const interaction_columns named{.user = "user_id", .item = "item_id", .weight = "quantity"};
    CHECK(named.weight == "quantity");
    CHECK(named.time.empty());
}
