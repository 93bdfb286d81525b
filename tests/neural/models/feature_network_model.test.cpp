// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/feature_network_model.hpp>

#include "../feature_model_fixture.hpp"

#include <hybrec/neural/models/deep_fm.hpp>

#include <doctest/doctest.h>

#include <cstddef>

using namespace hybrec;
using namespace hybrec::test;

TEST_CASE("neural::feature_network_model takes the kinds of calls that recommender_net takes") {
    const clubs data;
    const neural::deep_fm_options small{.embedding = 4, .hidden = {8, 4}};
    const neural::training_options once{.epochs = 1};
    std::size_t events = 0;
    const auto count = [&](const progress_event&) { ++events; };
    neural::deep_fm bare{small}, described{small};
    bare.fit(data.matrix, once, count);
    CHECK(events == 2); // before the first epoch and after it
    described.fit(user_items{data.matrix}, data.fields, once, count); // an rvalue
    CHECK(bare != described);
    neural::deep_fm again{small};
    again.fit(data.matrix.view(), {.users = data.fields.users, .items = data.fields.items}, once);
    CHECK(again == described);
    // Without features nobody is known who has no entries.
    CHECK(!bare.knows(user_index{clubs::acting_users}));
    CHECK(!bare.knows(item_index{clubs::acting_items}));
    CHECK(bare.recommend(user_index{0}, clubs::items).size() == clubs::acting_items);
}
