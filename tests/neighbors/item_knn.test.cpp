// SPDX-License-Identifier: MIT
#include <hybrec/neighbors/item_knn.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/weighting/bm25.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stop_token>
#include <vector>

using namespace hybrec;

static_assert(scorer<item_knn<>> && recommender<item_knn<>> && knows_users<item_knn<>> &&
              archivable<item_knn<>>);
static_assert(foldable<item_knn<>> && explainable<item_knn<>> && item_similarity_model<item_knn<>>);
static_assert(scorer<item_knn<jaccard>> && recommender<item_knn<asymmetric_cosine>>);
static_assert(!user_similarity_model<item_knn<>>, "it knows items only");
static_assert(!embedding_model<item_knn<>>);
static_assert(!std::is_constructible_v<item_knn<>, jaccard>);

namespace {

/// Users 0 … 3, items 0 … 4; user 4 and item 4 have nothing.
///      0 1 2 3 4
/// u0   1 1 . .
/// u1   1 1 1 .
/// u2   . . 2 1
/// u3   1 . . .
user_items toy() {
    return {{0, 2, 5, 7, 8, 8},
            {item_index{0}, item_index{1}, item_index{0}, item_index{1}, item_index{2},
             item_index{2}, item_index{3}, item_index{0}},
            {1, 1, 1, 1, 1, 2, 1, 1},
            5};
}
// ‖0‖² = 3, ‖1‖² = 2, ‖2‖² = 5, ‖3‖² = 1; 0·1 = 2, 0·2 = 1, 1·2 = 1, 2·3 = 2.
const float s01 = 2 / std::sqrt(6.0F), s02 = 1 / std::sqrt(15.0F), s12 = 1 / std::sqrt(10.0F),
            s23 = 2 / std::sqrt(5.0F);

float b(const auto& model, std::size_t from, std::size_t to) {
    return model.coefficient(item_index(from), item_index(to));
}
doctest::Approx near(float value) { return doctest::Approx(value).epsilon(1e-6); }

} // namespace

TEST_CASE("item_knn scores by cosines of items") {
    item_knn model{{.neighbors = 10}};
    model.fit(toy());
    CHECK(b(model, 0, 1) == near(s01));
    CHECK(b(model, 1, 0) == near(s01));
    CHECK(b(model, 2, 0) == near(s02));
    CHECK(b(model, 1, 2) == near(s12));
    CHECK(b(model, 3, 2) == near(s23));
    CHECK(b(model, 0, 3) == 0);
    CHECK(b(model, 0, 0) == 0);
    CHECK(model.coefficients().entry_count() == 8);
    // u2 has item 2 with weight 2, and item 3.
    CHECK(model.score(user_index{2}, item_index{0}) == near(2 * s02));
    CHECK(model.score(user_index{2}, item_index{2}) == near(s23));
    CHECK(model.score(user_index{2}, item_index{4}) == 0);
    const auto ranked = model.recommend(user_index{0}, 9);
    REQUIRE(ranked.size() == 3); // nothing for items 3 and 4
    CHECK(ranked[0].index == item_index{0});
    CHECK(ranked[2] == scored_item{item_index{2}, model.score(user_index{0}, item_index{2})});
    CHECK(!model.knows(user_index{4}));
    CHECK(model.recommend(user_index{4}, 3).empty());
    const auto alike = model.similar_items(item_index{2}, 9);
    REQUIRE(alike.size() == 3);
    CHECK(alike[0].index == item_index{3});
    CHECK(alike[1].index == item_index{1});
    CHECK(model.similar_items(item_index{2}, 1).size() == 1);
    CHECK(model.similar_items(item_index{4}, 3).empty());
    CHECK(model.similar_items(item_index{2}, 9, excluding{item_index{3}}).front().index ==
          item_index{1});
    CHECK_THROWS_AS((void)model.similar_items(item_index{5}, 3), shape_error);
    const auto why = model.explain(user_index{2}, item_index{0});
    CHECK(why.parts.front().index == item_index{2});
    CHECK(why.remainder == 0);
    CHECK(model.recommend(model.fold_in(toy().row(user_index{1})), 5) ==
          model.recommend(user_index{1}, 5));
}

TEST_CASE("item_knn keeps the neighbours of the target, or of the source") {
    // The best neighbour of 0 is 1, of 1 is 0, of 2 is 3, of 3 is 2.
    item_knn target{{.neighbors = 2}};
    target.fit(toy());
    // 2's neighbours are 3 and 1; 0 keeps 2, which does not keep 0.
    CHECK(b(target, 2, 0) == near(s02));
    CHECK(b(target, 0, 2) == 0);
    item_knn source{{.neighbors = 2, .side = neighbors_of::source}};
    source.fit(toy());
    CHECK(b(source, 2, 0) == 0);
    CHECK(b(source, 0, 2) == near(s02));
}

