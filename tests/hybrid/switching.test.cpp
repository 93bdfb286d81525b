// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/switching.hpp>

#include "explained.hpp"
#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <type_traits>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::items_of;
using test::table_model;

namespace {

struct moment {
    int hour = 0;
};
const auto at_night = []<class Request>(const Request& who) {
    if constexpr (requires { who.context.hour; })
        return who.context.hour >= 22;
    else
        return false;
};

template <class... Models>
concept can_switch = requires(Models... models) {
    switching{otherwise("", models)...};
};
static_assert(can_switch<table_model<>, fixed_list>);
static_assert(!can_switch<table_model<>, table_model<score_kind::rating>>,
              "answers of different kinds cannot be told apart");
using scored_models = switching<regime<always_open, table_model<>>>;
using listed = switching<regime<always_open, table_model<>>, regime<always_open, fixed_list>>;
static_assert(scorer<scored_models> && recommender<scored_models> && foldable<scored_models>);
static_assert(recommender<listed> && !scorer<listed>, "a switch scores if all its models do");

} // namespace

TEST_CASE("switching answers with the first regime whose gate is open and whose model knows the "
          "request") {
    const table_model<> late{{{1, 2, 3}, {}}, 3};
    const table_model<> day{{{3, 2, 1}, {2, 3, 1}}, 3};
    const fixed_list everybody{{{item_index{1}, 1.0F}}, 3};
    const switching model{when("night", at_night, std::ref(late)), otherwise("day", day),
                          otherwise("unknown", everybody)};

    const auto answer = [&](const auto& who) { return items_of(model.recommend(who, 3)); };
    const auto name = [&](const auto& who) { return model.regime_name(model.regime_of(who)); };
    using who = request<moment>;
    CHECK(name(who{user_index{0}, {23}}) == "night");
    CHECK(answer(who{user_index{0}, {23}}) == std::vector<std::uint32_t>{2, 1, 0});
    CHECK(name(who{user_index{0}, {12}}) == "day");
    CHECK(answer(who{user_index{0}, {12}}) == std::vector<std::uint32_t>{0, 1, 2});
    CHECK(name(who{user_index{1}, {23}}) == "day"); // the night's model does not know the user
    CHECK(name(request{user_index{7}}) == "unknown");
    CHECK(answer(request{user_index{7}}) == std::vector<std::uint32_t>{1});
    CHECK(items_of(model.recommend(user_index{0}, 2, excluding{item_index{0}})) ==
          std::vector<std::uint32_t>{1, 2});
    CHECK(late.calls == 1);
}

TEST_CASE("switching without an open regime knows nobody") {
    const table_model<> model{{{1, 2, 3}}, 3};
    const switching closed{when(
        "never", [](const auto&) { return false; }, std::ref(model))};
    CHECK_FALSE(closed.knows(user_index{0}));
    CHECK(closed.regime_of(request{user_index{0}}) == closed.regime_count);
    CHECK(closed.recommend(user_index{0}, 3).empty());
    std::vector<float> scores(1, 5.0F);
    const item_index first{0};
    closed.score(user_index{0}, {&first, 1}, scores);
    CHECK(scores[0] == 0);
}

TEST_CASE("switching explains by the regime that answers") {
    using test::explaining_table;
    const explaining_table<> late{{{1, 2, 3}, {}}, 3};
    const blend day{weighted_sum<as_is>{{1, 1}}, explaining_table<>{{{3, 0, 1}, {2, 3, 1}}, 3},
                    explaining_table<>{{{1, 2, 1}, {}}, 3}};
    const switching model{when("night", at_night, std::cref(late)), otherwise("day", day)};
    static_assert(explainable<std::remove_cvref_t<decltype(model)>>);
    static_assert(!explainable<scored_models> && !explainable<listed>,
                  "a switch explains if all its models do");
    test::check_scores_explained(model);

    using who = request<moment>;
    const auto why = model.explain(who{user_index{0}, {23}}, item_index{2});
    REQUIRE(why.components.size() == 2);
    CHECK(why.components[0].parts == late.explain(user_index{0}, item_index{2}).parts);
    CHECK(why.components[1].parts.empty());
    const auto at_noon = model.explain(who{user_index{0}, {12}}, item_index{2});
    CHECK(at_noon.components[0].parts.empty());
    CHECK(at_noon.components[1].score == 1);
    CHECK(test::added_by(at_noon, 0) == 0.75); // half of each of the blend's parts
    CHECK(model.explain(who{user_index{1}, {23}}, item_index{1}).components[1].score == 1.5F);
    CHECK(model.explain(user_index{7}, item_index{1}).score == 0);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{3}), shape_error);

    popularity popular;
    popular.fit(build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{2}, 1.0F},
                                                            {user_index{1}, item_index{2}, 1.0F}},
        {.row_count = 2}));
    const switching usual{otherwise("late", late), otherwise("popular", std::cref(popular))};
    const auto popularly = usual.explain(user_index{1}, item_index{2});
    CHECK(popularly.components[1].remainder == 2);
    CHECK(popularly.score == 2);
    CHECK(popularly.parts.empty());

    // Components may differ in their items.
    const switching uneven{otherwise("small", late),
                           otherwise("large", explaining_table<>{{{}, {1, 1, 1, 1}}, 4})};
    CHECK(uneven.explain(user_index{0}, item_index{3}).score == 0);
    CHECK(uneven.explain(user_index{1}, item_index{3}).score == 1);
}
