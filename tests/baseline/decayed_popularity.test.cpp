// SPDX-License-Identifier: MIT
#include <hybrec/baseline/decayed_popularity.hpp>

#include <hybrec/data/interaction.hpp>

#include <doctest/doctest.h>

#include <limits>
#include <utility>
#include <vector>

using namespace hybrec;

static_assert(scorer<decayed_popularity> && recommender<decayed_popularity> &&
              knows_users<decayed_popularity> && archivable<decayed_popularity>);
static_assert(!foldable<decayed_popularity> && !explainable<decayed_popularity>);

namespace {

interaction_log log_of(std::vector<interaction> events) {
    interaction_log log;
    log.matrix = to_matrix(events, 3, 4);
    log.events = std::move(events);
    log.has_times = true;
    return log;
}

} // namespace

TEST_CASE("decayed_popularity lets old events count less") {
    const interaction_log log = log_of({{user_index{0}, item_index{0}, 1, 0, 1000},
                                        {user_index{1}, item_index{0}, 1, 0, 1000},
                                        {user_index{2}, item_index{0}, 1, 0, 1000},
                                        {user_index{0}, item_index{1}, 1, 0, 1200},
                                        {user_index{0}, item_index{1}, 0.5F, 0, 1300},
                                        {user_index{1}, item_index{2}, -1, 0, 1300}});
    decayed_popularity model{{.half_life = 100, .now = unix_seconds{1200}}};
    CHECK(!model.knows(user_index{0}));
    model.fit(log);
    // Three events two half-lives ago; one now, and one from the future, which has no age.
    CHECK(model.recommend(9) == ranking<item_index>{{item_index{1}, 1.5F}, {item_index{0}, 0.75F}});
    CHECK(model.recommend(user_index{0}, 9, excluding{std::vector{item_index{1}}}).size() == 1);
    CHECK(model.knows(user_index{99}));
    CHECK(model.user_count() == 3);
    CHECK(model.item_count() == 4);
    decayed_popularity slow{{.half_life = 1e9, .now = unix_seconds{1200}}};
    slow.fit(log);
    CHECK(slow.recommend(1).front().index == item_index{0});
    CHECK(!(slow == model));
}

TEST_CASE("decayed_popularity names what is missing") {
    interaction_log log = log_of({{user_index{0}, item_index{0}, 1, 0, 1000}});
    decayed_popularity unset;
    CHECK_THROWS_WITH_AS(unset.fit(log), doctest::Contains("half_life"), option_error);
    decayed_popularity timeless{{.half_life = 10}};
    CHECK_THROWS_WITH_AS(timeless.fit(log), doctest::Contains("now"), option_error);
    decayed_popularity model{{.half_life = 10, .now = unix_seconds{1000}}};
    model.fit(log);
    const decayed_popularity before = model;
    log.events[0].weight = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS(model.fit(log), data_error);
    log.events.clear();
    CHECK_THROWS_AS(model.fit(log), data_error);
    log.has_times = false;
    CHECK_THROWS_AS(model.fit(log), data_error);
    CHECK(model == before);
}
