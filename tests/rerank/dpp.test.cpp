// SPDX-License-Identifier: MIT
#include <hybrec/rerank/dpp.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <numbers>
#include <vector>

using namespace hybrec;
using namespace lists;

static_assert(similarity_step<dpp<>>);

namespace {

static_assert(reranker<dpp<item_features>> && !reranker<dpp<>>);

/// ln of the determinant of the rows and columns `set` of a symmetric matrix, by elimination.
double log_det(const std::vector<std::vector<double>>& matrix, const std::vector<int>& set) {
    std::vector<std::vector<double>> a;
    for (const int row : set) {
        a.emplace_back();
        for (const int column : set)
            a.back().push_back(
                matrix[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)]);
    }
    double sum = 0;
    for (std::size_t pivot = 0; pivot < a.size(); ++pivot) {
        if (!(a[pivot][pivot] > 1e-9))
            return -std::numeric_limits<double>::infinity();
        sum += std::log(a[pivot][pivot]);
        for (std::size_t row = pivot + 1; row < a.size(); ++row)
            for (std::size_t column = a.size(); column-- > pivot;)
                a[row][column] -= a[row][pivot] / a[pivot][pivot] * a[pivot][column];
    }
    return sum;
}

/// L = diag(q)·S·diag(q) with q = exp(relevance·(1 − λ) / 2λ).
std::vector<std::vector<double>> kernel(const std::vector<std::vector<float>>& rows,
                                        const std::vector<float>& scores, double lambda) {
    const auto relevance = min_max(scores);
    std::vector<std::vector<double>> matrix(rows.size(), std::vector<double>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (std::size_t j = 0; j < rows.size(); ++j)
            matrix[i][j] = (i == j ? 1.0 : cosine(rows[i], rows[j])) *
                           std::exp((relevance[i] + relevance[j]) * (1 - lambda) / (2 * lambda));
    return matrix;
}

std::vector<int> with(std::vector<int> set, int item) {
    set.push_back(item);
    return set;
}

} // namespace

TEST_CASE("DPP picks greedily what makes the determinant largest") {
    SUBCASE("by hand: after 0 with q = e^½, item 1 (S = .8) adds .36·e^.75, item 2 e^.5") {
        // λ = ½: q² = exp(relevance); relevance 1, .75, .5, 0.
        const auto rows = features({{1, 0}, {0.8F, 0.6F}, {0, 1}, {0, 1}});
        const auto list = ranked({1, 0.75F, 0.5F, 0});
        // Two dimensions: nothing is left after two items, and the rest keeps its order.
        const dpp diverse{rows, {.diversity = 0.5F}};
        CHECK(items(reranked(diverse, somebody, list, 4)) == std::vector{0, 2});
        auto whole = list;
        dpp<item_features>::workspace workspace;
        CHECK(diverse.rerank(somebody, whole, 4, workspace) == 2);
        CHECK(items(whole) == std::vector{0, 2, 1, 3});
        // .36·e^(.75·9) beats e^(.5·9) at λ = .1.
        CHECK(items(reranked(dpp{rows, {.diversity = 0.1F}}, somebody, list, 2)) ==
              std::vector{0, 1});
    }
    SUBCASE("against the determinants of all subsets of 11") {
        constexpr std::size_t count = 11;
        constexpr std::size_t picks = 4;
        for (std::uint64_t seed = 0; seed < 6; ++seed) {
            const float diversity = 0.3F + 0.1F * static_cast<float>(seed);
            const auto rows = random_rows(count, 14, 0.5F, seed);
            const auto scores = random_scores(count, seed);
            const auto matrix = kernel(rows, scores, static_cast<double>(diversity));
            const auto chosen = items(reranked(dpp{features(rows), {.diversity = diversity}},
                                               somebody, ranked(scores), picks));
            CHECK(chosen == greedy(count, picks, [&](const std::vector<int>& set, int i) {
                      return log_det(matrix, with(set, i));
                  }));

            double best = -std::numeric_limits<double>::infinity();
            for (unsigned mask = 0; mask < (1U << count); ++mask) {
                if (std::popcount(mask) != static_cast<int>(picks))
                    continue;
                std::vector<int> set;
                for (int i = 0; i < static_cast<int>(count); ++i)
                    if ((mask >> i & 1U) != 0)
                        set.push_back(i);
                best = std::max(best, log_det(matrix, set));
            }
            // Greedy reaches 1 − 1/e of the best of a monotone submodular function (Nemhauser et al.
            // 1978). log det is monotone once L is scaled so that no item given all others is below 1;
            // for `picks` items that adds the same to every set.
            std::vector<int> all;
            for (int i = 0; i < static_cast<int>(count); ++i)
                all.push_back(i);
            double least = 0;
            for (int i = 0; i < static_cast<int>(count); ++i) {
                auto others = all;
                others.erase(others.begin() + i);
                least = std::min(least, log_det(matrix, all) - log_det(matrix, others));
            }
            const double shift = -least * static_cast<double>(picks);
            const double reached = log_det(matrix, chosen);
            CHECK(reached <= best + 1e-9);
            CHECK(reached + shift >= (1 - 1 / std::numbers::e) * (best + shift));
        }
    }
    SUBCASE("many items, past whole registers, whatever the order of the candidates") {
        constexpr std::size_t count = 53;
        const auto rows = random_rows(count, 40, 0.3F, 9);
        const auto scores = random_scores(count, 9);
        const auto matrix = kernel(rows, scores, 0.5);
        auto list = ranked(scores);
        std::reverse(list.begin(), list.end());
        CHECK(items(reranked(dpp{features(rows), {.diversity = 0.5F}}, somebody, list, 15)) ==
              greedy(count, 15, [&](const std::vector<int>& set, int i) {
                  return log_det(matrix, with(set, i));
              }));
    }
}

