// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/neighbour_hybrid.hpp>

#include "explained.hpp"
#include "table_model.hpp"

#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <limits>
#include <vector>

using namespace hybrec;
using test::items_of;

namespace {

/// Likenesses by hand: users 1 and 2 are like user 0; items 3 and 4 are like item 1, item 4 like item 2.
struct likenesses {
    static bool knows(user_index user) noexcept { return user.value() < 3; }
    static ranking<user_index> similar_users(user_index user, std::size_t n) {
        ranking<user_index> list;
        if (user == user_index{0})
            list = {{user_index{1}, 0.9F}, {user_index{2}, 0.8F}};
        list.resize(std::min(n, list.size()));
        return list;
    }
    static ranking<item_index> similar_items(item_index item, std::size_t n) {
        ranking<item_index> list;
        if (item == item_index{1})
            list = {{item_index{4}, 0.9F}, {item_index{3}, 0.8F}};
        if (item == item_index{2})
            list = {{item_index{4}, 0.7F}};
        list.resize(std::min(n, list.size()));
        return list;
    }
};

using by_hand = neighbour_hybrid<likenesses, likenesses>;
static_assert(recommender<by_hand> && scorer<by_hand> && knows_users<by_hand>);
static_assert(explainable<by_hand>, "likes and likenesses are all there is to explain");
template <class Model>
concept has_neighbours = requires(Model model) {
    neighbour_hybrid{model};
};
static_assert(has_neighbours<implicit_als<>> && !has_neighbours<test::table_model<>>);

const user_items likes = build_csr<user_index, item_index, float>(
    std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F},
                                                        {user_index{1}, item_index{0}, 1.0F},
                                                        {user_index{1}, item_index{1}, 1.0F},
                                                        {user_index{2}, item_index{1}, 1.0F},
                                                        {user_index{2}, item_index{2}, -1.0F}},
    {.row_count = 3, .column_count = 5});

} // namespace

TEST_CASE("neighbour_hybrid adds what neighbours like and what is like that") {
    by_hand model{{}, {}, {.user_weight = 0.5F, .content_weight = 0.25F}};
    model.fit(likes);
    // Item 1 is liked twice; 3 and 4 are like it, twice. Item 2 is disliked.
    const auto list = model.recommend(user_index{0}, 5);
    CHECK(items_of(list) == std::vector<std::uint32_t>{1, 3, 4});
    CHECK(list[0].score == 1);
    CHECK(list[1].score == 0.5F);
    CHECK(items_of(model.recommend(user_index{0}, 5, excluding{item_index{1}})) ==
          std::vector<std::uint32_t>{3, 4});
    CHECK(model.recommend(user_index{1}, 5).empty()); // nobody is like user 1
    CHECK(model.recommend(user_index{9}, 5).empty());
    CHECK_FALSE(model.knows(user_index{9}));

    by_hand all{{}, {}, {.similar_users = 1, .similar_items = 1, .exclude_seen = false}};
    all.fit(likes);
    const auto seen = all.recommend(user_index{0}, 5);
    CHECK(items_of(seen) == std::vector<std::uint32_t>{0, 1, 4});
    CHECK(seen[2].score == 0.5F);
    std::vector<float> scores(2);
    const std::vector<item_index> some{item_index{4}, item_index{2}};
    all.score(user_index{0}, some, scores);
    CHECK(scores == std::vector<float>{0.5F, 0});
}

TEST_CASE("neighbour_hybrid weighs likes, likenesses and the user's own likes") {
    using doctest::Approx;
    // User 0 likes item 1 of old; users 1 and 2 have the likenesses .9 and .8.
    const user_items weighed = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{1}, 5.0F},
                                                            {user_index{1}, item_index{1}, 3.0F},
                                                            {user_index{1}, item_index{2}, 2.0F},
                                                            {user_index{2}, item_index{2}, 7.0F},
                                                            {user_index{2}, item_index{0}, 0.5F}},
        {.row_count = 3, .column_count = 5});
    neighbour_hybrid_options options{.user_weight = 1,
                                     .content_weight = 0.25F,
                                     .own_weight = 10,
                                     .likeness_power = 2,
                                     .weigh_likes = true,
                                     .liked_from = 1};
    const std::vector items{item_index{0}, item_index{1}, item_index{2}, item_index{3},
                            item_index{4}};
    const auto scores = [&] {
        by_hand model{{}, {}, options};
        model.fit(weighed);
        test::check_scores_explained(model);
        std::vector<float> found(5);
        model.score(user_index{0}, items, found);
        return found;
    };
    const double first = 3 * .81, second = 2 * .81 + 7 * .64; // of items 1 and 2
    auto found = scores();
    CHECK(found[0] == 0); // .5 is no like
    CHECK(found[1] == Approx(first));
    CHECK(found[2] == Approx(second));
    CHECK(found[3] == Approx(.64 * (.25 * first + 10)));
    CHECK(found[4] == Approx(.81 * (.25 * first + 10) + .49 * .25 * second));
    SUBCASE("own likes alone spread") {
        options.content_weight = 0;
        found = scores();
        CHECK(found[3] == Approx(.64 * 10));
        CHECK(found[4] == Approx(.81 * 10));
    }
    SUBCASE("heads, with likenesses") {
        options.weigh_likes = false;
        found = scores();
        CHECK(found[1] == Approx(.81));
        CHECK(found[2] == Approx(.81 + .64));
    }
    SUBCASE("values, without likenesses") {
        options.likeness_power = 0;
        found = scores();
        CHECK(found[2] == Approx(9));
        CHECK(found[4] == Approx(.25 * 3 + 10 + .25 * 9));
    }
    SUBCASE("explained") {
        by_hand model{{}, {}, options};
        model.fit(weighed);
        const auto why = model.explain(user_index{0}, item_index{4});
        REQUIRE(why.components.size() == 3);
        REQUIRE(why.components[2].parts.size() == 1);
        CHECK(why.components[2].parts[0].index == item_index{1});
        CHECK(why.components[2].score == Approx(.81 * 10));
        CHECK(why.parts[0].score == Approx(.81 * (10 + .25 * first))); // both by item 1
    }
}