TEST_CASE("item_knn normalizes over the neighbours of an item") {
    item_knn target{{.normalize = true}};
    target.fit(toy());
    CHECK(b(target, 1, 0) == near(s01 / (s01 + s02)));
    CHECK(b(target, 2, 0) == near(s02 / (s01 + s02)));
    CHECK(b(target, 2, 3) == near(1));
    item_knn source{{.side = neighbors_of::source, .normalize = true}};
    source.fit(toy());
    CHECK(b(source, 0, 1) == near(s01 / (s01 + s02)));
}

TEST_CASE("item_knn centers by the means of items") {
    item_knn model{{.normalize = true, .center = true}};
    model.fit(toy());
    // Means over five users: .6, .4, .6, .2, 0. Item 3 has the one neighbour 2.
    CHECK(model.score(user_index{2}, item_index{3}) == near(0.2F + (2 - 0.6F)));
    CHECK(model.score(user_index{3}, item_index{3}) == near(0.2F - 0.6F));
    const float part = s01 / (s01 + s02);
    CHECK(model.score(user_index{0}, item_index{0}) ==
          near(0.6F + (1 - 0.4F) * part + (0 - 0.6F) * (1 - part)));
    const auto ranked = model.recommend(user_index{0}, 5);
    for (const auto [item, score] : ranked)
        CHECK(score == model.score(user_index{0}, item));
    CHECK(ranked.size() == 4); // item 4 has no mean and no neighbour
    const auto why = model.explain(user_index{2}, item_index{3});
    CHECK(why.parts.front().score == near(2));
    CHECK(why.remainder == near(0.2F - 0.6F));
    CHECK(model.similar_items(item_index{2}, 1).front() == scored_item{item_index{3}, 1});
}

TEST_CASE("item_knn compares by other measures, and by other weights") {
    item_knn<jaccard> sets;
    sets.fit(toy());
    CHECK(b(sets, 0, 1) == near(2.0F / 3));
    CHECK(b(sets, 2, 3) == near(1.0F / 2));
    CHECK(sets.score(user_index{2}, item_index{3}) == near(2 * 1.0F / 2)); // weights still count
    item_knn shrunk{{}, cosine{.shrinkage = 10}};
    shrunk.fit(toy());
    CHECK(b(shrunk, 0, 1) == near(2 / (std::sqrt(6.0F) + 10)));
    item_knn<asymmetric_cosine> uneven{{}, {.alpha = 0.25}};
    uneven.fit(toy());
    // Target 1 with ‖1‖² to the power α, history item 0 with 1 − α.
    CHECK(b(uneven, 0, 1) == near(2 / (std::pow(2.0F, 0.25F) * std::pow(3.0F, 0.75F))));
    CHECK(b(uneven, 1, 0) == near(2 / (std::pow(3.0F, 0.25F) * std::pow(2.0F, 0.75F))));

    const user_items weighted = bm25{.k1 = 2, .minimum_idf = 0.1}(toy());
    item_knn other, direct;
    other.fit(toy(), weighted);
    direct.fit(weighted);
    CHECK(other.coefficients() == direct.coefficients());
    CHECK(*other.history() == toy());
    CHECK_THROWS_WITH_AS(other.fit(toy(), user_items{5, 4}), doctest::Contains("item_knn<cosine>"),
                         data_error);
    CHECK_THROWS_AS(other.fit(toy(), user_items{{0, 1}, {item_index{0}}, {1}, 5}), shape_error);
}

TEST_CASE("item_knn takes what is small, constant, disliked or wrong") {
    const user_items one{{0, 1}, {item_index{0}}, {1}, 1};
    item_knn model;
    model.fit(one);
    CHECK(model.knows(user_index{0}));
    CHECK(model.recommend(user_index{0}, 3).empty());

    // Items that one dislikes and the other likes are no neighbours; a disliked item counts against.
    item_knn mixed;
    mixed.fit(
        user_items{{0, 2, 4, 5},
                   {item_index{0}, item_index{1}, item_index{1}, item_index{2}, item_index{2}},
                   {1, -1, 1, 1, -1},
                   3});
    CHECK(b(mixed, 0, 1) == 0);
    CHECK(b(mixed, 2, 1) > 0);
    CHECK(mixed.score(user_index{2}, item_index{1}) < 0);

    const item_knn before = model;
    std::stop_source source;
    source.request_stop();
    CHECK_THROWS_AS(model.fit(toy(), {.stop = source.get_token()}), cancelled);
    CHECK(model == before);
    CHECK_THROWS_AS(model.fit(user_items{3, 3}), data_error);
    user_items infinite = toy();
    infinite.values()[3] = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS(model.fit(infinite), data_error);
    item_knn narrow{{.memory_budget = 1000}};
    CHECK_THROWS_WITH_AS(narrow.fit(toy()), doctest::Contains("memory_budget is 1000"),
                         memory_budget_error);
    item_knn wide{{.memory_budget = std::size_t{1} << 30}};
    wide.fit(toy());
    CHECK(wide.fitted());
    CHECK_THROWS_WITH_AS((item_knn{{.neighbors = 0}}),
                         "item_knn: neighbors is 0; expected at least 1", option_error);
    CHECK_THROWS_WITH_AS((item_knn{{}, cosine{.shrinkage = -1}}),
                         doctest::Contains("cosine: shrinkage is -1"), option_error);
}

