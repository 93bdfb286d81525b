// SPDX-License-Identifier: MIT
#include <hybrec/rerank/calibration.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(reranker<calibration<item_features, user_items>>);

namespace {

static_assert(reranker<calibration<item_features, std::reference_wrapper<const user_items>>>);

template <class Features, class Histories>
concept can_calibrate = requires(Features features, Histories histories) {
    calibration{features, histories};
};
static_assert(can_calibrate<item_features, user_items> && !can_calibrate<user_items, user_items>);

/// p(f|i) of a dense row.
std::vector<double> shares(const std::vector<float>& row) {
    double sum = 0;
    for (const float value : row)
        sum += static_cast<double>(value);
    std::vector<double> result;
    for (const float value : row)
        result.push_back(sum > 0 ? static_cast<double>(value) / sum : 0);
    return result;
}

/// KL(p ‖ q̃) of a slate.
double divergence(const std::vector<double>& interests, const std::vector<std::vector<float>>& rows,
                  const std::vector<int>& slate, double alpha) {
    double sum = 0;
    for (std::size_t f = 0; f < interests.size(); ++f) {
        double q = 0;
        for (const int item : slate)
            q += shares(rows[static_cast<std::size_t>(item)])[f];
        q /= static_cast<double>(slate.size());
        if (interests[f] > 0)
            sum += interests[f] * std::log(interests[f] / ((1 - alpha) * q + alpha * interests[f]));
    }
    return sum;
}

} // namespace

TEST_CASE("calibration gives features their share of the slate") {
    // Two kinds of items; the scores prefer the first, the history is 70 : 30.
    std::vector<std::vector<float>> rows;
    std::vector<float> scores;
    for (int item = 0; item < 20; ++item) {
        rows.push_back(item < 10 ? std::vector<float>{1, 0} : std::vector<float>{0, 1});
        scores.push_back(static_cast<float>(20 - item));
    }
    rows.push_back({1, 0}); // the history
    rows.push_back({0, 1});
    std::vector<float> history(22);
    history[20] = 7;
    history[21] = 3;
    const auto genres = features(rows);
    const auto train = histories({history, {}});
    const auto list = ranked(scores);

    SUBCASE("7 : 3, the best of each kind") {
        const calibration calibrated{genres, train, {.strength = 0.99F}};
        auto slate = items(reranked(calibrated, somebody, list, 10));
        std::sort(slate.begin(), slate.end());
        CHECK(slate == std::vector{0, 1, 2, 3, 4, 5, 6, 10, 11, 12});
    }
    SUBCASE("no strength is the order of scores") {
        CHECK(reranked(calibration{genres, train, {.strength = 0}}, somebody, list, 20) == list);
    }
    SUBCASE("two by hand") {
        // One item of the second kind after one of the first: q = ½, ½ instead of 1, 0.
        // Relevance of the second is 18/19, that of item 10 is 9/19.
        const double kept = 0.7 * std::log(0.7 / (0.99 + 0.007)) + 0.3 * std::log(1 / 0.01);
        const double mixed =
            0.7 * std::log(0.7 / (0.495 + 0.007)) + 0.3 * std::log(0.3 / (0.495 + 0.003));
        // They balance where (1 − λ)·9/19 = λ·(kept − mixed).
        const double balance = 9.0 / 19 / (9.0 / 19 + kept - mixed);
        for (const double side : {-0.01, 0.01}) {
            const auto strength = static_cast<float>(balance + side);
            CHECK(items(reranked(calibration{genres, train, {.strength = strength}}, somebody, list,
                                 2)) == std::vector{0, side < 0 ? 1 : 10});
        }
    }
    SUBCASE("who is unknown has the history of the request, who has none gets relevance") {
        const calibration calibrated{std::cref(genres), std::cref(train), {.strength = 0.9F}};
        const std::vector<weighted_item> second{{item_index{21}, 1.0F}};
        CHECK(items(reranked(calibrated, request{std::span<const weighted_item>{second}}, list,
                             2)) == std::vector{10, 11});
        CHECK(reranked(calibrated, request{user_index{1}}, list, 20) == list);
        CHECK(reranked(calibrated, request{user_index{55}}, list, 20) == list);
    }
    SUBCASE("limits") {
        const calibration calibrated{genres, train};
        CHECK(reranked(calibrated, somebody, {}, 3).empty());
        CHECK(reranked(calibrated, somebody, list, 0).empty());
        CHECK(items(reranked(calibrated, somebody, ranked({3}), 9)) == std::vector{0});
        CHECK(items(reranked(calibration{item_features{3, 2}, train, {.strength = 1}}, somebody,
                             ranked({2, 2, 2}), 9)) == std::vector{0, 1, 2});
        CHECK_THROWS_WITH_AS((calibration{genres, train, {.strength = 2}}),
                             "calibration: strength is 2; expected a number from 0 to 1",
                             option_error);
        CHECK_THROWS_AS((calibration{genres, train, {.smoothing = 0}}), option_error);
    }
}

TEST_CASE("calibration is greedy in the objective as it is defined") {
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
        const std::size_t count = 15 + 8 * seed;
        const auto rows = random_rows(count, 5, 0.5F, seed);
        const auto history = random_rows(1, count, 0.3F, seed + 50);
        const auto scores = random_scores(count, seed);
        std::vector<double> interests(5);
        double total = 0;
        for (std::size_t item = 0; item < count; ++item)
            for (std::size_t f = 0; f < 5; ++f) {
                interests[f] += static_cast<double>(history[0][item]) * shares(rows[item])[f];
                total += static_cast<double>(history[0][item]) * shares(rows[item])[f];
            }
        for (double& interest : interests)
            interest /= total;
        const bool normalize = seed % 2 == 0;
        std::vector<double> relevance = min_max(scores);
        if (!normalize)
            relevance.assign(scores.begin(), scores.end());
        // 0.75 and 0.125 are the same in float and double.
        const auto expected = greedy(count, 9, [&](std::vector<int> slate, int i) {
            slate.push_back(i);
            double sum = 0;
            for (const int item : slate)
                sum += relevance[static_cast<std::size_t>(item)];
            return 0.25 * sum - 0.75 * divergence(interests, rows, slate, 0.125);
        });
        const calibration calibrated{
            features(rows),
            histories(history),
            {.strength = 0.75F, .smoothing = 0.125F, .normalize = normalize}};
        CHECK(items(reranked(calibrated, somebody, ranked(scores), 9)) == expected);
    }
}
