// SPDX-License-Identifier: MIT
#include <hybrec/content/content_based.hpp>

#include <hybrec/core/random.hpp>
#include <hybrec/sparse/build.hpp>
#include <hybrec/sparse/coo.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <string>
#include <vector>

using namespace hybrec;

static_assert(scorer<content_based> && recommender<content_based> && knows_users<content_based>);
static_assert(foldable<content_based> && explainable<content_based> &&
              item_similarity_model<content_based> && archivable<content_based>);
static_assert(!embedding_model<content_based> && !user_similarity_model<content_based>);

namespace {

item_features random_features(std::size_t items, std::size_t count) {
    coo_matrix<item_index, feature_index, float> entries;
    const counter_random random{4};
    for (std::size_t item = 0; item < items; ++item)
        for (std::size_t feature = 0; feature < count && item % 9 != 8; ++feature)
            if (random.below(4, item * count + feature) == 0)
                entries.add(item_index(item), feature_index(feature),
                            static_cast<float>(random.normal(1000 + item * count + feature)));
    return build_csr<item_index, feature_index, float>(entries,
                                                       {.row_count = items, .column_count = count});
}

user_items random_histories(std::size_t users, std::size_t items) {
    coo_matrix<user_index, item_index, float> entries;
    for (std::size_t user = 0; user + 1 < users; ++user)
        for (std::size_t item = 0; item < items; ++item)
            if (counter_random{9}.below(6, user * items + item) == 0)
                entries.add(user_index(user), item_index(item),
                            static_cast<float>(1 + (user + item) % 3));
    return build_csr<user_index, item_index, float>(entries,
                                                    {.row_count = users, .column_count = items});
}

double cosine(const item_features& features, std::size_t left, std::size_t right) {
    double product = 0;
    double lengths[2] = {};
    for (std::size_t feature = 0; feature < features.column_count(); ++feature) {
        const auto value = [&](std::size_t item) {
            for (const auto [at, stored] : features.row(item_index(item)))
                if (at == feature_index(feature))
                    return static_cast<double>(stored);
            return 0.0;
        };
        product += value(left) * value(right);
        lengths[0] += value(left) * value(left);
        lengths[1] += value(right) * value(right);
    }
    return product == 0 ? 0 : product / std::sqrt(lengths[0] * lengths[1]);
}

} // namespace

TEST_CASE("content_based scores by the cosines with the items of the history") {
    const auto features = random_features(40, 12);
    const user_items matrix = random_histories(10, 40);
    content_based model{features};
    model.fit(matrix);
    for (std::size_t user = 0; user < 10; ++user) {
        ranking<item_index> expected;
        for (std::size_t item = 0; item < 40; ++item) {
            double score = 0;
            for (const auto [from, weight] : matrix.row(user_index(user)))
                score += static_cast<double>(weight) * cosine(features, from.value(), item);
            const float found = model.score(user_index(user), item_index(item));
            CHECK(found == doctest::Approx(score).epsilon(1e-5));
            if (found != 0)
                expected.push_back({item_index(item), found});
            const auto why = model.explain(user_index(user), item_index(item));
            CHECK(why.score == found);
            CHECK(std::abs(why.remainder) < 1e-5);
        }
        // The bits of `score` and of `recommend` are the same.
        std::sort(expected.begin(), expected.end(), ranks_before<item_index, float>);
        CHECK(model.recommend(user_index(user), 100) == expected);
    }
    CHECK(model.coefficient(item_index{0}, item_index{0}) == doctest::Approx(1));
    // Items that nothing is known about are never recommended; nobody is like them.
    CHECK(model.similar_items(item_index{8}, 5).empty());
}

TEST_CASE("content_based recommends items that nobody has, to users it has never seen") {
    item_feature_builder features{4};
    features.add_categories("genre", std::vector<std::vector<std::string>>{
                                         {"war"}, {"war", "drama"}, {"comedy"}, {"comedy"}});
    content_based model{features.matrix()};
    model.fit(user_items{2, 4}); // no interactions at all
    CHECK(!model.knows(user_index{0}));
    CHECK(model.recommend(user_index{0}, 3).empty());
    const std::vector<item_index> basket{item_index{0}};
    const auto visitor = model.fold_in(basket);
    const auto top = model.recommend(visitor, 3, excluding{basket});
    REQUIRE(top.size() == 1); // nothing connects war and comedy
    CHECK(top.front().index == item_index{1});
    const auto profile = model.profile(visitor);
    REQUIRE(profile.size() == 1);
    CHECK(features.name(profile.front().index) == "genre: war");
}

TEST_CASE("content_based gives the same bits for any number of threads") {
    const auto features = random_features(60, 15);
    const user_items matrix = random_histories(30, 60);
    thread_pool one{1};
    content_based model{features, {.pool = &one}};
    model.fit(matrix);
    const auto expected = model.recommend_all(7, unseen_by_user{matrix}, {.pool = &one});
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        content_based other{features, {.pool = &pool}};
        other.fit(matrix);
        CHECK(other == model);
        CHECK(other.recommend_all(7, unseen_by_user{matrix}, {.pool = &pool}) == expected);
    }
}

TEST_CASE("content_based names what does not fit") {
    CHECK_THROWS_AS(content_based{}.fit(user_items{1, 1}), option_error);
    content_based model{random_features(5, 3)};
    CHECK_THROWS_WITH_AS(model.fit(user_items{2, 6}), doctest::Contains("6 items"), shape_error);
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    content_based single{random_features(1, 3)};
    single.fit(user_items{{0, 1}, {item_index{0}}, {1}, 1});
    CHECK(single.recommend(user_index{0}, 5, excluding{item_index{0}}).empty());
}
