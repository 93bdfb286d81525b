// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/feature_combination_net.hpp>

#include "../feature_model_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::feature_combination_net;
using neural::feature_combination_net_options;

static_assert(scorer<feature_combination_net> && catalogue_scorer<feature_combination_net>);
static_assert(recommender<feature_combination_net> && knows_users<feature_combination_net>);
static_assert(foldable<feature_combination_net> && archivable<feature_combination_net>);
static_assert(embedding_model<feature_combination_net> &&
              item_similarity_model<feature_combination_net> &&
              user_similarity_model<feature_combination_net>);
static_assert(!explainable<feature_combination_net>); // no score is a sum over the history
static_assert(trains_on<feature_combination_net, user_items> &&
              !trains_on<feature_combination_net, csr_matrix<item_index, user_index, float>>);
static_assert(recommends_to<feature_combination_net, user_index> &&
              !recommends_to<feature_combination_net, item_index>);

namespace {
const feature_combination_net_options small_feature_combination_net{
    .embedding = 8, .content_hidden = 6, .hidden = {12, 6}, .dropout = 0.1};
}

TEST_CASE("feature_combination_net learns who likes what, of cold items by their features") {
    check_learning<feature_combination_net>(small_feature_combination_net);
}
TEST_CASE("feature_combination_net folds in users by history and features") {
    check_folding<feature_combination_net>(small_feature_combination_net);
}
TEST_CASE("feature_combination_net has the same bits for any threads, after an interruption, from "
          "a file") {
    check_bits<feature_combination_net>(small_feature_combination_net);
}
TEST_CASE("feature_combination_net on the smallest data, and what it refuses") {
    check_edges<feature_combination_net>(small_feature_combination_net);
}
