// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/deep_fm.hpp>

#include "../feature_model_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::deep_fm;
using neural::deep_fm_options;

static_assert(!explainable<deep_fm>); // no score is a sum over the history
template <class Matrix>
concept trains_on = requires(deep_fm model, const Matrix& matrix) {
    model.fit(matrix);
};
static_assert(trains_on<user_items> && !trains_on<csr_matrix<item_index, user_index, float>>);
template <class Index>
concept recommends_to = requires(const deep_fm model, Index index) {
    model.recommend(index, 3);
};
static_assert(recommends_to<user_index> && !recommends_to<item_index>);

namespace {
const deep_fm_options small{.embedding = 8, .hidden = {12, 6}, .dropout = 0.1};
}

TEST_CASE("deep_fm learns who likes what, of cold items by their features") {
    check_learning<deep_fm>(small);
}
TEST_CASE("deep_fm folds in users by history and features") { check_folding<deep_fm>(small); }
TEST_CASE("deep_fm has the same bits for any threads, after an interruption, from a file") {
    check_bits<deep_fm>(small);
}
TEST_CASE("deep_fm on the smallest data, and what it refuses") { check_edges<deep_fm>(small); }
