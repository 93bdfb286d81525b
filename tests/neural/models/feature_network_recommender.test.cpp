// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/feature_network_recommender.hpp>

#include "../../serving/allocations.hpp"
#include "../feature_model_fixture.hpp"

#include <hybrec/neural/models/deep_fm.hpp>
#include <hybrec/neural/models/deep_hybrid_net.hpp>
#include <hybrec/neural/models/feature_combination_net.hpp>
#include <hybrec/neural/models/recommender_net.hpp>
#include <hybrec/neural/models/wide_and_deep.hpp>

#include <doctest/doctest.h>

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <utility>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;

// A user of one model's making is known by its shape alone, but never an index.
static_assert(!std::convertible_to<user_index, neural::folded_network_user>);

TEST_CASE(
    "neural::feature_network_recommender scores whatever was scored before on the same thread") {
    // Memory is borrowed: models of other shapes use it in between.
    const clubs data;
    neural::deep_fm first{{.embedding = 4, .hidden = {8, 4}}};
    neural::deep_fm second{{.embedding = 20, .hidden = {40, 20}}};
    neural::wide_and_deep third{{.embedding = 4, .hidden = {9, 8, 7}, .cross_slots = 100}};
    first.fit(data.matrix, data.fields, {.epochs = 1});
    second.fit(data.matrix, {.epochs = 1});
    third.fit(data.matrix, data.fields, {.epochs = 1});
    const auto expected = first.recommend(user_index{1}, 8);
    const auto others = third.recommend(user_index{1}, 8);
    for (int time = 0; time < 3; ++time) {
        (void)second.recommend(user_index{2}, 5);
        CHECK(third.recommend(user_index{1}, 8) == others);
        (void)third.fold_in(std::vector{item_index{0}});
        CHECK(first.recommend(user_index{1}, 8) == expected);
    }
}

TEST_CASE("neural::feature_network_recommender: one user on several threads") {
    const clubs data;
    neural::wide_and_deep model{{.embedding = 4, .hidden = {9, 8, 7}, .cross_slots = 100}};
    model.fit(data.matrix, data.fields, {.epochs = 1});
    const auto expected = model.recommend_all(5);
    thread_pool pool{3};
    for (int time = 0; time < 5; ++time)
        CHECK(model.recommend_all(5, {}, {.pool = &pool}) == expected);
}

TEST_CASE("neural::feature_network_recommender: threads that share the items of one request") {
    constexpr std::size_t users = 20, items = 1500;
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::uint32_t at = 0; at < 3000; ++at)
        entries.push_back({user_index{at % users}, item_index{at * 7 % items}, 1});
    const auto matrix = build_csr<user_index, item_index, float>(
        entries, {.row_count = users, .column_count = items});
    const auto check = [&](auto model) {
        CAPTURE(model.type_name());
        model.fit(matrix, {.epochs = 1});
        std::vector<item_index> some;
        for (std::uint32_t at = 0; at < 1000; ++at)
            some.push_back(item_index{at * 11 % items});
        std::vector<float> expected(some.size()), all(items);
        model.score(user_index{3}, some, expected);
        model.score_all(user_index{3}, all);
        for (std::size_t at = 0; at < some.size(); at += 37) { // far beyond the first block
            const float alone = model.score(user_index{3}, some[at]);
            CHECK(expected[at] == alone);
            CHECK(all[some[at].value()] == alone);
        }
        const auto unseen = unseen_by_user(matrix);
        for (std::size_t threads = 1; threads <= 3; ++threads) {
            thread_pool pool{threads};
            std::vector<float> scores(some.size()), of_all(items);
            model.score(user_index{3}, some, scores, {.pool = &pool});
            CHECK(scores == expected);
            model.score_all(user_index{3}, of_all, {.pool = &pool});
            CHECK(of_all == all);
            CHECK(model.recommend(user_index{3}, 10, unseen, {.pool = &pool}) ==
                  model.recommend(user_index{3}, 10, unseen));
            CHECK_THROWS_AS(
                (void)model.recommend(user_index{users}, 10, {}, execution{.pool = &pool}),
                shape_error);
            std::stop_source source;
            source.request_stop();
            CHECK_THROWS_AS(model.score(user_index{3}, some, scores,
                                        {.pool = &pool, .stop = source.get_token()}),
                            cancelled);
        }
    };
    check(neural::wide_and_deep{{.embedding = 4, .hidden = {128, 64, 7}, .cross_slots = 100}});
    check(neural::deep_hybrid_net{{.embedding = 8, .content_hidden = 8, .hidden = {16}}});
}

namespace {

/// Whether warm requests allocate nothing.
template <class Model, class Folded>
void check_allocations(const Model& model, const Folded& folded) {
    CAPTURE(Model::type_name());
    const clubs data;
    const auto unseen = unseen_by_user(data.matrix);
    const std::vector<item_index> basket{item_index{3}, item_index{4}};
    const auto others = excluding(basket);
    std::vector<item_index> items;
    for (std::size_t at = 0; at < 150; ++at) // more than are scored at a time
        items.push_back(item_index(at * 7 % clubs::items));
    std::vector<float> scores(items.size());
    aligned_vector<float> table(clubs::items + 16);
    std::vector<scored_item> out(10);
    const auto round = [&] {
        for (std::uint32_t user = 0; user < 5; ++user) {
            model.score(user_index{user}, items, scores);
            model.score_all(user_index{user}, std::span{table}.first(clubs::items));
            (void)model.recommend_into(user_index{user}, out);
            (void)model.recommend_into(user_index{user}, out, unseen);
        }
        model.score(folded, items, scores);
        (void)model.recommend_into(folded, out, others);
    };
    round();
    const std::size_t before = allocations();
    round();
    CHECK(allocations() == before);
    (void)model.recommend(user_index{1}, 3);
    CHECK((allocations() > before) == counts_allocations); // the counter counts
}

template <class Model>
void check_allocations(const decltype(std::declval<Model>().options())& options) {
    const Model model = fitted<Model>(options);
    check_allocations(model, model.fold_in(std::vector{item_index{1}, item_index{3}}));
}

} // namespace

TEST_CASE(
    "neural::feature_network_recommender and recommender_net: warm requests allocate nothing") {
    check_allocations<neural::deep_fm>({.embedding = 4, .hidden = {8, 4}});
    check_allocations<neural::wide_and_deep>({.embedding = 4, .hidden = {90, 8, 7}});
    check_allocations<neural::feature_combination_net>({.embedding = 4, .hidden = {8, 4}});
    check_allocations<neural::deep_hybrid_net>({.embedding = 4, .heads = 2, .hidden = {8}});
    neural::recommender_net net{{.embedding = 8}};
    net.fit(clubs{}.matrix, {.epochs = 1});
    check_allocations(net, net.fold_in(std::vector{item_index{1}, item_index{3}}));
}
