// SPDX-License-Identifier: MIT
#include <hybrec/core/score_table.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

using namespace hybrec;

TEST_CASE("a score table remembers who said what about which item") {
    score_table table;
    CHECK(table.item_count() == 0);
    const std::vector<item_index> items{item_index{7}, item_index{2}, item_index{5}};
    table.reset(2, items);
    CHECK(table.component_count() == 2);
    CHECK(std::equal(items.begin(), items.end(), table.items().begin(), table.items().end()));
    table.set(1, 2, 4.0F);
    std::fill(table.scores(0).begin(), table.scores(0).end(), 1.5F);
    CHECK_FALSE(table.has(0, 0));
    table.mark_all(0);
    CHECK(table.has_all(0));
    CHECK_FALSE(table.has_all(1));
    CHECK(std::vector(table.sources().begin(), table.sources().end()) ==
          std::vector<component_set>{1, 1, 3});
    CHECK(table.scores(1)[2] == 4.0F);
    CHECK(table.scores(1)[0] == 0.0F);
    for (std::size_t k = 0; k < 2; ++k)
        CHECK(reinterpret_cast<std::uintptr_t>(table.scores(k).data()) % 64 == 0);

    SUBCASE("a new list starts from nothing") {
        table.reset(1, items);
        CHECK_FALSE(table.has_all(0));
        CHECK_FALSE(table.has(0, 2));
        CHECK(table.scores(0)[1] == 0.0F);
    }
    SUBCASE("a whole catalogue numbers its items, after lists and other catalogues") {
        for (const std::size_t size : {3U, 5U, 2U}) {
            table.reset(1, size);
            REQUIRE(table.items().size() == size);
            for (std::size_t row = 0; row < size; ++row)
                CHECK(table.items()[row] == item_index(row));
        }
        table.reset(1, items);
        CHECK(table.items()[0] == item_index{7});
        table.reset(1, std::size_t{2});
        CHECK(table.items()[0] == item_index{0});
    }
    SUBCASE("all 32 components have a bit") {
        table.reset(32, std::size_t{1});
        table.set(31, 0, 1.0F);
        CHECK(table.sources()[0] == 0x80000000U);
        table.mark_all(31);
        CHECK(table.has_all(31));
    }
}
