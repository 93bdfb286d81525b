// SPDX-License-Identifier: MIT
/// @file
/// What every model over a feature network is tested for.
#pragma once

#include "feature_fixture.hpp"

#include <hybrec/concepts/model.hpp>
#include <hybrec/core/buffer.hpp>
#include <hybrec/core/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <limits>
#include <span>
#include <stdexcept>
#include <stop_token>
#include <string>
#include <vector>

namespace hybrec::test {

/// Users like items of their own parity, which is a feature of both. The last four users and items
/// have no entries; the last of each has no features either.
struct clubs {
    static constexpr std::size_t users = 44, items = 34, acting_users = 40, acting_items = 30;
    user_items matrix;
    neural::feature_fields fields;

    clubs() {
        coo_matrix<user_index, item_index, float> entries;
        coo_matrix<user_index, feature_index, float> ages;
        coo_matrix<item_index, feature_index, float> genres, types;
        for (std::size_t user = 0; user < acting_users; ++user)
            for (std::size_t item = user % 2; item < acting_items; item += 2)
                if (counter_random{3}.below(2, user * items + item) == 0)
                    entries.add(user_index(user), item_index(item), 1.0F);
        for (std::size_t user = 0; user + 1 < users; ++user)
            ages.add(user_index(user), feature_index(user % 2), 1.0F);
        for (std::size_t item = 0; item + 1 < items; ++item) {
            genres.add(item_index(item), feature_index(item % 2), 1.0F);
            types.add(item_index(item), feature_index(item / 2 % 3), 2.0F);
        }
        matrix = build_csr<user_index, item_index, float>(
            entries, {.row_count = users, .column_count = items});
        fields.users.push_back(build_csr<user_index, feature_index, float>(
            ages, {.row_count = users, .column_count = 2}));
        fields.items.push_back(build_csr<item_index, feature_index, float>(
            genres, {.row_count = items, .column_count = 2}));
        fields.items.push_back(build_csr<item_index, feature_index, float>(
            types, {.row_count = items, .column_count = 4}));
    }
};

inline neural::training_options quick() {
    return {.epochs = 40, .batch = 100, .learning_rate = 0.01};
}

template <class Model>
Model fitted(const decltype(std::declval<Model>().options())& options) {
    const clubs data;
    Model model{options};
    model.fit(data.matrix, data.fields, quick());
    return model;
}

/// Learns from entries and features; says nothing about who and what has neither.
template <class Model, class Options>
void check_learning(const Options& options) {
    const clubs data;
    const Model model = fitted<Model>(options);
    CHECK(model.user_count() == data.users);
    CHECK(model.item_count() == data.items);
    std::vector<item_index> every;
    for (std::size_t item = 0; item < data.items; ++item)
        every.push_back(item_index(item));
    for (std::size_t user = 0; user + 1 < data.users; ++user) { // users without entries as well
        CHECK(model.knows(user_index(user)));
        const auto all = model.recommend(user_index(user), data.items);
        REQUIRE(all.size() == data.items - 1);
        std::size_t place = 0;
        for (const auto [item, score] : all) {
            CHECK(item.value() + 1 != data.items);
            if (place++ < 10)
                CHECK(item.value() % 2 == user % 2);
            CHECK(score == model.score(user_index(user), item));
            CHECK(model.probability(user_index(user), item) ==
                  doctest::Approx(1 / (1 + std::exp(-static_cast<double>(score)))));
        }
        // Cold items by their features: 30 is even, 31 odd.
        CHECK((model.score(user_index(user), item_index{30}) >
               model.score(user_index(user), item_index{31})) == (user % 2 == 0));
        std::vector<float> scores(data.items);
        aligned_vector<float> table(data.items + 16);
        model.score_all(user_index(user), std::span{table}.first(data.items));
        model.score(user_index(user), every, scores);
        CHECK(std::equal(scores.begin(), scores.end(), table.begin()));
        for (const auto [item, score] :
             model.recommend(user_index(user), 3, unseen_by_user(data.matrix)))
            CHECK(!std::ranges::count(data.matrix.row(user_index(user)).columns(), item));
    }
    CHECK(!model.knows(user_index(data.users - 1)));
    CHECK(!model.knows(user_index(data.users)));
    CHECK(!model.knows(item_index(data.items - 1)));
    CHECK(model.recommend(user_index(data.users - 1), 5).empty());
    CHECK(model.similar_items(item_index(data.items - 1), 5).empty());
    CHECK(model.similar_users(user_index(data.users - 1), 5).empty());
    CHECK_THROWS_AS((void)model.recommend(user_index(data.users), 5), shape_error);
    CHECK_THROWS_AS((void)model.similar_items(item_index(data.items), 5), shape_error);
    const auto nearest = model.similar_items(item_index{32}, 3); // by its features alone
    REQUIRE(nearest.size() == 3);
    for (const auto [item, cosine] : nearest)
        CHECK(item.value() % 2 == 0);
    const auto lists = model.recommend_all(4);
    REQUIRE(lists.size() == data.users);
    for (std::size_t user = 0; user < data.users; ++user)
        CHECK(std::ranges::equal(lists[user], model.recommend(user_index(user), 4)));
    // The score is the network's logit.
    const neural::side_description<user_index> users{
        std::vector<std::uint8_t>(data.acting_users, 1), {}};
    neural::feature_batch<float> batch;
    neural::matrix<float> logits;
    typename std::remove_cvref_t<decltype(model.network())>::workspace memory;
    std::vector<std::uint8_t> acting(data.users), sold(data.items);
    std::fill_n(acting.begin(), data.acting_users, std::uint8_t{1});
    std::fill_n(sold.begin(), data.acting_items, std::uint8_t{1});
    const neural::side_description<user_index> user_side{acting, data.fields.users};
    const neural::side_description<item_index> item_side{sold, data.fields.items};
    const neural::feature_samples samples{neural::rating_samples{data.matrix.view(), {}}, user_side,
                                          item_side};
    batch.read(samples, all_of(samples), 0, {});
    model.network().apply(batch, logits, memory, {});
    for (std::size_t at = 0; at < samples.size(); ++at)
        CHECK(std::abs(
                  model.score(user_index(batch.users.rows[at]), item_index(batch.items.rows[at])) -
                  logits(at, 0)) < 1e-3F);
}

/// Takes users that it has not seen, by what they did and by their features.
template <class Model, class Options>
void check_folding(const Options& options) {
    const clubs data;
    const Model model = fitted<Model>(options);
    const std::vector<item_index> liked{item_index{1}, item_index{3}, item_index{5}, item_index{9}};
    const auto user = model.fold_in(liked);
    for (const auto [item, score] : model.recommend(user, 5)) {
        CHECK(item.value() % 2 == 1);
        std::array<float, 1> alone;
        model.score(user, std::array{item}, alone);
        CHECK(alone[0] == score);
    }
    aligned_vector<float> table(data.items + 16);
    model.score_all(user, std::span{table}.first(data.items));
    for (const auto [item, score] : model.recommend(user, 5, excluding(liked))) {
        CHECK(!std::ranges::count(liked, item));
        CHECK(score == table[item.value()]);
    }
    CHECK(model.fold_in(liked) == user);
    const std::array even{feature_index{0}};
    const std::array weight{2.0F};
    const std::array features{sparse_row<feature_index, float>{even, weight}};
    const auto described = model.fold_in_features(features);
    for (const auto [item, score] : model.recommend(described, 5))
        CHECK(item.value() % 2 == 0);
    // A user of the model of whom features alone are known is the same.
    CHECK(model.recommend(described, 5) == model.recommend(user_index{42}, 5));
    // The history moves the user on from where the features are: what it holds scores higher.
    const std::vector<item_index> odd{item_index{1}};
    std::array<float, 1> before, after;
    model.score(described, odd, before);
    model.score(model.fold_in(liked, features), odd, after);
    CHECK(after[0] > before[0]);
    for (const auto [item, score] : model.recommend(model.fold_in(liked, features), 5))
        CHECK(std::isfinite(score));

    CHECK_THROWS_AS((void)model.fold_in(std::vector<item_index>{}), data_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index(data.items - 1)}), data_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index(data.items)}), shape_error);
    CHECK_THROWS_AS((void)Model{}.fold_in(liked), not_fitted_error);
    const std::array beyond{feature_index{2}};
    const std::array wrong{sparse_row<feature_index, float>{beyond, weight}};
    CHECK_THROWS_AS((void)model.fold_in_features(wrong), shape_error);
    const std::array two{features[0], features[0]};
    CHECK_THROWS_AS((void)model.fold_in(liked, two), shape_error);
    Options wider = options;
    ++wider.hidden[0];
    CHECK_THROWS_AS((void)fitted<Model>(wider).recommend(user, 3), shape_error);
}

