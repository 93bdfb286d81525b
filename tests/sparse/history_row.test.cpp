// SPDX-License-Identifier: MIT
#include <hybrec/sparse/history_row.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <vector>

using namespace hybrec;

TEST_CASE("history_row sorts and sums a history, and names what is wrong with one") {
    using row = history_row<item_index, float>;
    const row plain{std::vector{item_index{4}, item_index{1}, item_index{4}}, 5};
    REQUIRE(plain.size() == 2);
    CHECK(plain.view().columns()[0] == item_index{1});
    CHECK(plain.view().values()[1] == 2);
    const row weights{std::vector<weighted_item>{{item_index{2}, 0.5F}, {item_index{0}, -1}}, 5};
    CHECK(weights.view().values()[0] == -1);
    CHECK(row{plain.view(), 5} == plain);
    CHECK(row{}.size() == 0);

    CHECK_THROWS_AS((row{std::vector<item_index>{}, 5}), data_error);
    CHECK_THROWS_WITH_AS((row{std::vector{item_index{5}}, 5}), doctest::Contains("index 5"),
                         shape_error);
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_WITH_AS((row{std::vector<weighted_item>{{item_index{2}, nan}}, 5}),
                         doctest::Contains("index 2"), data_error);
}
