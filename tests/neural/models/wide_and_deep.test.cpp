// SPDX-License-Identifier: MIT
#include <hybrec/neural/models/wide_and_deep.hpp>

#include "../feature_model_fixture.hpp"

#include <doctest/doctest.h>

using namespace hybrec;
using namespace hybrec::test;
using neural::wide_and_deep;
using neural::wide_and_deep_options;

static_assert(scorer<wide_and_deep> && catalogue_scorer<wide_and_deep>);
static_assert(recommender<wide_and_deep> && knows_users<wide_and_deep>);
static_assert(foldable<wide_and_deep> && archivable<wide_and_deep>);
static_assert(embedding_model<wide_and_deep> && item_similarity_model<wide_and_deep> &&
              user_similarity_model<wide_and_deep>);
static_assert(!explainable<wide_and_deep>); // no score is a sum over the history
static_assert(trains_on<wide_and_deep, user_items> &&
              !trains_on<wide_and_deep, csr_matrix<item_index, user_index, float>>);
static_assert(recommends_to<wide_and_deep, user_index> &&
              !recommends_to<wide_and_deep, item_index>);

namespace {
const wide_and_deep_options small_wide_and_deep{
    .embedding = 8, .hidden = {12, 10, 6}, .dropout = 0.1, .cross_slots = 512};
}

TEST_CASE("wide_and_deep learns who likes what, of cold items by their features") {
    check_learning<wide_and_deep>(small_wide_and_deep);
}
TEST_CASE("wide_and_deep folds in users by history and features") {
    check_folding<wide_and_deep>(small_wide_and_deep);
}
TEST_CASE("wide_and_deep has the same bits for any threads, after an interruption, from a file") {
    check_bits<wide_and_deep>(small_wide_and_deep);
}
TEST_CASE("wide_and_deep on the smallest data, and what it refuses") {
    check_edges<wide_and_deep>(small_wide_and_deep);
}
TEST_CASE(
    "wide_and_deep scores many categories with the bits of few, which it crosses beforehand") {
    const small_world world;
    // The same rows, and categories that no item has behind them.
    neural::feature_fields many = world.fields;
    const auto& last = world.fields.items.back();
    coo_matrix<item_index, feature_index, float> entries;
    for (std::size_t item = 0; item < last.row_count(); ++item)
        for (const auto [category, weight] : last.row(item_index(item)))
            entries.add(item_index(item), category, weight);
    many.items.back() = build_csr<item_index, feature_index, float>(
        entries, {.row_count = last.row_count(), .column_count = 300});
    const auto scores = [&](const neural::feature_fields& fields) {
        wide_and_deep model{small_wide_and_deep};
        model.fit(world.matrix, fields, {.epochs = 20, .batch = 8});
        std::vector<float> all;
        for (std::size_t user = 0; user < world.matrix.row_count(); ++user) {
            std::vector<float> row(world.matrix.column_count());
            model.score_all(user_index(user), row);
            all.insert(all.end(), row.begin(), row.end());
        }
        return all;
    };
    const auto expected = scores(world.fields);
    CHECK(expected == scores(many));
    CHECK(expected.front() != expected.back());
}