/// The same bits at any number of threads, also if it was interrupted; comes back from a file.
template <class Model, class Options>
void check_bits(const Options& options) {
    const clubs data;
    std::vector<Model> models;
    for (const std::size_t threads : {1u, 2u, 3u}) {
        thread_pool pool{threads};
        models.emplace_back(options);
        models.back().fit(data.matrix, data.fields, {.epochs = 2, .batch = 300}, no_progress{},
                          {.pool = &pool});
        CHECK(models.back() == models.front());
        CHECK(models.back().recommend_all(5, {}, {.pool = &pool}) ==
              models.front().recommend_all(5));
    }
    Options seeded = options;
    ++seeded.seed;
    Model other{seeded};
    other.fit(data.matrix, data.fields, {.epochs = 2, .batch = 300});
    CHECK(other != models[0]);

    const temporary_checkpoint file{Model::type_name()};
    neural::training_options training{
        .epochs = 4, .batch = 300, .validation = data.matrix, .early_stopping = {.patience = 3}};
    Model whole{options};
    const auto report = whole.fit(data.matrix, data.fields, training);
    training.checkpoint = file.path;
    training.resume = true;
    Model resumed{options};
    CHECK_THROWS_AS(resumed.fit(data.matrix, data.fields, training,
                                [](const progress_event& event) {
                                    if (event.step == 2)
                                        throw std::runtime_error{"killed"};
                                }),
                    std::runtime_error);
    CHECK(!resumed.fitted());
    CHECK(resumed.fit(data.matrix, data.fields, training) == report);
    CHECK(resumed == whole);

    CHECK_THROWS_AS(save(file.path, Model{options}), not_fitted_error);
    save(file.path, whole);
    const Model loaded = load_model<Model>(file.path);
    CHECK(loaded == whole);
    CHECK(loaded.labels() == whole.labels());
    for (std::size_t user = 0; user < data.users; ++user)
        CHECK(loaded.recommend(user_index(user), 5) == whole.recommend(user_index(user), 5));
    const std::vector liked{item_index{2}};
    CHECK(loaded.fold_in(liked) == whole.fold_in(liked));
    CHECK(loaded.similar_items(item_index{3}, 4) == whole.similar_items(item_index{3}, 4));
}

