// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/spread_model.hpp>

#include <hybrec/concepts/model.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <span>
#include <string>
#include <vector>

using namespace hybrec;

namespace {

/// Somebody new who resembles one user.
struct twin {
    user_index of;
    std::size_t users;
    std::size_t items;
    float likeness = 1;

    [[nodiscard]] std::size_t user_count() const { return users; }
    [[nodiscard]] std::size_t item_count() const { return items; }
};

/// Every user resembles the next one by 1/2; the last resembles nobody.
class followers : public spread_model<followers, user_index, twin> {
  public:
    explicit followers(const user_items& matrix) {
        history_ = keep_matrix<float>(matrix);
        std::vector<triplet<user_index, user_index, float>> entries;
        for (std::size_t user = 0; user + 1 < matrix.row_count(); ++user)
            entries.push_back({user_index(user), user_index(user + 1), 0.5F});
        alike_ = build_csr<user_index, user_index, float>(
            entries, {.row_count = matrix.row_count(), .column_count = matrix.row_count()});
    }
    [[nodiscard]] sparse_row<user_index, float> basis(user_index user) const noexcept {
        return alike_.row(user);
    }
    [[nodiscard]] sparse_row<user_index, float> basis(const twin& user) const noexcept {
        return {{&user.of, 1}, {&user.likeness, 1}};
    }
    void spread(sparse_row<user_index, float> basis, std::span<float> scores) const noexcept {
        for (const auto [user, likeness] : basis)
            for (const auto [item, weight] : history_->row(user))
                scores[item.value()] = simd::multiply_add(likeness, weight, scores[item.value()]);
    }
    [[nodiscard]] float coefficient(user_index user, item_index item) const noexcept {
        return history_->row(user).value_at(item);
    }
    [[nodiscard]] static std::string type_name() { return "followers"; }

  private:
    csr_matrix<user_index, user_index, float> alike_;
};

static_assert(scorer<followers> && recommender<followers> && knows_users<followers>);
static_assert(!explainable<followers> && !item_similarity_model<followers>);

} // namespace

TEST_CASE("spread_model scores by what others have") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F},
                                                            {user_index{1}, item_index{2}, 4.0F},
                                                            {user_index{1}, item_index{1}, 6.0F}},
        {.row_count = 3, .column_count = 3});
    const followers model{matrix};
    CHECK(model.knows(user_index{0}));
    CHECK(!model.knows(user_index{2})); // resembles nobody
    CHECK(!model.knows(user_index{3}));
    const auto first = model.recommend(user_index{0}, 3);
    REQUIRE(first.size() == 2);
    CHECK(first[0] == scored_item{item_index{1}, 3.0F});
    CHECK(first[1] == scored_item{item_index{2}, 2.0F});
    CHECK(model.score(user_index{0}, item_index{2}) == 2);
    CHECK(model.recommend(user_index{1}, 3).empty()); // the one who is alike has nothing
    const auto all = model.recommend_all(2);
    CHECK(all[0].size() == 2);
    CHECK(all[0][0] == first[0]);
    CHECK(all[2].empty());

    CHECK(model.recommend(twin{user_index{1}, 3, 3}, 1).front() ==
          scored_item{item_index{1}, 6.0F});
    CHECK_THROWS_AS((void)model.recommend(twin{user_index{1}, 2, 3}, 1), shape_error);
    CHECK_THROWS_AS((void)model.recommend(twin{user_index{1}, 3, 4}, 1), shape_error);
    CHECK_THROWS_AS((void)model.recommend(user_index{3}, 1), shape_error);
}
