// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/wide_and_deep.hpp>

#include "../feature_model_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::wide_and_deep;
using neural::wide_and_deep_options;

static_assert(!explainable<wide_and_deep>); // no score is a sum over the history
template <class Matrix>
concept trains_on = requires(wide_and_deep model, const Matrix& matrix) {
    model.fit(matrix);
};
static_assert(trains_on<user_items> && !trains_on<csr_matrix<item_index, user_index, float>>);
template <class Index>
concept recommends_to = requires(const wide_and_deep model, Index index) {
    model.recommend(index, 3);
};
static_assert(recommends_to<user_index> && !recommends_to<item_index>);

namespace {
const wide_and_deep_options small{
    .embedding = 8, .hidden = {12, 10, 6}, .dropout = 0.1, .cross_slots = 512};
}

TEST_CASE("wide_and_deep learns who likes what, of cold items by their features") {
    check_learning<wide_and_deep>(small);
}
TEST_CASE("wide_and_deep folds in users by history and features") {
    check_folding<wide_and_deep>(small);
}
TEST_CASE("wide_and_deep has the same bits for any threads, after an interruption, from a file") {
    check_bits<wide_and_deep>(small);
}
TEST_CASE("wide_and_deep on the smallest data, and what it refuses") {
    check_edges<wide_and_deep>(small);
}