TEST_CASE("unlike users and items say nothing where likenesses weigh") {
    struct opposites : likenesses {
        static ranking<user_index> similar_users(user_index, std::size_t) {
            return {{user_index{1}, 0.5F}, {user_index{2}, -0.5F}};
        }
        static ranking<item_index> similar_items(item_index, std::size_t) {
            return {{item_index{3}, 0.5F}, {item_index{4}, -0.5F}};
        }
    };
    const std::vector<triplet<user_index, item_index, float>> entries{
        {user_index{1}, item_index{1}, 1.0F}, {user_index{2}, item_index{2}, 1.0F}};
    neighbour_hybrid model{opposites{}, opposites{}, {.likeness_power = 2}};
    model.fit(
        build_csr<user_index, item_index, float>(entries, {.row_count = 3, .column_count = 5}));
    CHECK(items_of(model.recommend(user_index{0}, 5)) == std::vector<std::uint32_t>{1, 3});
}

TEST_CASE("likenesses of items that are not recommended are left out") {
    struct far_away : likenesses {
        static ranking<item_index> similar_items(item_index, std::size_t) {
            return {{item_index{400'000'000}, 0.9F}, {item_index{3}, 0.8F}};
        }
    };
    neighbour_hybrid model{likenesses{}, far_away{}, {.similar_users = 2}};
    const std::vector<triplet<user_index, item_index, float>> entries{
        {user_index{1}, item_index{1}, 1.0F}};
    model.fit(
        build_csr<user_index, item_index, float>(entries, {.row_count = 3, .column_count = 4}));
    CHECK(items_of(model.recommend(user_index{0}, 5)) == std::vector<std::uint32_t>{1, 3});
}

TEST_CASE("neighbour_hybrid refuses weights that mean nothing") {
    const float nan = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS((by_hand{{}, {}, {.similar_users = 0}}), option_error);
    CHECK_THROWS_AS((by_hand{{}, {}, {.user_weight = nan}}), option_error);
    CHECK_THROWS_AS((by_hand{{}, {}, {.content_weight = -1}}), option_error);
    CHECK_THROWS_AS((by_hand{{}, {}, {.own_weight = nan}}), option_error);
    CHECK_THROWS_AS((by_hand{{}, {}, {.likeness_power = -1}}), option_error);
    CHECK_THROWS_WITH_AS((by_hand{{}, {}, {.weigh_likes = true, .liked_from = -1}}),
                         doctest::Contains("liked_from"), option_error);
    CHECK(by_hand{likenesses{}, likenesses{}}.recommend(user_index{0}, 5).empty()); // not fitted
}

TEST_CASE("neighbour_hybrid of one embedding model") {
    const auto data = make_synthetic_catalogue({.users = 60, .items = 90, .mean_interactions = 12});
    implicit_als<> als{{.factors = 8, .iterations = 3}};
    als.fit(data.log.matrix);
    neighbour_hybrid model{std::ref(als)};
    model.fit(data.log.matrix);
    const auto list = model.recommend(user_index{5}, 10);
    CHECK(list.size() == 10);
    for (const auto& entry : list)
        CHECK_FALSE(data.log.matrix.row(user_index{5}).contains(entry.index));
}

TEST_CASE("neighbour_hybrid explains by what similar users like") {
    const std::vector<triplet<user_index, item_index, float>> entries{
        {user_index{1}, item_index{1}, 1.0F},  {user_index{1}, item_index{2}, 1.0F},
        {user_index{1}, item_index{4}, 1.0F},  {user_index{2}, item_index{1}, 1.0F},
        {user_index{2}, item_index{2}, -1.0F}, {user_index{0}, item_index{0}, 1.0F}};
    by_hand model{{}, {}, {.user_weight = 0.5F, .content_weight = 0.25F}};
    model.fit(build_csr<user_index, item_index, float>(entries, {.row_count = 3}));
    test::check_scores_explained(model);
    // Liked by one; like item 1, which two like, and like item 2, which one likes.
    const auto why = model.explain(user_index{0}, item_index{4});
    CHECK(why.score == 0.5F + 0.5F + 0.25F);
    CHECK(why.remainder == 0);
    REQUIRE(why.components.size() == 3);
    CHECK(why.components[0].parts == ranking<item_index>{{item_index{4}, 0.5F}});
    CHECK(why.components[1].parts ==
          ranking<item_index>{{item_index{1}, 0.5F}, {item_index{2}, 0.25F}});
    CHECK(why.components[2].parts.empty()); // own likes do not speak by default
    CHECK(model.explain(user_index{0}, item_index{0}).parts.empty()); // what only the user likes
    CHECK(model.explain(user_index{1}, item_index{4}).parts.empty()); // nobody is like user 1
    CHECK(model.explain(user_index{9}, item_index{4}).score == 0);
    const std::vector history{item_index{1}};
    CHECK(model.explain(model.fold_in(history), item_index{4}).score ==
          0); // no likeness of visitors
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{5}), shape_error);
    CHECK_THROWS_AS((void)by_hand{likenesses{}}.explain(user_index{0}, item_index{0}), shape_error);

    by_hand by_likes{{}, {}, {.content_weight = 0}};
    by_likes.fit(likes);
    test::check_scores_explained(by_likes);
    CHECK(by_likes.explain(user_index{0}, item_index{4}).score == 0);
}
