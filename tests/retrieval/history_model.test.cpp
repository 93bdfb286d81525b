// SPDX-License-Identifier: MIT
#include <hybrec/retrieval/history_model.hpp>

#include <hybrec/concepts/model.hpp>
#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace hybrec;

namespace {

/// A dense B with a few zeros; whole numbers, so that sums are exact in any order.
class toy : public history_model<toy> {
  public:
    explicit toy(std::size_t items) : items_{items} {}

    void fit(const user_items& matrix) { history_ = keep_matrix<float>(matrix); }
    [[nodiscard]] float coefficient(item_index from, item_index to) const noexcept {
        const auto drawn = counter_random{3}.below(7, from.value() * items_ + to.value());
        return to.value() % 5 == 4 ? 0.0F : static_cast<float>(drawn) - 2;
    }
    void spread(sparse_row<item_index, float> history, std::span<float> scores) const noexcept {
        for (const auto [from, weight] : history)
            for (std::size_t to = 0; to < items_; ++to)
                scores[to] =
                    simd::multiply_add(weight, coefficient(from, item_index(to)), scores[to]);
    }
    [[nodiscard]] static std::string type_name() { return "toy"; }

  private:
    std::size_t items_;
};

static_assert(scorer<toy> && recommender<toy> && knows_users<toy> && foldable<toy> &&
              explainable<toy> && item_similarity_model<toy>);
static_assert(!user_similarity_model<toy> && !embedding_model<toy>);

user_items random_history(std::size_t users, std::size_t items) {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user + 1 < users; ++user) // the last user has none
        for (std::size_t item = 0; item < items; ++item)
            if (counter_random{9}.below(6, user * items + item) == 0)
                entries.add(user_index(user), item_index(item),
                            static_cast<float>(1 + (user + item) % 3));
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

} // namespace

TEST_CASE("history_model ranks, scores and explains by the sum over the history") {
    // Around the widths of registers: the last one is partly beyond the items.
    for (const std::size_t items : {1U, 7U, 16U, 33U, 100U}) {
        CAPTURE(items);
        const user_items matrix = random_history(12, items);
        toy model{items};
        model.fit(matrix);
        CHECK(model.user_count() == 12);
        CHECK(model.item_count() == items);
        for (std::size_t at = 0; at < 12; ++at) {
            const user_index user(at);
            const auto row = matrix.row(user);
            CHECK(model.knows(user) == !row.empty());
            ranking<item_index> expected;
            for (std::size_t item = 0; item < items; ++item) {
                float score = 0;
                for (const auto [from, weight] : row)
                    score += weight * model.coefficient(from, item_index(item));
                CHECK(model.score(user, item_index(item)) == score);
                const explanation<float> why = model.explain(user, item_index(item));
                CHECK(why.score == score);
                CHECK(why.remainder == 0);
                CHECK(why.parts.size() == row.size());
                if (score != 0 && !row.contains(item_index(item)) && item % 3 != 1)
                    expected.push_back({item_index(item), score});
            }
            std::sort(expected.begin(), expected.end(), ranks_before<item_index, float>);
            const auto filter = unseen_by_user{matrix} &
                                where{[](item_index item) { return item.value() % 3 != 1; }};
            for (const std::size_t n : {0U, 1U, 5U, 200U}) {
                const auto first = std::min<std::size_t>(n, expected.size());
                CHECK(model.recommend(user, n, filter) ==
                      ranking<item_index>{expected.begin(),
                                          expected.begin() + static_cast<std::ptrdiff_t>(first)});
            }
            if (!row.empty()) {
                const folded_history same = model.fold_in(row);
                CHECK(model.recommend(same, 10) == model.recommend(user, 10));
                CHECK(model.explain(same, item_index{0}).parts ==
                      model.explain(user, item_index{0}).parts);
            }
        }
        const auto alike = model.similar_items(item_index{0}, 3);
        for (const auto [item, score] : alike) {
            CHECK(item != item_index{0});
            CHECK(score == model.coefficient(item_index{0}, item));
        }
    }
}

TEST_CASE("history_model gives the same rankings for any number of threads") {
    const user_items matrix = random_history(40, 60);
    toy model{60};
    model.fit(matrix);
    thread_pool one{1};
    const auto expected = model.recommend_all(5, unseen_by_user{matrix}, {.pool = &one});
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        CHECK(model.recommend_all(5, unseen_by_user{matrix}, {.pool = &pool}) == expected);
    }
    for (std::size_t user = 0; user < 40; ++user) {
        const auto single = model.recommend(user_index(user), 5, unseen_by_user{matrix});
        CHECK(
            std::equal(expected[user].begin(), expected[user].end(), single.begin(), single.end()));
    }
}

TEST_CASE("history_model names what is wrong with a call") {
    const toy empty{4};
    CHECK(!empty.knows(user_index{0}));
    CHECK_THROWS_AS((void)empty.recommend(user_index{0}, 3), shape_error);
    CHECK_THROWS_WITH_AS((void)empty.fold_in(std::vector{item_index{0}}), doctest::Contains("toy"),
                         not_fitted_error);
    toy model{4};
    model.fit(random_history(3, 4));
    CHECK_THROWS_WITH_AS((void)model.recommend(user_index{3}, 3), doctest::Contains("user 3"),
                         shape_error);
    CHECK_THROWS_AS((void)model.similar_items(item_index{4}, 3), shape_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector<item_index>{}), data_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{4}}), shape_error);
    toy other{5};
    other.fit(random_history(3, 5));
    CHECK_THROWS_AS((void)model.recommend(other.fold_in(std::vector{item_index{1}}), 3),
                    shape_error);
}

TEST_CASE("history_model may be asked by the filter of another model of its type") {
    const user_items matrix = random_history(6, 20);
    toy model{20};
    model.fit(matrix);
    const auto plain = model.recommend(user_index{1}, 5);
    const auto asking =
        where{[&](item_index) { return model.recommend(user_index{0}, 1).size() < 2; }};
    CHECK(model.recommend(user_index{1}, 5, asking) == plain);
}
