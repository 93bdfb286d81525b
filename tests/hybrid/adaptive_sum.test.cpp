// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/adaptive_sum.hpp>

#include "table_model.hpp"

#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/fixed_share.hpp>
#include <hybrec/hybrid/hedge.hpp>

#include <doctest/doctest.h>

#include <thread>
#include <vector>

using namespace hybrec;
using test::items_of;
using test::table_model;

namespace {

static_assert(combiner<adaptive_sum<hedge>> && combiner<adaptive_sum<personal_weights<hedge>>>);
static_assert(keyed_weight_learner<personal_weights<hedge>> && !keyed_weight_learner<hedge>);

} // namespace

TEST_CASE("an adaptive hybrid follows rewards") {
    const table_model<> first{{{2, 1}, {2, 1}}, 2};
    const table_model<> second{{{1, 3}, {1, 3}}, 2};
    const std::vector<double> for_first{1, 0};
    const std::vector<double> for_second{0, 1};

    SUBCASE("of everybody") {
        blend model{adaptive_sum<hedge, as_is>{hedge{2, {.rate = 1}}}, first, second};
        CHECK(items_of(model.recommend(user_index{0}, 1)) == std::vector<std::uint32_t>{1});
        for (int round = 0; round < 5; ++round)
            model.combiner().rewards(for_first);
        CHECK(items_of(model.recommend(user_index{0}, 1)) == std::vector<std::uint32_t>{0});
        // Copies share what is learned.
        const auto copy = model;
        for (int round = 0; round < 10; ++round)
            model.combiner().rewards(request{user_index{0}}, for_second);
        CHECK(items_of(copy.recommend(user_index{1}, 1)) == std::vector<std::uint32_t>{1});
        std::vector<float> weights(2);
        copy.combiner().weights(request{user_index{0}}, weights);
        CHECK(weights[1] > 0.99F);
        CHECK_THROWS_AS(model.combiner().rewards(std::vector<double>{2, 0}), data_error);
    }
    SUBCASE("of one user") {
        blend model{adaptive_sum<personal_weights<hedge>, as_is>{
                        personal_weights{hedge{2, {.rate = 1}}, {.shrinkage = 0}}},
                    first, second};
        for (int round = 0; round < 5; ++round)
            model.combiner().rewards(request{user_index{1}}, for_first);
        for (int round = 0; round < 10; ++round)
            model.combiner().rewards(request{user_index{0}}, for_second);
        CHECK(items_of(model.recommend(user_index{1}, 1)) == std::vector<std::uint32_t>{0});
        CHECK(items_of(model.recommend(user_index{0}, 1)) == std::vector<std::uint32_t>{1});
    }
}

TEST_CASE("an adaptive hybrid may learn while it answers") {
    const table_model<> first{{{2, 1}}, 2};
    blend model{adaptive_sum{fixed_share{2}}, first, first};
    std::thread learner{[&] {
        const std::vector<double> rewards{1, 0};
        for (int round = 0; round < 500; ++round)
            model.combiner().rewards(rewards);
    }};
    for (int round = 0; round < 500; ++round)
        CHECK(model.recommend(user_index{0}, 2).size() == 2);
    learner.join();
}
