// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/mixed.hpp>

#include "explained.hpp"
#include "table_model.hpp"

#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::items_of;
using test::table_model;

namespace {

using items = std::vector<std::uint32_t>;
using two = mixed<interleaving, table_model<>, table_model<score_kind::rating>>;
static_assert(recommender<two> && foldable<two> && knows_users<two> && scorer<two>);
static_assert(two::kind == score_kind::rank, "lists of any kinds mix");
static_assert(merge_policy<filling> && merge_policy<concatenating> && merge_policy<team_drafting>);
static_assert(!merge_policy<int>);

const std::vector<std::vector<float>> falling{{4, 3, 2, 1}, {}};
const std::vector<std::vector<float>> rising{{1, 2, 3, 4}, {1, 0, 0, 0}};

} // namespace

TEST_CASE("mixed merges the lists of its parts") {
    const table_model<> first{falling, 4};
    const table_model<> second{rising, 4};
    const auto shown = [&](const auto& policy, std::size_t n, user_index user = user_index{0}) {
        return items_of(mixed{policy, first, std::ref(second)}.recommend(user, n));
    };
    CHECK(shown(interleaving{}, 4) == items{0, 3, 1, 2});
    CHECK(shown(interleaving{}, 1) == items{0});
    CHECK(shown(concatenating{{1, 2}}, 4) == items{0, 3, 2});
    CHECK(shown(concatenating{{1}}, 4) == items{0});
    CHECK(shown(filling{}, 3) == items{0, 1, 2});
    CHECK(shown(interleaving{}, 4, user_index{1}) == items{0}); // the first does not know the user
    CHECK(shown(interleaving{}, 4, user_index{7}).empty());

    const mixed model{interleaving{}, first, std::ref(second)};
    CHECK(model.knows(user_index{1}));
    CHECK_FALSE(model.knows(user_index{7}));
    const auto list = model.recommend(user_index{0}, 4, excluding{item_index{0}});
    CHECK(items_of(list) == items{1, 3, 2});
    CHECK(list[0].score == 1);
    CHECK(list[2].score == doctest::Approx(1.0 / 3));
    const std::vector visited{item_index{0}};
    CHECK(model.recommend(model.fold_in(visited), 4) == model.recommend(user_index{0}, 4));
}

TEST_CASE("mixed says which part each item is from") {
    const table_model<> first{falling, 4};
    const table_model<> second{rising, 4};
    const mixed model{team_drafting{.seed = 3}, first, second};
    std::vector<scored_item> out(4);
    std::vector<std::uint32_t> sources(4);
    std::size_t first_began = 0;
    for (std::uint64_t round = 0; round < 200; ++round) {
        const mixed draft{team_drafting{.seed = 3, .round = round}, first, second};
        REQUIRE(draft.recommend_into(request{user_index{0}}, out, sources) == 4);
        CHECK(sources[0] + sources[1] == 1); // a pick each
        CHECK(out[0].index == item_index{sources[0] == 0 ? 0U : 3U});
        first_began += sources[0] == 0 ? 1U : 0U;
        const auto again = draft.recommend(user_index{0}, 4);
        CHECK(std::ranges::equal(again, out));
    }
    CHECK(first_began > 70);
    CHECK(first_began < 130);
    const std::vector<weighted_item> history{{item_index{0}, 1.0F}};
    CHECK(model.recommend(request{history}, 4) == model.recommend(request{history}, 4));
}

TEST_CASE("mixed explains places by the parts that items were taken from") {
    const test::explaining_table<> first{falling, 4};
    const test::explaining_table<score_kind::rating> second{rising, 4};
    const mixed model{interleaving{}, first, std::ref(second)};
    static_assert(explainable<mixed<filling, test::explaining_table<>>>);
    static_assert(!explainable<two>, "every list may give the item");
    for (const std::uint32_t user : {0U, 1U, 7U})
        test::check_list_explained(model, user_index{user}, user == 0 ? 4 : user == 1 ? 1 : 0);

    // Items 0, 3, 1, 2: item 3 is the second's, with a place of 3/4 for a score of 4.
    const auto why = model.explain(user_index{0}, item_index{3});
    REQUIRE(why.components.size() == 2);
    CHECK(why.components[0].score == 0);
    CHECK(why.components[1].score == 0.75F);
    CHECK(test::added_by(why.components[1], 0) == 0.75 * 0.75);
    CHECK(test::added_by(why.components[1], 1) == -0.25 * 0.75);
    CHECK(why.remainder == 0.5F * 0.75F);
    // In a list of two the place is worth 1/2, and item 1 has none.
    CHECK(model.explain(user_index{0}, item_index{3}, 2).score == 0.5F);
    CHECK(model.explain(user_index{0}, item_index{1}, 2).score == 0);
    const std::vector<weighted_item> history{{item_index{0}, 1.0F}};
    CHECK(model.explain(request{user_index{7}, history}, item_index{3}, 2).score == 0.5F);
    CHECK(model.explain(model.fold_in(history), item_index{3}).parts == why.parts);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{4}), shape_error);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{4}, 2), shape_error);

    // Its place explains an item that was taken with a score that has no parts to share it.
    const mixed sour{filling{}, test::explaining_table<>{{{-1, -2}}, 2}};
    CHECK(sour.explain(user_index{0}, item_index{0}).parts.empty());
    CHECK(sour.explain(user_index{0}, item_index{0}).remainder == 1);
}

TEST_CASE("mixed scores items by their places in the list of all, and is a part of blends") {
    const table_model<> left{{{3, 2, 1, 0}, {}}, 4}, right{{{0, 1, 2, 0}, {}}, 4};
    const mixed both{interleaving{}, left, std::cref(right)};
    const auto list = both.recommend(user_index{0}, 4); // the last item is in no list
    REQUIRE(list.size() == 3);
    for (const auto& [item, score] : list) {
        float alone = -1;
        both.score(user_index{0}, {&item, 1}, {&alone, 1});
        CHECK(alone == score);
    }
    const std::vector<item_index> some{item_index{3}, item_index{0}};
    std::vector<float> scores(2, -1.0F);
    both.score(user_index{0}, some, scores);
    CHECK(scores == std::vector{0.0F, 1.0F});
    both.score(user_index{1}, some, scores); // not known
    CHECK(scores == std::vector{0.0F, 0.0F});
    const blend nested{weighted_sum<as_is>{1}, both};
    CHECK(nested.recommend(user_index{0}, 4) == list);
}
