// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/recommender_net.hpp>

#include "../training_fixture.hpp"

#include <hybrec/core/weighted.hpp>
#include <hybrec/io/archive.hpp>
#include <hybrec/retrieval/embedding_index.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stdexcept>
#include <stop_token>
#include <vector>

using namespace hybrec;
using namespace hybrec::test;
using neural::recommender_net;

static_assert(scorer<recommender_net> && recommender<recommender_net>);
static_assert(catalogue_scorer<recommender_net> && knows_users<recommender_net>);
static_assert(embedding_model<recommender_net> && foldable<recommender_net>);
static_assert(item_similarity_model<recommender_net> && user_similarity_model<recommender_net>);
static_assert(archivable<recommender_net>);
static_assert(!explainable<recommender_net>); // no score is a sum over the history
static_assert(!item_user_matrix<user_items>);
static_assert(trains_on<recommender_net, user_items> &&
              !trains_on<recommender_net, csr_matrix<item_index, user_index, float>>);
static_assert(recommends_to<recommender_net, user_index> &&
              !recommends_to<recommender_net, item_index>);

namespace {

constexpr std::size_t users = 41, items = 31;

/// Users like items of their own parity: 9 and 10 of 10, else 1 and 2. The last user and the last
/// item have no entries.
user_items parity_clubs() {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user + 1 < users; ++user)
        for (std::size_t item = 0; item + 1 < items; ++item)
            if (const auto drawn = counter_random{3}.below(6, user * items + item); drawn < 3)
                entries.add(user_index(user), item_index(item),
                            (user % 2 == item % 2 ? 9.0F : 1.0F) + static_cast<float>(drawn % 2));
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

neural::training_options quick_training() {
    return {.epochs = 60, .batch = 100, .learning_rate = 0.02};
}

recommender_net fitted() {
    recommender_net net{{.embedding = 20}};
    net.fit(parity_clubs(), quick_training());
    return net;
}

} // namespace

TEST_CASE("recommender_net learns who likes what") {
    const recommender_net net = fitted();
    CHECK(net.user_count() == users);
    CHECK(net.item_count() == items);
    CHECK(net.labels() == neural::label_range{1, 10});
    for (std::size_t user = 0; user + 1 < users; ++user) {
        const auto top = net.recommend(user_index(user), 5);
        REQUIRE(top.size() == 5);
        for (const auto [item, score] : top) {
            CHECK(item.value() % 2 == user % 2);
            CHECK(score == net.score(user_index(user), item));
            CHECK(net.rating(user_index(user), item) > 7);
        }
        std::vector<float> scores(items);
        aligned_vector<float> all(items + 16);
        net.score_all(user_index(user), std::span{all}.first(items));
        std::vector<item_index> every;
        for (std::size_t item = 0; item < items; ++item)
            every.push_back(item_index(item));
        net.score(user_index(user), every, scores);
        for (std::size_t item = 0; item < items; ++item)
            CHECK(scores[item] == all[item]);
    }
    for (const auto [item, cosine] : net.similar_items(item_index{4}, 5))
        CHECK(item.value() % 2 == 0);
    for (const auto [user, cosine] : net.similar_users(user_index{7}, 5))
        CHECK(user.value() % 2 == 1);
    // The interface of the anime recommender.
    CHECK(embedding_index{net.user_embeddings()}.nearest(user_index{7}, 5).size() == 5);
}

TEST_CASE("recommender_net: the probability is the network's, and the score its part without b") {
    const user_items matrix = parity_clubs();
    const neural::training_options training = quick_training();
    recommender_net net{{.embedding = 20}};
    net.fit(matrix, training);
    neural::cosine_network<float> network{users, items, 20, 0.05, 42};
    const neural::rating_samples samples{matrix.view(), {1, 10}, 0, training.seed};
    no_progress quiet;
    neural::train(network, neural::adam{}, samples,
                  static_cast<const neural::rating_samples*>(nullptr), training, "network", quiet,
                  {});
    for (std::uint32_t user = 0; user + 1 < users; ++user)
        for (std::uint32_t item = 0; item + 1 < items; ++item) {
            const float logit = network.logit(user, item);
            CHECK(net.score(user_index(user), item_index(item)) + network.bias() ==
                  doctest::Approx(logit).epsilon(1e-4));
            CHECK(net.probability(user_index(user), item_index(item)) ==
                  doctest::Approx(1 / (1 + std::exp(-logit))).epsilon(1e-4));
        }
}

