// SPDX-License-Identifier: MIT
#include <hybrec/baseline/segmented_popularity.hpp>

#include <hybrec/sparse/csr.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <vector>

using namespace hybrec;

static_assert(scorer<segmented_popularity> && recommender<segmented_popularity> &&
              knows_users<segmented_popularity> && archivable<segmented_popularity>);
static_assert(!foldable<segmented_popularity> && !explainable<segmented_popularity>);

TEST_CASE("segmented_popularity ranks by what the user's segment has") {
    // Users 0, 2 and 4 are segment 0, users 1 and 3 segment 2; segment 1 has user 5 and no entry.
    const user_items matrix{
        {0, 2, 3, 4, 5, 6, 6},
        {item_index{0}, item_index{1}, item_index{2}, item_index{1}, item_index{2}, item_index{3}},
        {1, 1, 1, 1, 4, 9},
        5};
    const std::vector<std::uint32_t> segments{0, 2, 0, 2, 0, 1};
    segmented_popularity model;
    CHECK(!model.knows(user_index{0}));
    CHECK(model.item_count() == 0);
    model.fit(matrix, segments);
    CHECK(model.user_count() == 6);
    CHECK(model.item_count() == 5);
    CHECK(model.segment_count() == 3);
    CHECK(model.recommend(user_index{0}, 9) ==
          ranking<item_index>{{item_index{1}, 2}, {item_index{0}, 1}, {item_index{3}, 1}});
    CHECK(model.recommend(user_index{0}, 1, unseen_by_user{matrix}) ==
          ranking<item_index>{{item_index{3}, 1}});
    CHECK(model.recommend(user_index{3}, 9) == ranking<item_index>{{item_index{2}, 2}});
    CHECK(model.recommend(user_index{5}, 9).empty());
    CHECK(model.knows(user_index{1}));
    CHECK(!model.knows(user_index{5}));
    CHECK(!model.knows(user_index{6}));
    CHECK(model.recommend_to_segment(2, 9) == model.recommend(user_index{1}, 9));
    CHECK_THROWS_AS((void)model.recommend_to_segment(3, 9), shape_error);
    CHECK_THROWS_AS((void)model.recommend(user_index{6}, 9), shape_error);
    std::array<float, 2> scores{};
    model.score(user_index{3}, std::array{item_index{2}, item_index{1}}, scores);
    CHECK(scores == std::array{2.0F, 0.0F});

    segmented_popularity weighted{{.weighted = true}};
    weighted.fit(matrix, segments);
    CHECK(weighted.recommend(user_index{0}, 1).front() == scored_item{item_index{3}, 9});
    CHECK(!(weighted == model));

    const segmented_popularity before = model;
    CHECK_THROWS_WITH_AS(model.fit(matrix, std::vector<std::uint32_t>{0}),
                         doctest::Contains("1 segments are given for 6 users"), shape_error);
    CHECK_THROWS_AS(model.fit(user_items{2, 2}, std::vector<std::uint32_t>{0, 0}), data_error);
    CHECK(model == before);
}
