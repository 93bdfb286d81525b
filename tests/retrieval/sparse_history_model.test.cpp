// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/sparse_history_model.hpp>

#include <hybrec/concepts/model.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

using namespace hybrec;

namespace {

class toy_sparse_model : public sparse_history_model<toy_sparse_model> {
  public:
    using entries = std::vector<triplet<item_index, item_index, float>>;

    toy_sparse_model(const user_items& matrix, const entries& weights) {
        history_ = keep_matrix<float>(matrix);
        set_weights(build_csr<item_index, item_index, float>(
            weights, {.row_count = item_count(), .column_count = item_count()}));
    }
    [[nodiscard]] static std::string type_name() { return "toy"; }

    friend bool operator==(const toy_sparse_model& left, const toy_sparse_model& right) {
        return left.same_weights(right);
    }
};

static_assert(scorer<toy_sparse_model> && recommender<toy_sparse_model> &&
              foldable<toy_sparse_model> && explainable<toy_sparse_model>);
static_assert(item_similarity_model<toy_sparse_model> && !user_similarity_model<toy_sparse_model>);

} // namespace

TEST_CASE("sparse_history_model scores by the rows of what a user has") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 2.0F},
                                                            {user_index{0}, item_index{1}, 1.0F},
                                                            {user_index{1}, item_index{2}, -1.0F}},
        {.row_count = 3, .column_count = 4});
    const toy_sparse_model::entries weights{{item_index{0}, item_index{2}, 3.0F},
                                            {item_index{0}, item_index{3}, -1.0F},
                                            {item_index{1}, item_index{3}, 5.0F},
                                            {item_index{2}, item_index{0}, 4.0F}};
    const toy_sparse_model model{matrix, weights};
    CHECK(model.coefficients().entry_count() == 4);
    CHECK(model.coefficient(item_index{0}, item_index{3}) == -1);
    CHECK(model.coefficient(item_index{3}, item_index{0}) == 0);
    // 2 · 3, and 2 · (−1) + 1 · 5.
    const auto first = model.recommend(user_index{0}, 4);
    REQUIRE(first.size() == 2);
    CHECK(first[0] == scored_item{item_index{2}, 6.0F});
    CHECK(first[1] == scored_item{item_index{3}, 3.0F});
    CHECK(model.score(user_index{0}, item_index{3}) == 3);
    CHECK(model.recommend(user_index{1}, 4).front() == scored_item{item_index{0}, -4.0F});
    CHECK(model.recommend(user_index{2}, 4).empty()); // has nothing
    const auto why = model.explain(user_index{0}, item_index{3});
    CHECK(why.parts.front() == scored_item{item_index{1}, 5.0F});
    CHECK(why.remainder == 0);

    CHECK(model == toy_sparse_model{matrix, weights});
    CHECK(!(model == toy_sparse_model{matrix, {weights.begin(), weights.end() - 1}}));
}
