// SPDX-License-Identifier: MIT
#include <hybrec/evaluation/evaluate.hpp>

#include "items.hpp"
#include "toy_recommender.hpp"

#include <hybrec/evaluation/auc.hpp>
#include <hybrec/evaluation/average_precision.hpp>
#include <hybrec/evaluation/hit_rate.hpp>
#include <hybrec/evaluation/ndcg.hpp>
#include <hybrec/evaluation/precision.hpp>
#include <hybrec/evaluation/recall.hpp>
#include <hybrec/evaluation/reciprocal_rank.hpp>
#include <hybrec/retrieval/rankings.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <random>
#include <span>
#include <sstream>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace hr = hybrec;

namespace {

constexpr float never = -std::numeric_limits<float>::infinity();

/// Ranks only; cannot score.
struct ranker {
    static constexpr hr::score_kind kind = hr::score_kind::rank;
    using score_type = float;
    toy::recommender base;

    [[nodiscard]] std::size_t user_count() const { return base.user_count(); }
    [[nodiscard]] std::size_t item_count() const { return base.item_count(); }
    template <class Filter = hr::unfiltered>
    [[nodiscard]] auto recommend(hr::user_index user, std::size_t n,
                                 const Filter& filter = {}) const {
        return base.recommend(user, n, filter);
    }
    template <class Filter>
    std::size_t recommend_into(hr::user_index user, std::span<hr::scored_item> out,
                               const Filter& filter) const {
        return base.recommend_into(user, out, filter);
    }
};

/// Ranks for many users at a time, and counts how often it was asked to.
struct many_ranker : ranker {
    mutable int calls = 0;

    template <class Filter>
    [[nodiscard]] hr::rankings<hr::item_index> recommend_all(std::span<const hr::user_index> users,
                                                             std::size_t n, const Filter& filter,
                                                             const hr::execution&) const {
        ++calls;
        hr::rankings<hr::item_index> lists{users.size(), n};
        for (std::size_t at = 0; at < users.size(); ++at)
            lists.set_size(at, base.recommend_into(users[at], lists.buffer(at), filter));
        return lists;
    }
};

/// Gives the same item at every place.
struct repeating : ranker {
    template <class Filter>
    std::size_t recommend_into(hr::user_index, std::span<hr::scored_item> out,
                               const Filter&) const {
        std::fill(out.begin(), out.end(), hr::scored_item{hr::item_index{1}, 1.0F});
        return out.size();
    }
};

struct shuffled_data {
    toy::recommender model;
    hr::user_items train;
    hr::user_items test;

    shuffled_data(std::size_t users, std::size_t items) {
        std::mt19937 generator{11};
        std::vector<std::vector<std::uint32_t>> train_lists(users);
        std::vector<std::vector<std::uint32_t>> test_lists(users);
        for (std::size_t user = 0; user < users; ++user) {
            std::vector<float> scores(items);
            for (std::uint32_t item = 0; item < items; ++item) {
                scores[item] = static_cast<float>(generator() % 50);
                if (generator() % 4 == 0)
                    train_lists[user].push_back(item);
                else if (generator() % 6 == 0 && user % 5 != 0)
                    test_lists[user].push_back(item);
            }
            model.scores.push_back(std::move(scores));
        }
        train = toy::matrix(train_lists, items);
        test = toy::matrix(test_lists, items);
    }
};

bool same_bits(const hr::evaluation_report& left, const hr::evaluation_report& right) {
    const auto same = [](double a, double b) {
        return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
    };
    bool result = std::ranges::equal(left.users(), right.users()) &&
                  left.metrics().size() == right.metrics().size();
    for (std::size_t at = 0; result && at < left.metrics().size(); ++at)
        result = same(left.metrics()[at].mean, right.metrics()[at].mean) &&
                 std::ranges::equal(left.metrics()[at].values, right.metrics()[at].values, same);
    return result;
}

template <class Model, class... Metrics>
concept can_evaluate = requires(const Model& model, const hr::user_items& matrix,
                                const Metrics&... metrics) {
    hr::evaluate(model, matrix, matrix, metrics...);
};

} // namespace

static_assert(can_evaluate<toy::recommender, hr::recall, hr::auc>);
static_assert(can_evaluate<ranker, hr::recall>);
static_assert(!can_evaluate<ranker, hr::auc>); // cannot score
static_assert(!can_evaluate<int, hr::recall>);
static_assert(!can_evaluate<toy::recommender>); // no metric
static_assert(!can_evaluate<toy::recommender, int>);

