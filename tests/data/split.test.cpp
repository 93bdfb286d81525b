// SPDX-License-Identifier: MIT
#include <hybrec/data/split.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

TEST_CASE("a split destructures into train and test") {
    const split parts{user_items{3, 4}, user_items{3, 4}};
    const auto& [train, test] = parts;
    CHECK(train.row_count() == 3);
    CHECK(test.column_count() == 4);
}
