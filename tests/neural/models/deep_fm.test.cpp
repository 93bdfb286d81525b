// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/deep_fm.hpp>

#include "../feature_model_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::deep_fm;
using neural::deep_fm_options;

static_assert(scorer<deep_fm> && catalogue_scorer<deep_fm> && recommender<deep_fm>);
static_assert(knows_users<deep_fm> && foldable<deep_fm> && archivable<deep_fm>);
static_assert(embedding_model<deep_fm> && item_similarity_model<deep_fm> &&
              user_similarity_model<deep_fm>);
static_assert(!explainable<deep_fm>); // no score is a sum over the history
static_assert(trains_on<deep_fm, user_items> &&
              !trains_on<deep_fm, csr_matrix<item_index, user_index, float>>);
static_assert(recommends_to<deep_fm, user_index> && !recommends_to<deep_fm, item_index>);

namespace {
const deep_fm_options small_deep_fm{.embedding = 8, .hidden = {12, 6}, .dropout = 0.1};
}

TEST_CASE("deep_fm learns who likes what, of cold items by their features") {
    check_learning<deep_fm>(small_deep_fm);
}
TEST_CASE("deep_fm folds in users by history and features") {
    check_folding<deep_fm>(small_deep_fm);
}
TEST_CASE("deep_fm has the same bits for any threads, after an interruption, from a file") {
    check_bits<deep_fm>(small_deep_fm);
}
TEST_CASE("deep_fm on the smallest data, and what it refuses") {
    check_edges<deep_fm>(small_deep_fm);
}
