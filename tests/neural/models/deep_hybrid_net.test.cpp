// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/deep_hybrid_net.hpp>

#include "../feature_model_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::deep_hybrid_net;
using neural::deep_hybrid_net_options;

static_assert(scorer<deep_hybrid_net> && catalogue_scorer<deep_hybrid_net>);
static_assert(recommender<deep_hybrid_net> && knows_users<deep_hybrid_net>);
static_assert(foldable<deep_hybrid_net> && archivable<deep_hybrid_net>);
static_assert(embedding_model<deep_hybrid_net> && item_similarity_model<deep_hybrid_net> &&
              user_similarity_model<deep_hybrid_net>);
static_assert(!explainable<deep_hybrid_net>); // no score is a sum over the history
static_assert(trains_on<deep_hybrid_net, user_items> &&
              !trains_on<deep_hybrid_net, csr_matrix<item_index, user_index, float>>);
static_assert(recommends_to<deep_hybrid_net, user_index> &&
              !recommends_to<deep_hybrid_net, item_index>);

namespace {
const deep_hybrid_net_options small_deep_hybrid_net{.embedding = 16,
                                                    .heads = 2,
                                                    .content_hidden = 16,
                                                    .hidden = {24},
                                                    .dropout = 0,
                                                    .id_dropout = 0.3};
}

TEST_CASE("deep_hybrid_net learns who likes what, of cold items by their features") {
    check_learning<deep_hybrid_net>(small_deep_hybrid_net);
}
TEST_CASE("deep_hybrid_net folds in users by history and features") {
    check_folding<deep_hybrid_net>(small_deep_hybrid_net);
}
TEST_CASE("deep_hybrid_net has the same bits for any threads, after an interruption, from a file") {
    check_bits<deep_hybrid_net>(small_deep_hybrid_net);
}
TEST_CASE("deep_hybrid_net on the smallest data, and what it refuses") {
    check_edges<deep_hybrid_net>(small_deep_hybrid_net);
}

TEST_CASE("deep_hybrid_net tells what the user attended to") {
    const clubs data;
    const auto model = fitted<deep_hybrid_net>(small_deep_hybrid_net);
    for (const item_index item : {item_index{0}, item_index{5}, item_index{33}}) {
        const auto weights = model.attention(user_index{3}, item);
        CHECK(weights.rows() == 2);
        CHECK(weights.columns() == 3);
        for (std::size_t head = 0; head < 2; ++head) {
            float total = 0;
            for (std::size_t token = 0; token < 3; ++token) {
                CHECK(weights(head, token) > 0);
                total += weights(head, token);
            }
            CHECK(total == doctest::Approx(1));
        }
    }
    CHECK_THROWS_AS((void)model.attention(user_index{44}, item_index{0}), shape_error);
    CHECK_THROWS_AS((void)model.attention(user_index{0}, item_index{34}), shape_error);
    CHECK_THROWS_AS(deep_hybrid_net{{.heads = 3}}, option_error);
}