TEST_CASE("evaluate a model") {
    // User 0 has two test items; 1 has none; 2's only test item is in the training data;
    // 3 has one, but gets no recommendations; 4 ranks by index because of ties.
    const toy::recommender model{{{9, 8, 7, 6, 5},
                                  {1, 2, 3, 4, 5},
                                  {1, 2, 3, 4, 5},
                                  {never, never, never, never, never},
                                  {1, 1, 1, 1, 1}}};
    const hr::user_items train = toy::matrix({{0}, {1}, {2}, {}, {0, 2}}, 5);
    const hr::user_items test = toy::matrix({{2, 4}, {}, {2}, {0}, {3}}, 5);

    SUBCASE("masks, skips and counts") {
        const auto report =
            hr::evaluate(model, train, test, hr::recall{2}, hr::precision{3}, hr::hit_rate{2},
                         hr::ndcg{2}, hr::average_precision{4}, hr::reciprocal_rank{5});
        CHECK(std::ranges::equal(
            report.users(), std::vector{hr::user_index{0}, hr::user_index{3}, hr::user_index{4}}));
        CHECK(report.users_evaluated() == 3);
        CHECK(report.users_skipped() == 2);
        CHECK(report.users_without_recommendations() == 1);
        // Rankings without training items: user 0: 1 2 3 4; user 4: 1 3 4.
        const auto is = [&](const char* metric, double first, double third) {
            CAPTURE(metric);
            REQUIRE(report.values(metric).size() == 3);
            CHECK(report.values(metric)[0] == doctest::Approx(first));
            CHECK(report.values(metric)[1] == 0.0);
            CHECK(report.values(metric)[2] == doctest::Approx(third));
            CHECK(report.mean(metric) == doctest::Approx((first + third) / 3));
        };
        const double second = 1 / std::log2(3.0);
        is("recall@2", 0.5, 1.0);
        is("precision@3", 1.0 / 3, 1.0 / 3);
        is("hit_rate@2", 1.0, 1.0);
        is("ndcg@2", second / (1 + second), second);
        is("map@4", (0.5 + 0.5) / 2, 0.5);
        is("mrr@5", 0.5, 0.5);
    }
    SUBCASE("scores all items that were not trained on") {
        toy::recommender scoring = model;
        scoring.scores[3] = {1, 2, 0, 0, 0};
        const auto report = hr::evaluate(scoring, train, test, hr::auc{});
        // User 0: {7, 5} against {8, 6}: 1 of 4. User 3: {1} against {2, 0, 0, 0}: 3 of 4. User 4:
        // ties only.
        CHECK(report.values("auc")[0] == 0.25);
        CHECK(report.values("auc")[1] == 0.75);
        CHECK(report.values("auc")[2] == 0.5);
        CHECK(report.mean("auc") == 0.5);
        CHECK(report.users_without_recommendations() == 0);
    }
    SUBCASE("where a metric is not defined, the mean leaves the user out") {
        const hr::user_items all = toy::matrix({{1, 2, 3, 4}, {0}, {}, {}, {}}, 5);
        const auto report = hr::evaluate(model, train, all, hr::auc{}, hr::recall{5});
        CHECK(std::isnan(report.values("auc")[0]));
        CHECK(report.metrics()[0].undefined == 1);
        CHECK(report.mean("auc") == 0.0); // user 1: the score 1 against 3, 4 and 5
        CHECK(report.mean("recall@5") == 1.0);
    }
    SUBCASE("weights that are not positive are not relevant") {
        const hr::user_items disliked{
            {0, 2, 2, 2, 2, 2}, {hr::item_index{1}, hr::item_index{2}}, {-1.0F, 2.0F}, 5};
        const auto report = hr::evaluate(model, train, disliked, hr::recall{1}, hr::recall{2});
        CHECK(report.users_evaluated() == 1);
        CHECK(report.mean("recall@1") == 0.0);
        CHECK(report.mean("recall@2") == 1.0);
    }
    SUBCASE("depths beyond the catalogue") {
        CHECK(hr::evaluate(model, train, test, hr::recall{1000}).values("recall@1000")[0] == 1.0);
        CHECK(hr::evaluate(model, train, test, hr::hit_rate{SIZE_MAX}).users_evaluated() == 3);
    }
    SUBCASE("nothing to evaluate") {
        const auto report =
            hr::evaluate(model, train, toy::matrix({{}, {}, {}, {}, {}}, 5), hr::recall{2});
        CHECK(report.users_evaluated() == 0);
        CHECK(report.users_skipped() == 5);
        CHECK(std::isnan(report.mean("recall@2")));
    }
    SUBCASE("models that rank many users at a time give the same") {
        const many_ranker many{{model}};
        const auto report = hr::evaluate(many, train, test, hr::ndcg{2}, hr::recall{4});
        CHECK(many.calls == 1);
        CHECK(same_bits(report,
                        hr::evaluate(ranker{model}, train, test, hr::ndcg{2}, hr::recall{4})));
        CHECK(report.users_without_recommendations() == 1);
    }
    SUBCASE("wrong use") {
        CHECK_THROWS_WITH_AS(
            (void)hr::evaluate(model, train, toy::matrix({{2}}, 5), hr::recall{2}),
            "evaluate: the test matrix has 1 users and 5 items, the model has 5 and 5",
            hr::shape_error);
        CHECK_THROWS_AS(
            (void)hr::evaluate(model, toy::matrix({{}, {}, {}, {}, {}}, 6), test, hr::recall{2}),
            hr::shape_error);
        CHECK_THROWS_WITH_AS((void)hr::evaluate(model, train, test, hr::recall{0}),
                             "evaluate: the depth of recall@0 is 0; expected at least 1",
                             hr::option_error);
        CHECK_THROWS_WITH_AS((void)hr::evaluate(model, train, test, hr::recall{2}, hr::recall{2}),
                             "evaluate: the metric recall@2 is given twice", hr::option_error);
        CHECK_THROWS_WITH_AS((void)hr::evaluate(repeating{{model}}, train, test, hr::recall{2}),
                             "evaluate: the ranking for user 0 holds item 1 twice", hr::data_error);
        toy::recommender broken = model;
        broken.scores[4][1] = std::numeric_limits<float>::quiet_NaN();
        CHECK_THROWS_WITH_AS((void)hr::evaluate(broken, train, test, hr::auc{}),
                             "evaluate: the score of item 1 for user 4 is not a number",
                             hr::numeric_error);
    }
}

