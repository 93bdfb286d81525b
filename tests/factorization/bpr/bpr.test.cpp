// SPDX-License-Identifier: MIT
#include <hybrec/factorization/bpr/bpr.hpp>

#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <cstddef>
#include <vector>

using namespace hybrec;

static_assert(scorer<bpr> && recommender<bpr> && foldable<bpr> && embedding_model<bpr>);
static_assert(item_similarity_model<bpr> && user_similarity_model<bpr>);
static_assert(knows_users<bpr> && archivable<bpr>);
static_assert(!explainable<bpr>, "scores of BPR are not sums over a history");
static_assert(bpr::kind == score_kind::preference);

TEST_CASE("BPR's biases rank items by how many users chose them") {
    // Item i has i users.
    std::vector<triplet<user_index, item_index, float>> entries;
    for (std::size_t item = 0; item < 8; ++item)
        for (std::size_t user = 0; user < 10 * item; ++user)
            entries.push_back({user_index((user * 7 + item) % 80), item_index(item), 1.0F});
    const auto matrix =
        build_csr<user_index, item_index, float>(entries, {.row_count = 80, .column_count = 8});
    bpr model{{.factors = 2, .epochs = 60}};
    model.fit(matrix);
    CHECK(!model.knows(item_index{0}));
    for (std::size_t item = 2; item < 8; ++item)
        CHECK(model.bias(item_index(item)) > model.bias(item_index(item - 1)));
    bpr without{{.factors = 2, .item_bias = false, .epochs = 5}};
    without.fit(matrix);
    CHECK(without.bias(item_index{3}) == 0);
    CHECK(without.item_factors().factors() == 2);
    CHECK(model.item_factors().factors() == 3);
}
