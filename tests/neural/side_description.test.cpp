// SPDX-License-Identifier: MIT
#include <hybrec/neural/side_description.hpp>

#include "feature_fixture.hpp"

#include <doctest/doctest.h>

#include <array>
#include <utility>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::side_description;

TEST_CASE("neural::side_description scales weights, and leaves out what nothing was learned of") {
    // Rows 0 and 1 have entries. Category 2 has only row 2, which has none.
    const side_description<item_index> side{
        {1, 1, 0, 0},
        {from_rows<item_index, feature_index>({{3, 1, 0}, {0, -2, 0}, {1, 0, 3}, {0, 0, 5}})}};
    CHECK(side.size() == 4);
    CHECK(side.id(1) == 1);
    CHECK(side.id(2) == side.unknown_id());
    CHECK(side.unknown_id() == 4);
    CHECK(side.knows(0));
    CHECK(side.knows(2));  // by category 0
    CHECK(!side.knows(3)); // category 2 says nothing
    const auto row = [&](std::size_t at) {
        std::vector<std::pair<std::uint32_t, float>> entries;
        for (const auto [category, weight] : side.fields()[0].row(item_index(at)))
            entries.emplace_back(category.value(), weight);
        return entries;
    };
    using entries = std::vector<std::pair<std::uint32_t, float>>;
    CHECK(row(0) == entries{{0, 0.75F}, {1, 0.25F}});
    CHECK(row(1) == entries{{1, -1.0F}});
    CHECK(row(2) == entries{{0, 1.0F}});
    CHECK(row(3) == entries{});
    // Rows from outside are seen the same way.
    const std::array columns{feature_index{0}, feature_index{1}, feature_index{2}};
    const std::array weights{1.0F, 3.0F, 7.0F};
    entries outside;
    side.for_each_weight(0, {columns, weights}, [&](feature_index category, float weight) {
        outside.emplace_back(category.value(), weight);
    });
    CHECK(outside == entries{{0, 0.25F}, {1, 0.75F}});
    CHECK(side == side);
    CHECK(side != side_description<item_index>{{1, 1, 0, 0}, {}});
}