TEST_CASE("item_knn takes matrices of other values, and keeps what is moved in") {
    const user_items matrix = toy();
    csr_matrix<user_index, item_index, double> doubles{
        {matrix.offsets().begin(), matrix.offsets().end()},
        {matrix.columns().begin(), matrix.columns().end()},
        {matrix.values().begin(), matrix.values().end()},
        5};
    item_knn from_floats, from_doubles, from_view;
    user_items moved = matrix;
    const item_index* const columns = moved.columns().data();
    from_floats.fit(std::move(moved));
    CHECK(from_floats.history()->columns().data() == columns);
    from_doubles.fit(doubles);
    from_view.fit(matrix.view());
    CHECK(from_doubles == from_floats);
    CHECK(from_view == from_floats);
    item_knn different{{.neighbors = 1}};
    different.fit(matrix);
    CHECK(!(different == from_floats));
}

TEST_CASE("item_knn knows nothing of cold items, and recommends nothing to cold users") {
    // Item 1 and user 2 have nothing.
    item_knn model;
    model.fit(user_items{{0, 2, 4, 4},
                         {item_index{0}, item_index{2}, item_index{2}, item_index{3}},
                         {1, 1, 1, 1},
                         4});
    CHECK(model.coefficients().row(item_index{1}).empty());
    CHECK(model.similar_items(item_index{1}, 3).empty());
    CHECK(!model.knows(user_index{2}));
    CHECK(model.recommend(user_index{2}, 4).empty());
    for (const std::size_t user : {0U, 1U}) {
        CHECK(model.score(user_index(user), item_index{1}) == 0);
        const auto found = model.recommend(user_index(user), 4);
        CHECK(found.size() == 3); // all but the cold item
        CHECK(std::none_of(found.begin(), found.end(),
                           [](const auto& next) { return next.index == item_index{1}; }));
    }
    // The only user there is makes all its items alike.
    item_knn alone{{.neighbors = 1}};
    alone.fit(user_items{{0, 3}, {item_index{0}, item_index{1}, item_index{2}}, {1, 4, 2}, 3});
    CHECK(b(alone, 1, 0) == near(1));
    CHECK(b(alone, 0, 1) == near(1));
    CHECK(b(alone, 0, 2) == near(1));
    CHECK(alone.coefficients().entry_count() == 3);
}

TEST_CASE("item_knn takes the first of items that are all alike") {
    // Three users gave four items a 2 each: all similarities are 12 / 12.
    std::vector<item_index> columns;
    for (std::size_t at = 0; at < 12; ++at)
        columns.push_back(item_index(at % 4));
    item_knn model{{.neighbors = 2, .side = neighbors_of::source}};
    model.fit(user_items{
        {0, 4, 8, 12}, {columns.begin(), columns.end()}, {2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2}, 4});
    const std::vector<item_index> expected{item_index{1}, item_index{2}, item_index{0},
                                           item_index{2}, item_index{0}, item_index{1},
                                           item_index{0}, item_index{1}};
    CHECK(std::equal(model.coefficients().columns().begin(), model.coefficients().columns().end(),
                     expected.begin(), expected.end()));
    for (const float value : model.coefficients().values())
        CHECK(value == near(1));
    CHECK(model.score(user_index{1}, item_index{3}) == 0); // nobody's neighbour
    CHECK(model.score(user_index{1}, item_index{2}) == near(4));
}

TEST_CASE("item_knn gives the same bits for any number of threads") {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user < 90; ++user)
        for (std::size_t item = 0; item < 400; ++item)
            if (const counter_random draw{4, user}; draw.below(400, item) > item)
                entries.add(user_index(user), item_index(item),
                            static_cast<float>(draw.uniform(item + 400)) - 0.2F);
    const auto matrix =
        build_csr<user_index, item_index, float>(entries, {.row_count = 90, .column_count = 400});
    thread_pool one{1};
    item_knn expected{{.neighbors = 9, .normalize = true, .center = true}};
    expected.fit(matrix, {.pool = &one});
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        item_knn model{{.neighbors = 9, .normalize = true, .center = true}};
        model.fit(matrix, {.pool = &pool});
        CHECK(model == expected);
    }
}
