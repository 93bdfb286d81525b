// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/confident.hpp>

#include "table_model.hpp"

#include <hybrec/hybrid/switching.hpp>

#include <doctest/doctest.h>

#include <cmath>
#include <functional>
#include <vector>

using namespace hybrec;
using test::fixed_list;
using test::items_of;
using test::table_model;

namespace {
static_assert(request_gate<confident<table_model<>>>);
} // namespace

TEST_CASE("list_entropy is that of the softmax, as a share of the most there can be") {
    const auto of = [](std::vector<float> scores, double scale = 1) {
        std::vector<scored_item> list;
        for (const float score : scores)
            list.push_back({item_index(list.size()), score});
        return list_entropy(list, scale);
    };
    CHECK(of({3, 3, 3, 3}) == doctest::Approx(1));
    CHECK(of({1000, 0}) == doctest::Approx(0));
    CHECK(of({}) == 1);
    CHECK(of({5}) == 1);
    const double p = 1 / (1 + std::exp(-2.0)); // two items, 2 apart
    const double expected = -(p * std::log(p) + (1 - p) * std::log(1 - p)) / std::log(2.0);
    CHECK(of({7, 5}) == doctest::Approx(expected));
    CHECK(of({70, 50}, 10) == doctest::Approx(expected));
}

TEST_CASE("a confident model answers, an undecided one gives way") {
    const table_model<> model{{{9, 1, 1, 1}, {5, 5, 5, 5}, {}}, 4};
    const fixed_list popular{{{item_index{3}, 1.0F}}, 4};
    const confident sure{std::ref(model), 1.0, {.depth = 4, .most_entropy = 0.9}};
    CHECK(sure.uncertainty(request{user_index{1}}) == doctest::Approx(1));
    const switching hybrid{when("sure", sure, std::ref(model)), otherwise("popular", popular)};
    CHECK(hybrid.regime_name(hybrid.regime_of(request{user_index{0}})) == "sure");
    CHECK(items_of(hybrid.recommend(user_index{0}, 1)) == std::vector<std::uint32_t>{0});
    for (const std::uint32_t user : {1U, 2U, 9U})
        CHECK(items_of(hybrid.recommend(user_index{user}, 1)) == std::vector<std::uint32_t>{3});

    CHECK_THROWS_AS((confident{model, 0.0}), option_error);
    CHECK_THROWS_AS((confident{model, 1.0, {.depth = 1}}), option_error);
    CHECK_THROWS_AS((confident{model, 1.0, {.most_entropy = 1.5}}), option_error);
}
