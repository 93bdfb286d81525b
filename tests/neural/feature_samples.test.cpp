// SPDX-License-Identifier: MIT
#include <hybrec/neural/feature_samples.hpp>

#include "feature_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::feature_samples;

static_assert(neural::training_samples<feature_samples>);

TEST_CASE("neural::feature_samples are rating samples, some of unknown users and items") {
    const auto matrix = from_rows<user_index, item_index>(
        std::vector<std::vector<double>>(50, std::vector<double>(40, 1)));
    const neural::side_description<user_index> users{std::vector<std::uint8_t>(50, 1), {}};
    const neural::side_description<item_index> items{std::vector<std::uint8_t>(40, 1), {}};
    const neural::rating_samples ratings{matrix.view(), {}};
    const feature_samples samples{ratings, users, items, 0.25, 3};
    const feature_samples plain{ratings, users, items};
    REQUIRE(samples.size() == 2000);
    std::size_t no_user = 0, no_item = 0, neither = 0, moved = 0;
    for (std::size_t at = 0; at < samples.size(); ++at) {
        const auto sample = samples.at(at, 1);
        CHECK(sample.user == at / 40);
        CHECK(sample.item == at % 40);
        CHECK(sample.label == 1);
        const bool user = sample.user_id == 50, item = sample.item_id == 40;
        CHECK((user || sample.user_id == sample.user));
        CHECK((item || sample.item_id == sample.item));
        no_user += user, no_item += item, neither += user && item;
        moved += samples.at(at, 2).user_id != sample.user_id;
        CHECK(plain.at(at, 1).user_id == sample.user);
        CHECK(plain.at(at, 1).item_id == sample.item);
    }
    // Within five standard deviations of what is expected.
    CHECK(std::abs(static_cast<double>(no_user) - 500) < 97);
    CHECK(std::abs(static_cast<double>(no_item) - 500) < 97);
    CHECK(std::abs(static_cast<double>(neither) - 125) < 55);
    CHECK(moved > 500); // every epoch draws anew
    CHECK(samples.fingerprint() != plain.fingerprint());
    CHECK(feature_samples{ratings, users, items, 0.25, 3}.fingerprint() == samples.fingerprint());
    const small_world world;
    const neural::side_description<item_index> bare{{1, 1, 1, 1, 1, 1, 0}, {}};
    CHECK(world.samples.fingerprint() !=
          feature_samples{world.samples.ratings(), world.users, bare, 0.3, 9}.fingerprint());
    // Without entries of its own the id is unknown, also where samples are judged.
    const neural::side_description<item_index> no_entries{std::vector<std::uint8_t>(40, 0), {}};
    const feature_samples cold{ratings, users, no_entries};
    CHECK(cold.at(7, 0).item_id == 40);
}
