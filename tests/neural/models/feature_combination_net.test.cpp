// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/feature_combination_net.hpp>

#include "../feature_model_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::feature_combination_net;
using neural::feature_combination_net_options;

static_assert(!explainable<feature_combination_net>); // no score is a sum over the history
template <class Matrix>
concept trains_on = requires(feature_combination_net model, const Matrix& matrix) {
    model.fit(matrix);
};
static_assert(trains_on<user_items> && !trains_on<csr_matrix<item_index, user_index, float>>);
template <class Index>
concept recommends_to = requires(const feature_combination_net model, Index index) {
    model.recommend(index, 3);
};
static_assert(recommends_to<user_index> && !recommends_to<item_index>);

namespace {
const feature_combination_net_options small{
    .embedding = 8, .content_hidden = 6, .hidden = {12, 6}, .dropout = 0.1};
}

TEST_CASE("feature_combination_net learns who likes what, of cold items by their features") {
    check_learning<feature_combination_net>(small);
}
TEST_CASE("feature_combination_net folds in users by history and features") {
    check_folding<feature_combination_net>(small);
}
TEST_CASE("feature_combination_net has the same bits for any threads, after an interruption, from "
          "a file") {
    check_bits<feature_combination_net>(small);
}
TEST_CASE("feature_combination_net on the smallest data, and what it refuses") {
    check_edges<feature_combination_net>(small);
}
