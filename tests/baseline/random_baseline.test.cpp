// SPDX-License-Identifier: MIT
#include <hybrec/baseline/random_baseline.hpp>

#include <hybrec/sparse/csr.hpp>

#include <doctest/doctest.h>

#include <array>
#include <cstdlib>
#include <set>
#include <vector>

using namespace hybrec;

static_assert(scorer<random_baseline> && recommender<random_baseline> &&
              knows_users<random_baseline> && archivable<random_baseline>);
static_assert(!foldable<random_baseline> && !explainable<random_baseline>);

TEST_CASE("random_baseline ranks every item once, in an order of the user's own") {
    random_baseline model{{.seed = 7}};
    CHECK(!model.knows(user_index{0}));
    CHECK(model.recommend(user_index{0}, 5).empty());
    model.fit(user_items{3, 50});
    CHECK(model.user_count() == 3);
    const auto all = model.recommend(user_index{1}, 100);
    CHECK(all.size() == 50);
    std::set<item_index> items;
    for (std::size_t at = 0; at < all.size(); ++at) {
        items.insert(all[at].index);
        CHECK(all[at].score == model.score(user_index{1}, all[at].index));
        CHECK(all[at].score >= 0);
        CHECK(all[at].score < 1);
        if (at > 0)
            CHECK(ranks_before(all[at - 1], all[at]));
    }
    CHECK(items.size() == 50);
    CHECK(model.recommend(user_index{1}, 100) == all);
    CHECK(model.recommend(user_index{2}, 100) != all);
    const auto few = model.recommend(user_index{1}, 3, excluding{std::vector{all[0].index}});
    REQUIRE(few.size() == 3);
    CHECK(few[0] == all[1]);
    random_baseline other{{.seed = 8}};
    other.fit(user_items{3, 50});
    CHECK(other.recommend(user_index{1}, 100) != all);
    CHECK(!(other == model));
}

TEST_CASE("random_baseline gives every item the first place equally often") {
    random_baseline model;
    model.fit(user_items{1, 4});
    std::array<int, 4> first{};
    for (std::size_t user = 0; user < 4000; ++user)
        ++first[model.recommend(user_index(user), 1).front().index.value()];
    for (const int count : first)
        CHECK(std::abs(count - 1000) < 137); // five standard deviations
}