TEST_CASE("evaluate gives the same bits for any number of threads") {
    const shuffled_data data{300, 40};
    hr::thread_pool one{1};
    const auto run = [&](hr::thread_pool& pool, const auto& model) {
        return hr::evaluate(hr::execution{.pool = &pool}, model, data.train, data.test,
                            hr::recall{7}, hr::precision{3}, hr::ndcg{10},
                            hr::average_precision{10}, hr::reciprocal_rank{10}, hr::hit_rate{1});
    };
    const auto expected = run(one, data.model);
    const auto expected_auc =
        hr::evaluate(hr::execution{.pool = &one}, data.model, data.train, data.test, hr::auc{});
    CHECK(expected.users_evaluated() + expected.users_skipped() == 300);
    CHECK(expected.users_skipped() >= 60);
    CHECK(expected.mean("ndcg@10") > 0);
    for (const std::size_t threads : {2U, 3U}) {
        hr::thread_pool pool{threads};
        CHECK(same_bits(expected, run(pool, data.model)));
        CHECK(same_bits(expected, run(pool, many_ranker{{data.model}})));
        CHECK(same_bits(expected_auc, hr::evaluate(hr::execution{.pool = &pool}, data.model,
                                                   data.train, data.test, hr::auc{})));
    }

    std::stop_source stop;
    stop.request_stop();
    CHECK_THROWS_AS((void)hr::evaluate(hr::execution{.stop = stop.get_token()}, data.model,
                                       data.train, data.test, hr::recall{7}),
                    hr::cancelled);
}

