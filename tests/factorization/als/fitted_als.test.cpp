// SPDX-License-Identifier: MIT
#include <hybrec/factorization/als/fitted_als.hpp>

#include "als_fixture.hpp"

#include <hybrec/factorization/als/als.hpp>
#include <hybrec/retrieval/filters.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stop_token>
#include <vector>

using namespace hybrec;

namespace {

implicit_als<> fitted(const user_items& matrix) {
    implicit_als<> model{{.factors = 10, .regularization = 0.5, .iterations = 5}};
    model.fit(matrix);
    return model;
}

template <class Model, class... Arguments>
concept can_explain = requires(const Model& model, Arguments... arguments) {
    model.explain(arguments...);
};
static_assert(can_explain<implicit_als<>, user_index, item_index>);
static_assert(!can_explain<implicit_als<>, item_index, user_index>);

} // namespace

TEST_CASE("folding in a known user's history gives that user's vector") {
    const user_items matrix = test::planted_groups();
    const auto model = fitted(matrix);
    for (std::size_t user = 0; user < 20; ++user) {
        const auto visitor = model.fold_in(matrix.row(user_index(user)));
        for (std::size_t factor = 0; factor < 10; ++factor)
            CHECK(
                visitor.values()[factor] ==
                doctest::Approx(model.user_factors().row(user_index(user))[factor]).epsilon(1e-4));
    }
    // The same history as bare items, in another order and with a repetition of weight 0.5 each.
    const std::vector<weighted_item> halves{
        {item_index{7}, 0.5F}, {item_index{3}, 1.0F}, {item_index{7}, 0.5F}};
    CHECK(model.fold_in(halves) == model.fold_in(std::vector{item_index{3}, item_index{7}}));
}

TEST_CASE("a folded-in visitor is recommended items of the same taste") {
    const auto model = fitted(test::planted_groups());
    const std::vector<item_index> basket{item_index{16}, item_index{17}, item_index{20}};
    const auto visitor = model.fold_in(basket);
    const auto top = model.recommend(visitor, 5, excluding(basket));
    REQUIRE(top.size() == 5);
    std::size_t same_group = 0;
    for (const auto& [item, score] : top) {
        same_group += item.value() / 15 == 1;
        CHECK(std::find(basket.begin(), basket.end(), item) == basket.end());
    }
    CHECK(same_group >= 4);
}

TEST_CASE("fold_in refuses what it cannot represent") {
    const auto model = fitted(test::planted_groups());
    CHECK_THROWS_AS((void)model.fold_in(std::vector<item_index>{}), data_error);
    CHECK_THROWS_WITH_AS((void)model.fold_in(std::vector{item_index{60}}),
                         "the history holds index 60; the model has 60", shape_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector<weighted_item>{
                        {item_index{1}, std::numeric_limits<float>::quiet_NaN()}}),
                    data_error);
}

TEST_CASE("users and items are appended without changing the others") {
    const user_items matrix = test::planted_groups();
    auto model = fitted(matrix);
    const auto before = model;

    const auto new_users = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{1}, 1},
                                                            {user_index{0}, item_index{4}, 1},
                                                            {user_index{1}, item_index{50}, 1}});
    CHECK(model.append_users(new_users) == user_index{120});
    CHECK(model.user_count() == 122);
    for (std::size_t user = 0; user < 120; ++user)
        for (std::size_t factor = 0; factor < 10; ++factor)
            REQUIRE(model.user_factors().row(user_index(user))[factor] ==
                    before.user_factors().row(user_index(user))[factor]);
    const auto folded = before.fold_in(std::vector{item_index{1}, item_index{4}});
    for (std::size_t factor = 0; factor < 10; ++factor)
        CHECK(model.user_factors().row(user_index{120})[factor] == folded.values()[factor]);
    CHECK(model.explain(user_index{120}, item_index{2}).parts.size() == 2);

    const auto new_items = build_csr<item_index, user_index, float>(
        std::vector<triplet<item_index, user_index, float>>{{item_index{0}, user_index{0}, 1},
                                                            {item_index{0}, user_index{4}, 1},
                                                            {item_index{0}, user_index{8}, 1}});
    CHECK(model.append_items(new_items) == item_index{60});
    CHECK(model.item_count() == 61);
    CHECK(model.item_factors().row(item_index{60})[0] ==
          model.fold_in_item(new_items.row(item_index{0})).values()[0]);
    // Chosen by users of group 0, so it resembles items of group 0, and is explained from then on.
    CHECK(model.similar_items(item_index{60}, 1).front().index.value() < 15);
    CHECK(model.history()->row(user_index{4}).contains(item_index{60}));

    // A stop leaves the model as it was.
    std::stop_source stopped;
    stopped.request_stop();
    const auto untouched = model;
    CHECK_THROWS_AS(model.append_users(new_users, {.stop = stopped.get_token()}), cancelled);
    CHECK_THROWS_AS(model.append_items(new_items, {.stop = stopped.get_token()}), cancelled);
    CHECK(model == untouched);

    CHECK_THROWS_AS(
        (void)model.explain(folded_user<>{3}, item_index{0}, std::vector{item_index{1}}),
        shape_error);
    CHECK_THROWS_AS(model.append_users(user_items{1, 99}), shape_error);
    CHECK_THROWS_AS(model.append_items(item_users{1, 999}), shape_error);
}

TEST_CASE_TEMPLATE("the parts of an explanation sum to the score", Solver, exact,
                   conjugate_gradient, subspace) {
    const user_items matrix = test::planted_groups();
    implicit_als<Solver> model{{.factors = 10, .regularization = 0.5, .iterations = 5}};
    model.fit(matrix);
    for (std::size_t user = 0; user < 20; ++user)
        for (const auto& [item, score] : model.recommend(user_index(user), 3)) {
            const auto why = model.explain(user_index(user), item);
            CHECK(why.score == score);
            REQUIRE(why.parts.size() == matrix.row(user_index(user)).size());
            double sum = why.remainder;
            for (const auto& part : why.parts) {
                CHECK(matrix.row(user_index(user)).contains(part.index));
                sum += part.score;
            }
            CHECK(std::is_sorted(why.parts.begin(), why.parts.end(),
                                 ranks_before<item_index, float>));
            CHECK(sum == doctest::Approx(score).epsilon(1e-5));
            if (std::same_as<Solver, exact>)
                CHECK(std::abs(why.remainder) < 1e-4);
        }
    const std::vector<item_index> basket{item_index{1}, item_index{2}};
    const auto visitor = model.fold_in(basket);
    const auto why = model.explain(visitor, item_index{5}, basket);
    CHECK(std::abs(why.remainder) < 1e-5);
    CHECK(why.parts.size() == 2);
}

TEST_CASE("a model that keeps no history says so when asked to explain") {
    const user_items matrix = test::planted_groups();
    implicit_als model{{.factors = 4, .iterations = 2, .keep_history = false}};
    model.fit(matrix);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{0}), not_fitted_error);
    const auto why = model.explain(user_index{0}, item_index{0}, matrix.row(user_index{0}));
    CHECK(why.parts.size() == matrix.row(user_index{0}).size());
}
