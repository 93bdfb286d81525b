// SPDX-License-Identifier: MIT
#include <hybrec/factorization/bpr/warp.hpp>

#include <hybrec/factorization/bpr/bpr.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <tuple>
#include <vector>

using namespace hybrec;

static_assert(scorer<warp> && recommender<warp> && foldable<warp> && embedding_model<warp>);
static_assert(item_similarity_model<warp> && user_similarity_model<warp>);
static_assert(knows_users<warp> && archivable<warp>);
static_assert(!explainable<warp>);
static_assert(warp::kind == score_kind::preference);

TEST_CASE("WARP stops at its margin of 1, BPR never does") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F},
                                                            {user_index{1}, item_index{1}, 1.0F}},
        {.row_count = 2, .column_count = 2});
    const pairwise_options options{.factors = 4,
                                   .user_regularization = 0,
                                   .item_regularization = 0,
                                   .bias_regularization = 0,
                                   .epochs = 2000,
                                   .initial_scale = 0.5};
    warp bounded{options};
    bpr unbounded{options};
    bounded.fit(matrix);
    unbounded.fit(matrix);
    const auto margin = [](const auto& model, user_index user, item_index item, item_index other) {
        return model.score(user, item) - model.score(user, other);
    };
    for (const auto& [user, item, other] :
         {std::tuple{user_index{0}, item_index{0}, item_index{1}},
          std::tuple{user_index{1}, item_index{1}, item_index{0}}}) {
        // A last step of 0.05 may overshoot a little; one of the other user may take some away.
        CHECK(margin(bounded, user, item, other) > 0.9F);
        CHECK(margin(bounded, user, item, other) < 1.5F);
        CHECK(margin(unbounded, user, item, other) > 3);
    }
}
