// SPDX-License-Identifier: MIT
#include <hybrec/serving/any_recommender.hpp>

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/fallback.hpp>
#include <hybrec/neighbors/item_knn.hpp>

#include "purchases.hpp"

#include <doctest/doctest.h>

#include <concepts>
#include <string>
#include <type_traits>
#include <vector>

using namespace hybrec;

namespace {

/// Recommends, and can do nothing else.
struct bare : popularity {
    static std::string type_name() = delete;
    void score(user_index, std::span<const item_index>, std::span<float>) const noexcept = delete;
};

static_assert(std::constructible_from<any_recommender, popularity> &&
              std::constructible_from<any_recommender, implicit_als<>>);
static_assert(!std::constructible_from<any_recommender, int>);
static_assert(!std::constructible_from<any_recommender, fallback<implicit_als<>, popularity>>,
              "it does not say which users it knows");
static_assert(!recommender<any_recommender>, "its scores' kind is not known when compiling");
static_assert(knows_users<any_recommender> && std::copyable<any_recommender>);

} // namespace

TEST_CASE("a model chosen at run time answers as it does itself") {
    const user_items matrix = purchases::matrix();
    popularity popular;
    popular.fit(matrix);
    item_knn knn{};
    knn.fit(matrix);
    const std::vector<any_recommender> choice{popular, knn};
    const std::vector<weighted_item> history{{item_index{3}, 1.0F}};
    const std::vector<item_index> all{item_index{0}, item_index{1}, item_index{2}, item_index{3}};
    const unseen_by_user unseen{matrix};

    for (std::uint32_t user = 0; user < 4; ++user) {
        CHECK(choice[0].recommend(user_index{user}, 4, unseen) ==
              popular.recommend(user_index{user}, 4, unseen));
        CHECK(choice[1].recommend(user_index{user}, 4, unseen) ==
              knn.recommend(user_index{user}, 4, unseen));
        CHECK(choice[1].recommend(user_index{user}, 2, excluding{item_index{0}}) ==
              knn.recommend(user_index{user}, 2, excluding{item_index{0}}));
        std::vector<float> mine(4), its(4);
        choice[1].score(user_index{user}, all, mine);
        knn.score(user_index{user}, all, its);
        CHECK(mine == its);
    }
    CHECK(choice[1].recommend(history, 4, excluding(history)) ==
          knn.recommend(knn.fold_in(history), 4, excluding(history)));
    CHECK_FALSE(choice[1].recommend(history, 4).empty());
    CHECK(choice[1].name() == item_knn<>::type_name());
    CHECK(choice[0].kind() == score_kind::preference);
    CHECK(choice[1].user_count() == 5);
    CHECK(choice[1].item_count() == 4);
    CHECK(choice[1].knows(user_index{0}));
    CHECK_FALSE(choice[1].knows(user_index{4}));
    CHECK(choice[0].get_if<popularity>() != nullptr);
    CHECK(*choice[0].get_if<popularity>() == popular);
    CHECK(choice[0].get_if<item_knn<>>() == nullptr);
    CHECK(choice[1].can_fold_in());
    CHECK(choice[1].can_score());
}

TEST_CASE("a missing ability is refused by name") {
    popularity popular;
    popular.fit(purchases::matrix());
    const any_recommender model{popular};
    CHECK(model.can_score());
    CHECK_FALSE(model.can_fold_in());
    const std::vector<weighted_item> history{{item_index{3}, 1.0F}};
    CHECK_THROWS_WITH_AS((void)model.recommend(history, 3), "popularity is not foldable",
                         missing_ability_error);

    const any_recommender poor{bare{popular}};
    CHECK_FALSE(poor.can_score());
    CHECK(poor.recommend(user_index{0}, 1).size() == 1);
    std::vector<float> out(1);
    const item_index item{0};
    CHECK_THROWS_WITH_AS(poor.score(user_index{0}, {&item, 1}, out), "the model is not a scorer",
                         missing_ability_error);
}
