// SPDX-License-Identifier: MIT
#include <hybrec/data/item_column.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <string>
#include <vector>

using namespace hybrec;

TEST_CASE("item_column reads its texts as numbers or as categories") {
    const item_column column{"episodes", {"12", "Unknown", "", "-2.5e1", "64 or so", "inf"}};
    const std::vector<double> numbers = column.numbers();
    REQUIRE(numbers.size() == 6);
    CHECK(numbers[0] == 12);
    CHECK(numbers[3] == -25);
    for (const std::size_t unknown : {1u, 2u, 4u})
        CHECK(std::isnan(numbers[unknown]));
    CHECK_FALSE(std::isfinite(numbers[5])); // whoever uses it says so
    const auto categories = column.categories();
    REQUIRE(categories.size() == 6);
    CHECK(categories[1] == std::vector<std::string>{"Unknown"});
    CHECK(categories[2].empty());
}
