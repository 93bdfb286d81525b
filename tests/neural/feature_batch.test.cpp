// SPDX-License-Identifier: MIT
#include <hybrec/neural/feature_batch.hpp>

#include "feature_fixture.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace hybrec;
using namespace hybrec::test;

TEST_CASE("neural::feature_batch holds samples by columns, and each row's categories once") {
    const small_world world;
    neural::feature_batch<float> batch;
    const std::vector<std::uint32_t> positions{0, 3, 1, 2, 4};
    for (int time = 0; time < 2; ++time) // memory is kept
        batch.read(world.samples, positions, 2, {});
    REQUIRE(batch.size() == 5);
    for (std::size_t at = 0; at < positions.size(); ++at) {
        const auto sample = world.samples.at(positions[at], 2);
        CHECK(batch.users.rows[at] == sample.user);
        CHECK(batch.users.ids[at] == sample.user_id);
        CHECK(batch.items.rows[at] == sample.item);
        CHECK(batch.items.ids[at] == sample.item_id);
        CHECK(batch.labels[at] == sample.label);
    }
    REQUIRE(batch.items.fields.size() == 2);
    for (std::size_t field = 0; field < 2; ++field) {
        const auto& lists = batch.items.fields[field];
        REQUIRE(lists.size() == batch.items.groups.size());
        for (std::size_t k = 0; k < lists.size(); ++k) {
            const auto row =
                world.items.fields()[field].row(item_index(batch.items.groups.rows()[k]));
            REQUIRE(lists.offsets[k + 1] - lists.offsets[k] == row.size());
            for (std::size_t at = 0; at < row.size(); ++at) {
                CHECK(lists.indices[lists.offsets[k] + at] == row.columns()[at].value());
                CHECK(lists.weights[lists.offsets[k] + at] == row.values()[at]);
            }
        }
    }
}

TEST_CASE("neural::batch_side describes ranges, single rows and rows from outside alike") {
    const small_world world;
    neural::batch_side<float> range, single, outside;
    range.describe(world.users, 3, 3);
    CHECK(range.ids == std::vector<std::uint32_t>{3, 4, 6}); // user 5 has no entries
    CHECK(range.rows == std::vector<std::uint32_t>{3, 4, 5});
    single.describe_row(world.users, user_index{4});
    CHECK(single.ids == std::vector<std::uint32_t>{4});
    CHECK(single.fields[0].indices == std::vector<std::uint32_t>{1, 2});
    CHECK(single.fields[0].weights == std::vector<float>{0.25F, 0.75F});
    const std::array columns{feature_index{1}, feature_index{2}};
    const std::array weights{1.0F, 3.0F};
    const std::array features{sparse_row<feature_index, float>{columns, weights}};
    outside.describe_unknown(world.users, features);
    CHECK(outside.ids == std::vector<std::uint32_t>{6});
    CHECK(outside.fields[0].weights == single.fields[0].weights);
    outside.describe_unknown(world.users, {});
    CHECK(outside.fields[0].size() == 1);
    CHECK(outside.fields[0].indices.empty());
}
