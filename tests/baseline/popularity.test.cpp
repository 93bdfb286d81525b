// SPDX-License-Identifier: MIT
#include <hybrec/baseline/popularity.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace hybrec;

static_assert(scorer<popularity> && recommender<popularity> && knows_users<popularity>);
static_assert(archivable<popularity>);
static_assert(!explainable<popularity>, "popularity cannot explain, and must not pretend to");
static_assert(!foldable<popularity>);

TEST_CASE("popularity ranks items by how many users have them") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{1}, 1.0F},
                                                            {user_index{1}, item_index{1}, 1.0F},
                                                            {user_index{2}, item_index{3}, 9.0F},
                                                            {user_index{2}, item_index{0}, 1.0F},
                                                            {user_index{0}, item_index{2}, 1.0F},
                                                            {user_index{1}, item_index{2}, 1.0F}},
        {.column_count = 6});
    popularity model;
    CHECK(model.recommend(3).empty());
    model.fit(matrix);
    // Ties in the order of the indices; items without entries are not recommended.
    const ranking<item_index> expected{
        {item_index{1}, 2}, {item_index{2}, 2}, {item_index{0}, 1}, {item_index{3}, 1}};
    CHECK(model.recommend(10) == expected);
    CHECK(model.recommend(user_index{0}, 2, unseen_by_user{matrix}) ==
          ranking<item_index>{{item_index{0}, 1}, {item_index{3}, 1}});
    CHECK(model.recommend(user_index{999}, 1).front().index == item_index{1});
    CHECK(model.recommend(5, where{[](item_index) { return false; }}).empty());
    CHECK(model.recommend(0).empty());

    std::array<float, 2> scores{};
    model.score(user_index{0}, std::array{item_index{5}, item_index{2}}, scores);
    CHECK(scores == std::array{0.0F, 2.0F});

    popularity weighted_model{{.weighted = true}};
    weighted_model.fit(matrix);
    CHECK(weighted_model.recommend(1).front() == scored_item{item_index{3}, 9});
}