TEST_CASE("recommender_net does not know who and what has no entries") {
    const recommender_net net = fitted();
    CHECK(!net.knows(user_index(users - 1)));
    CHECK(!net.knows(item_index(items - 1)));
    CHECK(!net.knows(user_index(users + 5)));
    CHECK(net.recommend(user_index(users - 1), 5).empty());
    CHECK(net.similar_items(item_index(items - 1), 5).empty());
    for (const auto [item, score] : net.recommend(user_index{0}, items))
        CHECK(item.value() != items - 1);
    CHECK_THROWS_AS((void)net.recommend(user_index(users), 5), shape_error);
}

TEST_CASE("recommender_net folds in users by what they liked") {
    const recommender_net net = fitted();
    const std::vector<item_index> liked{item_index{1}, item_index{3}, item_index{5}};
    for (const auto [item, score] : net.recommend(net.fold_in(liked), 5))
        CHECK(item.value() % 2 == 1);
    // By ratings: what was rated low pushes away.
    const std::vector<weighted_item> rated{
        {item_index{1}, 1.0F}, {item_index{3}, 1.0F}, {item_index{5}, 2.0F}};
    for (const auto [item, score] : net.recommend(net.fold_in(rated), 5))
        CHECK(item.value() % 2 == 0);
    CHECK(net.fold_in(rated) == net.fold_in(rated));
    // Descends on the loss of the history: a user's own ratings give about the user's scores.
    const user_items matrix = parity_clubs();
    const auto again = net.fold_in(matrix.row(user_index{4}));
    double product = 0, left = 0, right = 0;
    for (std::size_t at = 0; at < 20; ++at) {
        const auto x = static_cast<double>(again.values()[at]);
        const auto y = static_cast<double>(net.user_embeddings().row(user_index{4})[at]);
        product += x * y;
        left += x * x;
        right += y * y;
    }
    CHECK(product / std::sqrt(left * right) > 0.9);

    CHECK_THROWS_AS((void)net.fold_in(std::vector<item_index>{}), data_error);
    CHECK_THROWS_AS((void)net.fold_in(std::vector{item_index(items - 1)}), data_error); // not known
    CHECK_THROWS_AS((void)net.fold_in(std::vector{item_index(items)}), shape_error);
    CHECK_THROWS_AS((void)recommender_net{}.fold_in(liked), not_fitted_error);
}

TEST_CASE("recommender_net has the same bits at 1, 2 and 3 threads") {
    using enum neural::embedding_updates;
    std::vector<recommender_net> first;
    for (const auto updates : {lazy, dense}) {
        std::vector<recommender_net> nets;
        for (const std::size_t threads : {1u, 2u, 3u}) {
            thread_pool pool{threads};
            nets.emplace_back(neural::recommender_net_options{.embedding = 20, .negatives = 2});
            nets.back().fit(parity_clubs(),
                            {.epochs = 3, .batch = 100, .embedding_updates = updates},
                            no_progress{}, {.pool = &pool});
        }
        CHECK(nets[1] == nets[0]);
        CHECK(nets[2] == nets[0]);
        first.push_back(nets[0]);
    }
    CHECK(first[0] != first[1]); // a batch does not name every row
    recommender_net other{{.embedding = 20, .negatives = 2, .seed = 7}};
    other.fit(parity_clubs(), {.epochs = 3, .batch = 100});
    CHECK(other != first[0]);
}

TEST_CASE("recommender_net learns from positive data alone, with negatives") {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < 30; ++user)
        for (std::size_t item = user % 2; item < 20; item += 2)
            if (item % 10 != user / 2 % 10)
                entries.add(user_index(user), item_index(item), 1.0F);
    const user_items matrix = build_csr<user_index, item_index, float>(entries);
    recommender_net net{{.embedding = 10, .negatives = 2}};
    net.fit(matrix, quick_training());
    for (std::size_t user = 0; user < 30; ++user)
        for (const auto [item, score] : net.recommend(user_index(user), 5))
            CHECK(item.value() % 2 == user % 2);
}

