// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/ndcg_search.hpp>

#include <doctest/doctest.h>

#include "learning.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

using namespace hybrec;
using namespace learning;

static_assert(blend_learner<ndcg_search>);

namespace {

double ndcg_by_definition(const raw_lists& lists, const std::vector<double>& weights,
                          std::size_t k) {
    double sum = 0;
    std::size_t counted = 0;
    for (std::size_t list = 0; list < lists.list_count(); ++list) {
        const std::size_t begin = lists.offsets()[list], end = lists.offsets()[list + 1];
        std::vector<std::size_t> order(end - begin);
        std::iota(order.begin(), order.end(), begin);
        const auto score = [&](std::size_t at) {
            double total = 0;
            for (std::size_t c = 0; c < weights.size(); ++c)
                total += weights[c] * static_cast<double>(lists.row(at)[c]);
            return static_cast<float>(total);
        };
        std::stable_sort(order.begin(), order.end(), [&](std::size_t left, std::size_t right) {
            return score(left) > score(right);
        });
        double gain = 0, ideal = 0;
        std::size_t relevant = 0;
        for (std::size_t place = 0; place < order.size(); ++place) {
            const double discount = 1 / std::log2(static_cast<double>(place + 2));
            if (lists.labels()[order[place]] > 0) {
                gain += place < k ? discount : 0;
                ++relevant;
            }
        }
        for (std::size_t place = 0; place < std::min(k, relevant); ++place)
            ideal += 1 / std::log2(static_cast<double>(place + 2));
        if (relevant > 0) {
            sum += gain / ideal;
            ++counted;
        }
    }
    return sum / static_cast<double>(counted);
}

/// Some eight relevant items of sixty a list, which each component sees through a noise of its own.
raw_lists hard_lists(std::uint64_t seed) {
    raw_lists lists{3};
    const double noise[] = {1.0, 1.3, 1.6};
    for (std::size_t list = 0; list < 40; ++list) {
        const counter_random random{seed, list};
        tables::columns columns(3, std::vector<float>(60));
        std::vector<float> labels;
        for (std::size_t row = 0; row < 60; ++row) {
            const double worth = random.normal(4 * row);
            labels.push_back(worth > 1.1 ? 1.0F : 0.0F);
            for (std::size_t k = 0; k < 3; ++k)
                columns[k][row] =
                    static_cast<float>(worth + noise[k] * random.normal(4 * row + k + 1));
        }
        add(lists, columns, labels);
    }
    return lists;
}

} // namespace

TEST_CASE("ndcg_search measures NDCG as defined") {
    auto lists = hard_lists(9);
    add(lists, {{1, 2}, {1, 2}, {1, 2}}, {0, 0}); // does not count
    for (const std::size_t k : {1U, 5U, 40U, 1000U})
        for (const auto& weights :
             {std::vector<double>{1, 0, 0}, std::vector<double>{0.3, 0.5, 0.2}})
            CHECK(ndcg_search{{.k = k}}.mean_ndcg(lists, weights) ==
                  doctest::Approx(ndcg_by_definition(lists, weights, k)));
    CHECK(ndcg_search{}.mean_ndcg(raw_lists{1}, {1.0}) == 0);
}

TEST_CASE("ndcg_search finds weights at least as good as all of a grid, or nearly") {
    for (std::uint64_t seed = 1; seed <= 4; ++seed) {
        const auto lists = hard_lists(seed);
        const ndcg_search search{{.k = 10}};
        const auto blend = search.learn(lists);
        std::vector<double> found;
        for (const float weight : blend.weights()) {
            CHECK(weight >= 0);
            found.push_back(static_cast<double>(weight));
        }
        CHECK(found[0] + found[1] + found[2] == doctest::Approx(1));
        CHECK(blend.intercept() == 0);
        double best = 0;
        for (int first = 0; first <= 20; ++first)
            for (int second = 0; first + second <= 20; ++second)
                best = std::max(best, search.mean_ndcg(lists, {first / 20.0, second / 20.0,
                                                               (20 - first - second) / 20.0}));
        CHECK(search.mean_ndcg(lists, found) > best - 0.01);
        CHECK(search.learn(lists) == blend);
    }
    SUBCASE("refinement goes beyond the first tries") {
        int better = 0;
        for (std::uint64_t seed = 1; seed <= 4; ++seed) {
            const auto lists = hard_lists(seed);
            const ndcg_search search{{.k = 10, .draws = 0}};
            double first = search.mean_ndcg(lists, {1 / 3.0, 1 / 3.0, 1 / 3.0});
            for (const auto& alone : matrix{{1, 0, 0}, {0, 1, 0}, {0, 0, 1}})
                first = std::max(first, search.mean_ndcg(lists, alone));
            const auto blend = search.learn(lists);
            std::vector<double> found;
            for (const float weight : blend.weights())
                found.push_back(static_cast<double>(weight));
            CHECK(search.mean_ndcg(lists, found) >= first - 1e-6);
            better += search.mean_ndcg(lists, found) > first + 0.005 ? 1 : 0;
        }
        CHECK(better >= 3);
    }
    SUBCASE("one component needs no search, a perfect one is found") {
        raw_lists one{1};
        add(one, {{1, 2}}, {0, 1});
        CHECK(ndcg_search{}.learn(one).weights()[0] == 1);
        raw_lists perfect{2};
        add(perfect, {{1, 2, 9, 3}, {0, 0, -1, 1}}, {0, 0, 0, 1});
        const auto blend = ndcg_search{}.learn(perfect);
        std::vector<double> weights;
        for (const float weight : blend.weights())
            weights.push_back(static_cast<double>(weight));
        CHECK(ndcg_search{}.mean_ndcg(perfect, weights) == 1);
    }
    SUBCASE("errors") {
        raw_lists unlabelled{1};
        add(unlabelled, {{1, 2}}, {0, 0});
        CHECK_THROWS_WITH_AS((void)ndcg_search{}.learn(unlabelled),
                             "ndcg_search: no list has a relevant item", data_error);
        CHECK_THROWS_AS((void)ndcg_search{{.k = 0}}, option_error);
        CHECK_THROWS_AS((void)ndcg_search{{.smallest_step = 0}}, option_error);
    }
    SUBCASE("one, two, three threads") { check_threads(ndcg_search{}, long_lists()); }
}
