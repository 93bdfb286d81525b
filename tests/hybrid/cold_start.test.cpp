// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/cold_start.hpp>

#include "explained.hpp"
#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <type_traits>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::items_of;
using test::table_model;

namespace {

template <class P, class C, class F>
concept can_start = requires(P p, C c, F f) {
    cold_start{p, c, f, history_lengths{}};
};
static_assert(can_start<fixed_list, table_model<>, table_model<>>);
static_assert(!can_start<table_model<>, table_model<>, table_model<>>,
              "the last resort has to serve everybody");
using model_type = cold_start<fixed_list, table_model<>, table_model<>>;
static_assert(recommender<model_type> && foldable<model_type> && scorer<model_type>);

/// User u has u items.
user_items growing(std::uint32_t users) {
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::uint32_t user = 0; user < users; ++user)
        for (std::uint32_t item = 0; item < user; ++item)
            entries.push_back({user_index{user}, item_index{item}, 1.0F});
    return build_csr<user_index, item_index, float>(entries, {.row_count = users});
}

} // namespace

TEST_CASE("cold_start has four regimes") {
    const std::vector<float> by_content{4, 3, 2, 0};
    const std::vector<float> by_others{0, 2, 3, 4};
    const table_model<> content{std::vector(9, by_content), 4};
    const table_model<> collaborative{std::vector(9, by_others), 4};
    const fixed_list popular{{{item_index{1}, 9.0F}}, 4};
    const cold_start model{popular,
                           content,
                           collaborative,
                           history_lengths{growing(9)},
                           {.content_below = 2, .collaborative_from = 6}};

    const auto answer = [&](std::uint32_t user) {
        std::vector<scored_item> out(4);
        cold_start_regime regime{};
        out.resize(model.recommend_into(request{user_index{user}}, out, regime));
        return std::pair{std::string{name_of(regime)}, out};
    };
    using items = std::vector<std::uint32_t>;
    CHECK(answer(0).first == "popularity");
    CHECK(items_of(answer(0).second) == items{1});
    CHECK(answer(1).first == "content");
    CHECK(items_of(answer(1).second) == items{0, 1, 2});
    CHECK(answer(6).first == "collaborative");
    CHECK(items_of(answer(6).second) == items{3, 2, 1});

    // h = 3: α = 1/4. Lists of three: the places count 1, 2/3, 1/3.
    const auto [regime, blended] = answer(3);
    CHECK(regime == "blended");
    CHECK(items_of(blended) == items{0, 1, 2, 3});
    CHECK(blended[0].score == doctest::Approx(0.75));
    CHECK(blended[1].score == doctest::Approx(0.75 * 2 / 3 + 0.25 / 3));
    CHECK(blended[2].score == doctest::Approx(0.75 / 3 + 0.25 * 2 / 3));
    CHECK(blended[3].score == doctest::Approx(0.25));
    CHECK(items_of(answer(2).second) == items{0, 1, 2, 3}); // α = 0
    CHECK(answer(2).second[3].score == 0);

    // A visitor's regime is that of its history.
    CHECK(model.regime_of(request{std::span<const weighted_item>{}}) ==
          cold_start_regime::popularity);
    const std::vector<weighted_item> one{{item_index{0}, 1.0F}};
    CHECK(model.regime_of(request{one}) == cold_start_regime::content);
}

TEST_CASE("cold_start goes up where a regime has nothing to say") {
    const table_model<> nothing{std::vector<std::vector<float>>(9), 4};
    const fixed_list popular{{{item_index{1}, 9.0F}, {item_index{2}, 8.0F}}, 4};
    const cold_start model{popular,
                           nothing,
                           nothing,
                           history_lengths{growing(9)},
                           {.content_below = 2, .collaborative_from = 6}};
    for (const std::uint32_t user : {0U, 1U, 3U, 8U, 100U}) {
        std::vector<scored_item> out(1);
        cold_start_regime regime{};
        CHECK(model.recommend_into(request{user_index{user}}, out, regime,
                                   excluding{item_index{1}}) == 1);
        CHECK(out[0].index == item_index{2});
        CHECK(regime == cold_start_regime::popularity);
    }
}

