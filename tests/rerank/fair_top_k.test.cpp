// SPDX-License-Identifier: MIT
#include <hybrec/rerank/fair_top_k.hpp>

#include "lists.hpp"
#include <hybrec/core/error.hpp>
#include <hybrec/rerank/reranked.hpp>

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

using namespace hybrec;
using namespace lists;

namespace {

const auto odd = [](item_index item) { return item.value() % 2 == 1; };

static_assert(reranker<fair_top_k<decltype(odd)>>);
template <class Protected>
concept can_protect = requires(Protected some) {
    fair_top_k{some};
};
static_assert(can_protect<decltype(odd)> && !can_protect<int>);
static_assert(!can_protect<bool (*)(user_index)>, "users are not items");

/// The probability that some prefix of n coins has fewer heads than `needed`, coin by coin.
double enumerated_failure(std::span<const std::uint32_t> needed, double proportion) {
    double failed = 0;
    for (std::uint32_t coins = 0; coins < (1U << needed.size()); ++coins)
        for (std::size_t n = 1; n <= needed.size(); ++n)
            if (std::popcount(coins & ((1U << n) - 1)) < static_cast<int>(needed[n - 1])) {
                const int heads = std::popcount(coins);
                failed += std::pow(proportion, heads) *
                          std::pow(1 - proportion, static_cast<int>(needed.size()) - heads);
                break;
            }
    return failed;
}

std::vector<std::uint32_t> needed(fair_top_k_options options) {
    const fair_top_k fair{odd, options};
    return {fair.needed().begin(), fair.needed().end()};
}

} // namespace

TEST_CASE("FA*IR knows how many protected items a prefix needs") {
    SUBCASE("by hand: three coins") {
        // P(0 heads) = ½, ¼, ⅛: two tails are still possible at .2, three are not.
        CHECK(needed({.proportion = 0.5, .significance = 0.2, .length = 3, .adjust = false}) ==
              std::vector<std::uint32_t>{0, 0, 1});
        // Met exactly, a test is passed.
        CHECK(needed({.proportion = 0.5, .significance = 0.25, .length = 3, .adjust = false}) ==
              std::vector<std::uint32_t>{0, 0, 1});
        CHECK(needed({.proportion = 0.5, .significance = 0.26, .length = 2, .adjust = false}) ==
              std::vector<std::uint32_t>{0, 1});
    }
    SUBCASE("the authors' example: k = 20, p = .25, α = .1") {
        // Tables and the second probability as in the documentation of their program, fairsearchcore
        // 1.0.4. (The probability that it gives for the first table, .115, is not that of the
        // table; enumerating all lists gives .1469.)
        const fair_top_k_options options{
            .proportion = 0.25, .significance = 0.1, .length = 20, .adjust = false};
        CHECK(needed(options) == std::vector<std::uint32_t>{0, 0, 0, 0, 0, 0, 0, 0, 1, 1,
                                                            1, 1, 1, 1, 2, 2, 2, 2, 2, 3});
        CHECK(detail::failure_probability(
                  {0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 2}, 0.25) ==
              doctest::Approx(0.10515247355215251));
        CHECK(fair_top_k{odd, options}.failure_probability() == doctest::Approx(0.146887188699111));
    }
    SUBCASE("the probability of failing is that of all lists, one by one") {
        for (const double proportion : {0.2, 0.5, 0.7}) {
            for (const bool adjust : {false, true}) {
                const fair_top_k fair{odd,
                                      {.proportion = proportion, .length = 14, .adjust = adjust}};
                CHECK(fair.failure_probability() ==
                      doctest::Approx(enumerated_failure(fair.needed(), proportion)));
            }
        }
    }
    SUBCASE("α is adjusted as little as needed") {
        for (const double proportion : {0.1, 0.4, 0.5, 0.8})
            for (const std::size_t length : {std::size_t{1}, std::size_t{10}, std::size_t{100}}) {
                const fair_top_k fair{odd, {.proportion = proportion, .length = length}};
                CHECK(fair.failure_probability() <= 0.1);
                if (fair.single_significance() == 0.1)
                    continue; // nothing to adjust
                const fair_top_k looser{odd,
                                        {.proportion = proportion,
                                         .significance = fair.single_significance() + 1e-9,
                                         .length = length,
                                         .adjust = false}};
                CHECK(looser.failure_probability() > 0.1);
            }
    }
}

TEST_CASE("FA*IR takes the best protected item where one is due") {
    // Not protected: 0, 2, 4, 6; protected, with worse scores: 1, 3, 5, 7.
    const auto list = ranked({9, 4, 8, 3, 7, 2, 6, 1});
    SUBCASE("by hand: m = 0 1 1 2 2 3") {
        const fair_top_k fair{
            odd, {.proportion = 0.6, .significance = 0.2, .length = 6, .adjust = false}};
        REQUIRE(std::vector(fair.needed().begin(), fair.needed().end()) ==
                std::vector<std::uint32_t>{0, 1, 1, 2, 2, 3});
        const auto slate = reranked(fair, somebody, list, 6);
        CHECK(items(slate) == std::vector{0, 1, 2, 3, 4, 5});
        CHECK(fair.is_fair(slate));
        CHECK_FALSE(fair.is_fair(list));
        // Later places are free, and the order of the candidates does not matter.
        CHECK(items(reranked(fair, somebody, {list.rbegin(), list.rend()}, 8)) ==
              std::vector{0, 1, 2, 3, 4, 5, 6, 7});
    }
    SUBCASE("good protected items need no help") {
        const auto fine = ranked({1, 9, 2, 8, 3, 7, 4, 6});
        const fair_top_k fair{odd, {.length = 8}};
        CHECK(reranked(fair, somebody, fine, 8) == fine);
    }
    SUBCASE("there are none left: the others follow, and the list is not called fair") {
        const fair_top_k all{[](item_index) { return false; }, {.proportion = 0.9}};
        CHECK(reranked(all, somebody, list, 8) == list);
        CHECK_FALSE(all.is_fair(list));
    }
    SUBCASE("protected by a feature") {
        const auto genres = features({{1, 0}, {0, 1}, {1, 1}});
        const fair_top_k fair{having(genres, feature_index{1}),
                              {.proportion = 0.9, .significance = 0.2, .adjust = false}};
        CHECK(items(reranked(fair, somebody, ranked({9, 8, 7, 6}), 4)) == std::vector{1, 2, 0, 3});
    }
    SUBCASE("limits") {
        const fair_top_k fair{std::cref(odd)};
        CHECK(reranked(fair, somebody, {}, 3).empty());
        CHECK(reranked(fair, somebody, list, 0).empty());
        CHECK(items(reranked(fair, somebody, ranked({3}), 9)) == std::vector{0});
        CHECK(fair.is_fair({}));
        CHECK_THROWS_WITH_AS((fair_top_k{odd, {.proportion = 1}}),
                             "fair_top_k: proportion is 1; expected a number between 0 and 1",
                             option_error);
        CHECK_THROWS_AS((fair_top_k{odd, {.significance = 0}}), option_error);
        CHECK_THROWS_AS((fair_top_k{odd, {.length = 0}}), option_error);
        CHECK_THROWS_AS((fair_top_k{odd, {.length = 10'001}}), option_error);
    }
}
