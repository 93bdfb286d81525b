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

class toy : public sparse_history_model<toy> {
  public:
    using entries = std::vector<triplet<item_index, item_index, float>>;

    toy(const user_items& matrix, const entries& weights) {
        history_ = keep_matrix<float>(matrix);
        set_weights(build_csr<item_index, item_index, float>(
            weights, {.row_count = item_count(), .column_count = item_count()}));
    }
    [[nodiscard]] static std::string type_name() { return "toy"; }

    friend bool operator==(const toy& left, const toy& right) { return left.same_weights(right); }
};

static_assert(scorer<toy> && recommender<toy> && foldable<toy> && explainable<toy>);
static_assert(item_similarity_model<toy> && !user_similarity_model<toy>);

} // namespace

TEST_CASE("sparse_history_model scores by the rows of what a user has") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 2.0F},
                                                            {user_index{0}, item_index{1}, 1.0F},
                                                            {user_index{1}, item_index{2}, -1.0F}},
        {.row_count = 3, .column_count = 4});
    const toy::entries weights{{item_index{0}, item_index{2}, 3.0F},
                               {item_index{0}, item_index{3}, -1.0F},
                               {item_index{1}, item_index{3}, 5.0F},
                               {item_index{2}, item_index{0}, 4.0F}};
    const toy model{matrix, weights};
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

    CHECK(model == toy{matrix, weights});
    CHECK(!(model == toy{matrix, {weights.begin(), weights.end() - 1}}));
}