TEST_CASE("cold_start refuses thresholds in the wrong order") {
    const fixed_list popular{{}, 1};
    const table_model<> content{{}, 1};
    CHECK_THROWS_AS((cold_start{popular,
                                content,
                                content,
                                history_lengths{},
                                {.content_below = 6, .collaborative_from = 5}}),
                    option_error);
    CHECK_THROWS_AS((cold_start{popular, content, content, history_lengths{}, {.depth = 0}}),
                    option_error);
}

TEST_CASE("cold_start explains by the regime that answers") {
    using test::explaining_table;
    const explaining_table<> content{std::vector(9, std::vector<float>{4, 3, 2, 0}), 4};
    const explaining_table<> collaborative{std::vector(9, std::vector<float>{0, 2, 3, 4}), 4};
    const fixed_list popular{{{item_index{1}, 9.0F}}, 4};
    const cold_start model{popular,
                           content,
                           std::cref(collaborative),
                           history_lengths{growing(9)},
                           {.content_below = 2, .collaborative_from = 6}};
    static_assert(explainable<std::remove_cvref_t<decltype(model)>>);
    static_assert(!explainable<cold_start<fixed_list, explaining_table<>, table_model<>>> &&
                  !explainable<cold_start<fixed_list, table_model<>, explaining_table<>>>);
    for (std::uint32_t user = 0; user < 9; ++user)
        test::check_list_explained(model, user_index{user},
                                   user == 0                ? 1
                                   : user == 1 || user >= 6 ? 3
                                                            : 4);

    const auto why = [&](std::uint32_t user, std::uint32_t item) {
        const auto found = model.explain(user_index{user}, item_index{item});
        REQUIRE(found.components.size() == 3);
        return found;
    };
    CHECK(why(0, 1).components[0].remainder == 9);
    CHECK(why(0, 1).parts.empty());
    CHECK(why(1, 0).components[1].parts == content.explain(user_index{1}, item_index{0}).parts);
    CHECK(why(6, 3).components[2].score == 4);
    // h = 3: α = 1/4. Item 2 is third of three by content (a score of 2), second by others (3).
    const auto blended = why(3, 2);
    CHECK(blended.components[0].score == 0);
    CHECK(blended.components[1].score == test::about(0.75 / 3));
    CHECK(test::added_by(blended.components[1], 0) == test::about(0.75 * 0.75 / 3));
    CHECK(blended.components[2].score == test::about(0.25 * 2 / 3));
    CHECK(test::added_by(blended.components[2], 1) == test::about(-0.25 * 0.25 * 2 / 3));
    CHECK(why(3, 0).components[2].parts.empty()); // not in that list

    // A visitor's regime is that of the history; item 1 stands for user 1.
    const std::vector history{weighted_item{item_index{1}, 1.0F}};
    CHECK(model.explain(request{std::span<const weighted_item>{history}}, item_index{0})
              .components[1]
              .score == 4);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{4}), shape_error);

    // Where nothing else has anything to say, what is popular answers.
    const explaining_table<> nothing{std::vector<std::vector<float>>(9), 4};
    const cold_start silent{popular, nothing, nothing, history_lengths{growing(9)}};
    for (const std::uint32_t user : {0U, 1U, 8U, 100U})
        test::check_list_explained(silent, user_index{user}, 1);
}

TEST_CASE("cold_start scores as the regime that answers, and is a part of blends") {
    const table_model<> content{std::vector(9, std::vector<float>{4, 3, 2, 0}), 4};
    const table_model<> collaborative{std::vector(9, std::vector<float>{0, 2, 3, 4}), 4};
    popularity popular;
    popular.fit(build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{1}, 1.0F}},
        {.row_count = 9, .column_count = 4}));
    const cold_start model{std::cref(popular),
                           content,
                           std::cref(collaborative),
                           history_lengths{growing(9)},
                           {.content_below = 2, .collaborative_from = 6}};
    static_assert(scorer<std::remove_cvref_t<decltype(model)>>);
    const blend nested{weighted_sum<as_is>{1}, model};
    for (std::uint32_t user = 0; user < 9; ++user) {
        const auto list = model.recommend(user_index{user}, 4);
        CHECK_FALSE(list.empty());
        for (const auto& [item, score] : list) {
            float alone = -1;
            model.score(user_index{user}, {&item, 1}, {&alone, 1});
            CHECK(alone == score);
        }
        CHECK(nested.recommend(user_index{user}, 4) == list);
    }
}