/// One user, one item, constant, negative and no features; and what it refuses.
template <class Model, class Options>
void check_edges(Options options) {
    const clubs data;
    const auto ones = [](std::size_t rows, std::size_t columns, double value) {
        return from_rows<user_index, item_index>(
            std::vector<std::vector<double>>(rows, std::vector<double>(columns, value)));
    };
    options.negatives = 0;
    for (const auto& matrix : {ones(1, 1, 3), ones(1, 9, -2), ones(9, 1, 5)}) {
        Model model{options};
        const auto report = model.fit(matrix, {.epochs = 20, .learning_rate = 0.01});
        CHECK(report.losses.back() < report.losses.front());
        CHECK(model.recommend(user_index{0}, 3).size() ==
              std::min<std::size_t>(3, matrix.column_count()));
    }
    // A dislike is the lowest label.
    Model judge{options};
    judge.fit(from_rows<user_index, item_index>({{1, -1}, {1, -1}}),
              {.epochs = 60, .learning_rate = 0.02});
    CHECK(judge.recommend(user_index{0}, 1).front().index == item_index{0});
    CHECK(judge.labels() == neural::label_range{-1, 1});

    Model model{options};
    model.fit(data.matrix, data.fields, {.epochs = 1, .batch = 300});
    const Model before = model;
    CHECK_THROWS_AS(model.fit(user_items{}), data_error);
    CHECK_THROWS_AS(model.fit(data.matrix, {.epochs = 0}), option_error);
    user_items broken = data.matrix;
    broken.values()[0] = std::numeric_limits<float>::quiet_NaN();
    CHECK_THROWS_AS(model.fit(broken), data_error);
    const user_items beyond = ones(data.users + 1, 1, 1);
    CHECK_THROWS_AS(model.fit(data.matrix, {.validation = beyond}), shape_error);
    CHECK_THROWS_WITH_AS(
        model.fit(data.matrix, {.items = {from_rows<item_index, feature_index>({{1}})}}),
        (Model::type_name() + ": field 0 of items has 1 rows; the interactions have 34 items")
            .c_str(),
        shape_error);
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS_AS(model.fit(data.matrix, execution{.stop = source.get_token()}), cancelled);
    CHECK(model == before);

    Options poor = options;
    poor.memory_budget = 1000;
    CHECK_THROWS_AS(Model{poor}.fit(data.matrix), memory_budget_error);
    CHECK(model.estimate_bytes(44, 34, data.matrix.entry_count()) > 1000);
    const auto refuses = [&](auto&& change) {
        Options wrong = options;
        change(wrong);
        CHECK_THROWS_AS(Model{wrong}, option_error);
    };
    refuses([](Options& each) { each.embedding = 0; });
    refuses([](Options& each) { each.hidden[0] = 0; });
    refuses([](Options& each) { each.dropout = 1; });
    refuses([](Options& each) { each.id_dropout = -0.1; });
    refuses([](Options& each) { each.initial_deviation = 0; });
    refuses([](Options& each) { each.weight_decay = -1; });
    refuses([](Options& each) { each.labels = {2, 1}; });
    refuses([](Options& each) { each.fold_in_steps = 0; });
    refuses([](Options& each) { each.fold_in_rate = std::nan(""); });
}

} // namespace hybrec::test
