// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/filters.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;

static_assert(user_item_filter<unseen_by_user<float>> && !index_filter<unseen_by_user<float>>);
static_assert(index_filter<excluding<>> && !user_item_filter<excluding<>>);
static_assert(index_filter<allowing<user_index>, user_index>);
static_assert(!index_filter<excluding<user_index>, item_index>, "users are not items");
static_assert(!std::constructible_from<unseen_by_user<float>, user_items&&>,
              "a filter must not outlive a temporary matrix");

static_assert(user_deny_list<unseen_by_user<float>> && index_deny_list<excluding<>>);
static_assert(index_deny_list<excluding<user_index>, user_index>);
static_assert(!index_deny_list<allowing<>> && !index_deny_list<unfiltered>);

TEST_CASE("filters admit what they say") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{2}, 1.0F},
                                                            {user_index{1}, item_index{0}, 1.0F}});
    SUBCASE("unseen_by_user") {
        const unseen_by_user filter{matrix};
        CHECK_FALSE(filter.admits(user_index{0}, item_index{2}));
        CHECK(filter.admits(user_index{0}, item_index{0}));
        CHECK(filter.admits(user_index{1}, item_index{2}));
        CHECK(filter.admits(user_index{77}, item_index{2})); // beyond the matrix: nothing seen
    }
    SUBCASE("excluding and allowing, from indices, weights and matrix rows") {
        const std::vector<item_index> list{item_index{5}, item_index{3}};
        CHECK_FALSE(excluding{list}.admits(item_index{3}));
        CHECK(excluding{list}.admits(item_index{4}));
        CHECK(allowing{list}.admits(item_index{5}));
        CHECK_FALSE(allowing{list}.admits(item_index{4}));
        const std::vector<weighted_item> basket{{item_index{7}, 2.0F}};
        CHECK_FALSE(excluding{basket}.admits(item_index{7}));
        CHECK_FALSE(excluding{matrix.row(user_index{0})}.admits(item_index{2}));
        CHECK_FALSE(excluding{user_index{4}}.admits(user_index{4}));
    }
    SUBCASE("where, with and without the user") {
        const where even{[](item_index item) { return item.value() % 2 == 0; }};
        static_assert(index_filter<decltype(even)> && !user_item_filter<decltype(even)>);
        CHECK(even.admits(item_index{4}));
        CHECK_FALSE(even.admits(item_index{5}));
        const where own{
            [](user_index user, item_index item) { return user.value() == item.value(); }};
        static_assert(user_item_filter<decltype(own)> && !index_filter<decltype(own)>);
        CHECK(own.admits(user_index{2}, item_index{2}));
    }
    SUBCASE("joined with &") {
        const auto two =
            excluding{item_index{1}} & where{[](item_index item) { return item.value() < 3; }};
        static_assert(index_filter<decltype(two)> && !user_item_filter<decltype(two)>);
        CHECK(two.admits(item_index{0}));
        CHECK_FALSE(two.admits(item_index{1}));
        CHECK_FALSE(two.admits(item_index{3}));
        const auto three = two & unseen_by_user{matrix};
        static_assert(user_item_filter<decltype(three)> && !index_filter<decltype(three)>);
        CHECK_FALSE(three.admits(user_index{0}, item_index{2}));
        CHECK(three.admits(user_index{1}, item_index{2}));
        CHECK_FALSE(three.admits(user_index{1}, item_index{1}));
    }
}