TEST_CASE("evaluate rankings") {
    const hr::user_items test = toy::matrix({{1, 3}, {}, {0}}, 5);
    SUBCASE("of items") {
        const std::vector lists = {toy::items({3, 0, 1}), toy::items({1}), toy::items({})};
        const auto report = hr::evaluate(lists, test, hr::recall{2}, hr::reciprocal_rank{2});
        CHECK(report.users_evaluated() == 2);
        CHECK(report.users_skipped() == 1);
        CHECK(report.users_without_recommendations() == 1);
        CHECK(report.values("recall@2")[0] == 0.5);
        CHECK(report.mean("recall@2") == 0.25);
        CHECK(report.mean("mrr@2") == 0.5);
    }
    SUBCASE("of items with scores") {
        hr::rankings<hr::item_index> lists{3, 2};
        lists.buffer(2)[0] = {hr::item_index{4}, 2.0F};
        lists.buffer(2)[1] = {hr::item_index{0}, 1.0F};
        lists.set_size(2, 2);
        CHECK(hr::evaluate(lists, test, hr::reciprocal_rank{2}).values("mrr@2")[1] == 0.5);
    }
    SUBCASE("wrong use") {
        using lists = std::vector<std::vector<hr::item_index>>;
        CHECK_THROWS_WITH_AS((void)hr::evaluate(lists(2), test, hr::recall{2}),
                             "evaluate: there are 2 rankings, but the test matrix has 3 users",
                             hr::shape_error);
        CHECK_THROWS_WITH_AS(
            (void)hr::evaluate(lists{toy::items({9}), {}, {}}, test, hr::recall{2}),
            "evaluate: the ranking for user 0 holds item 9, but the test matrix has 5 items",
            hr::shape_error);
        CHECK_THROWS_AS((void)hr::evaluate(lists{toy::items({1, 1}), {}, {}}, test, hr::recall{2}),
                        hr::data_error);
    }
}

TEST_CASE("evaluate agrees with ranx") {
    std::ifstream file{HYBREC_TEST_DIR "/golden/metrics_ranx.txt"};
    REQUIRE(file.good());
    constexpr std::size_t item_count = 40;
    std::vector<hr::ranking<hr::item_index>> lists;
    std::vector<std::vector<std::uint32_t>> relevant;
    struct expectation {
        std::size_t user;
        std::size_t k;
        double recall, precision, hit_rate, ndcg, average_precision, reciprocal_rank;
    };
    std::vector<expectation> expected;
    for (std::string line; std::getline(file, line);) {
        std::istringstream words{line};
        std::string first;
        words >> first;
        if (first == "case") {
            lists.emplace_back();
            relevant.emplace_back();
        } else if (first == "ranked") {
            std::uint32_t item = 0;
            char colon = ':';
            for (float score = 0; words >> item >> colon >> score;)
                lists.back().push_back({hr::item_index{item}, score});
            std::ranges::sort(lists.back(), hr::ranks_before<hr::item_index, float>);
        } else if (first == "relevant") {
            for (std::uint32_t item = 0; words >> item;)
                relevant.back().push_back(item);
        } else if (first != "#") {
            expectation values{};
            values.user = lists.size() - 1;
            values.k = std::stoul(first);
            words >> values.recall >> values.precision >> values.hit_rate >> values.ndcg >>
                values.average_precision >> values.reciprocal_rank;
            REQUIRE(!words.fail());
            expected.push_back(values);
        }
    }
    REQUIRE(lists.size() >= 40);
    REQUIRE(expected.size() == 4 * lists.size());

    const hr::user_items test = toy::matrix(relevant, item_count);
    for (const std::size_t k : {1U, 5U, 10U, 20U}) {
        const auto report =
            hr::evaluate(lists, test, hr::recall{k}, hr::precision{k}, hr::hit_rate{k}, hr::ndcg{k},
                         hr::average_precision{k}, hr::reciprocal_rank{k});
        REQUIRE(report.users_evaluated() == lists.size());
        double worst = 0;
        for (const expectation& values : expected) {
            if (values.k != k)
                continue;
            // ranx divides by |relevant|, hybrec by min(k, |relevant|).
            const auto count = static_cast<double>(relevant[values.user].size());
            const double average_precision =
                values.average_precision * count / std::min(static_cast<double>(k), count);
            const double known[] = {values.recall, values.precision,  values.hit_rate,
                                    values.ndcg,   average_precision, values.reciprocal_rank};
            for (std::size_t metric = 0; metric < 6; ++metric)
                worst = std::max(
                    worst, std::abs(report.metrics()[metric].values[values.user] - known[metric]));
        }
        CAPTURE(k);
        CHECK(worst < 1e-9);
    }
}