TEST_CASE("DPP at its limits") {
    const auto genres = features({{1, 0}, {1, 0}, {0, 1}, {1, 1}});
    SUBCASE("no candidate, one candidate, no places") {
        CHECK(reranked(dpp{genres}, somebody, {}, 5).empty());
        CHECK(items(reranked(dpp{genres}, somebody, ranked({7}), 5)) == std::vector{0});
        CHECK(reranked(dpp{genres}, somebody, ranked({1, 2}), 0).empty());
    }
    SUBCASE("of copies one is chosen, the most relevant one") {
        const auto copies = features({{2}, {1}, {3}});
        CHECK(items(reranked(dpp{copies}, somebody, ranked({1, 5, 5}), 3)) == std::vector{1});
    }
    SUBCASE("items without features are unlike all: by relevance") {
        CHECK(items(reranked(dpp{item_features{3, 4}}, somebody, ranked({1, 3, 2}), 9)) ==
              std::vector{1, 2, 0});
    }
    SUBCASE("diversity alone starts with the most relevant, then goes by distance") {
        CHECK(items(reranked(dpp{genres, {.diversity = 1}}, somebody, ranked({4, 3, 2, 1}), 4)) ==
              std::vector{0, 2});
    }
    SUBCASE("scores as they are, however large") {
        const auto list = ranked({3e38F, 2e38F, -3e38F});
        CHECK(items(reranked(dpp{features({{1, 0}, {0, 1}, {1, 1}}), {.normalize = false}},
                             somebody, list, 2)) == std::vector{0, 1});
    }
    SUBCASE("likenesses of which no matrix can be made end the slate") {
        const auto impossible = [](item_index, item_index) { return 5.0; };
        CHECK(items(reranked(dpp{impossible}, somebody, ranked({3, 2, 1}), 3)) == std::vector{0});
    }
    SUBCASE("options out of range are refused") {
        CHECK_THROWS_WITH_AS(dpp<>({.diversity = 0}),
                             "dpp: diversity is 0; expected a number from 0.02 to 1", option_error);
        CHECK_THROWS_AS((dpp{genres, {.least_distance = 0}}), option_error);
    }
}