TEST_CASE(
    "recommender_net on the smallest data: one user, one item, constant and negative values") {
    const auto single = [](std::size_t rows, std::size_t columns, float value) {
        coo_matrix<user_index, item_index, float> entries;
        for (std::size_t user = 0; user < rows; ++user)
            for (std::size_t item = 0; item < columns; ++item)
                entries.add(user_index(user), item_index(item), value);
        return build_csr<user_index, item_index, float>(entries);
    };
    for (const auto& matrix : {single(1, 1, 3), single(1, 9, -2), single(9, 1, 5)}) {
        recommender_net net{{.embedding = 3}};
        const auto report = net.fit(matrix, {.epochs = 30, .learning_rate = 0.05});
        CHECK(report.losses.back() < report.losses.front());
        CHECK(net.recommend(user_index{0}, 3).size() ==
              std::min<std::size_t>(3, matrix.column_count()));
    }
    // A dislike is the lowest label.
    coo_matrix<user_index, item_index, float> entries;
    entries.add(user_index{0}, item_index{0}, 1.0F);
    entries.add(user_index{0}, item_index{1}, -1.0F);
    recommender_net net{{.embedding = 3}};
    net.fit(build_csr<user_index, item_index, float>(entries), quick_training());
    CHECK(net.recommend(user_index{0}, 1).front().index == item_index{0});
    CHECK(net.probability(user_index{0}, item_index{1}) < 0.5F);
}

TEST_CASE("recommender_net refuses what it cannot train on, and is then what it was") {
    recommender_net net = fitted();
    const recommender_net before = net;
    CHECK_THROWS_AS(net.fit(user_items{}), data_error);
    const user_items matrix = parity_clubs();
    CHECK_THROWS_AS(net.fit(matrix, {.epochs = 0}), option_error);
    coo_matrix<user_index, item_index, float> entries;
    entries.add(user_index(users), item_index{0}, 1.0F);
    const user_items beyond = build_csr<user_index, item_index, float>(entries);
    CHECK_THROWS_AS(net.fit(matrix, {.validation = beyond}), shape_error);
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS_AS(net.fit(matrix, execution{.stop = source.get_token()}), cancelled);
    CHECK(net == before);

    recommender_net small{{.memory_budget = 1000}};
    CHECK_THROWS_AS(small.fit(matrix), memory_budget_error);
    CHECK(small.estimate_bytes(users, items, matrix.entry_count()) > 1000);
    CHECK_THROWS_WITH_AS(recommender_net{{.embedding = 0}},
                         "recommender_net: embedding is 0; expected 1 to 2048", option_error);
    CHECK_THROWS_AS(recommender_net{{.initial_deviation = 0}}, option_error);
    CHECK_THROWS_AS((recommender_net{{.labels = {5, 1}}}), option_error);
    CHECK_THROWS_AS(recommender_net{{.fold_in_steps = 0}}, option_error);
    CHECK_THROWS_AS(recommender_net{{.fold_in_rate = std::numeric_limits<double>::quiet_NaN()}},
                    option_error);
}

TEST_CASE("recommender_net keeps the best epoch, and resumes with the same bits") {
    const temporary_checkpoint file{"net"};
    const user_items matrix = parity_clubs();
    neural::training_options training{
        .epochs = 6,
        .batch = 100,
        .validation = matrix,
        .learning_rate = neural::ramp_up_then_decay{.start = 0.001, .peak = 0.02, .ramp_up = 2},
        .early_stopping = {.patience = 3}};
    recommender_net whole{{.embedding = 20, .negatives = 1}};
    const auto report = whole.fit(matrix, training);
    CHECK(report.best_epoch == 6);
    training.checkpoint = file.path;
    training.resume = true;
    recommender_net resumed{{.embedding = 20, .negatives = 1}};
    CHECK_THROWS_AS(resumed.fit(matrix, training,
                                [](const progress_event& event) {
                                    if (event.step == 3)
                                        throw std::runtime_error{"killed"};
                                }),
                    std::runtime_error);
    CHECK(!resumed.fitted());
    CHECK(resumed.fit(matrix, training) == report);
    CHECK(resumed == whole);
    recommender_net wider{{.embedding = 21, .negatives = 1}};
    CHECK_THROWS_AS(wider.fit(matrix, training), archive_error);
}
