// SPDX-License-Identifier: MIT
#include <hybrec/neural/crossed_categories.hpp>

#include "feature_fixture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>
#include <utility>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::crossed_categories;
using neural::weighted_lists;

TEST_CASE("neural::crossed_categories pairs the user with the item's categories") {
    const small_world world;
    const crossed_categories crossed{world.users, world.items, std::size_t{1} << 20};
    neural::feature_batch<double> batch;
    batch.read(world.samples, all_of(world.samples), 1, {});
    weighted_lists<double> crosses;
    for (int time = 0; time < 2; ++time) // memory is kept
        crossed.list(batch, crosses);
    REQUIRE(crosses.size() == batch.size());
    using entries = std::vector<std::pair<std::uint32_t, double>>;
    weighted_lists<double> users, items;
    crossed.list_users(batch.users, users);
    crossed.list_items(batch.items, items);
    for (std::size_t row = 0; row < batch.size(); ++row) {
        const user_index user{batch.users.rows[row]};
        const item_index item{batch.items.rows[row]};
        // Ids are keys 0 to 6, the user's categories from 7 on; the items' fields have 4 and 2.
        entries left{{batch.users.ids[row], 1.0}}, right, expected, found, paired;
        for (const auto [category, weight] : world.users.fields()[0].row(user))
            left.emplace_back(7 + category.value(), weight);
        for (std::uint32_t field = 0; field < 2; ++field)
            for (const auto [category, weight] : world.items.fields()[field].row(item))
                right.emplace_back(4 * field + category.value(), weight);
        for (const auto& [a, w] : left)
            for (const auto& [b, v] : right)
                expected.emplace_back(crossed.slot(a, b), w * v);
        for (std::size_t at = crosses.offsets[row]; at < crosses.offsets[row + 1]; ++at)
            found.emplace_back(crosses.indices[at], crosses.weights[at]);
        CHECK(found == expected);
        const std::size_t k = batch.users.groups.slot(batch.users.rows[row]);
        if (users.indices[users.offsets[k]] != batch.users.ids[row])
            continue; // of a distinct row the id of the first sample is listed
        for (const auto& [key, weight] : right)
            crossed.for_each(users, k, key, [&, v = weight](std::uint32_t slot, double w) {
                paired.emplace_back(slot, w * v);
            });
        std::sort(paired.begin(), paired.end());
        std::sort(expected.begin(), expected.end());
        CHECK(paired == expected);
    }
    CHECK(crossed.item_keys() == 6);
    std::set<std::uint32_t> slots;
    for (std::uint32_t a = 0; a < 100; ++a)
        for (std::uint32_t b = 0; b < 100; ++b) {
            slots.insert(crossed.slot(a, b));
            CHECK(crossed_categories{world.users, world.items, 7}.slot(a, b) < 7);
        }
    // Of 10,000 in 2²⁰ slots 10,000²/2²¹ ≈ 48 meet others.
    CHECK(slots.size() > 9'900);
}
