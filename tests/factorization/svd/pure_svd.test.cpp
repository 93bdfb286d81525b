// SPDX-License-Identifier: MIT
#include <hybrec/factorization/svd/pure_svd.hpp>

#include "../matrix_of.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <stop_token>
#include <vector>

using namespace hybrec;
using test::matrix_of;

static_assert(scorer<pure_svd> && recommender<pure_svd> && knows_users<pure_svd>);
static_assert(embedding_model<pure_svd> && foldable<pure_svd> && explainable<pure_svd>);
static_assert(item_similarity_model<pure_svd> && user_similarity_model<pure_svd> &&
              archivable<pure_svd>);

namespace {

using entries_type = std::vector<triplet<user_index, item_index, float>>;

user_items random_matrix(std::size_t users, std::size_t items) {
    entries_type entries;
    for (std::size_t user = 0; user + 1 < users; ++user)
        for (std::size_t item = 0; item + 1 < items; ++item)
            if (counter_random{3}.below(4, user * items + item) == 0)
                entries.push_back({user_index(user), item_index(item),
                                   static_cast<float>(1 + user % 3) - (item % 5 == 0 ? 3.5F : 0)});
    return matrix_of(entries, users, items);
}

} // namespace

TEST_CASE("pure_svd projects onto known patterns") {
    // Two groups that share nothing, of rank 1 each: {2, 2} and {1, 1, 1} by three users each.
    entries_type entries;
    for (std::size_t user = 0; user < 3; ++user) {
        for (std::size_t item = 0; item < 2; ++item)
            entries.push_back({user_index(user), item_index(item), 2});
        for (std::size_t item = 2; item < 5; ++item)
            entries.push_back({user_index(3 + user), item_index(item), 1});
    }
    entries.push_back({user_index{6}, item_index{2}, 1}); // knows one of the second group
    const user_items matrix = matrix_of(entries, 8, 7);
    pure_svd first{{.factors = 1}};
    first.fit(matrix);
    CHECK(first.singular_values()[0] == doctest::Approx(std::sqrt(24.0))); // 3 · 2 · 2²
    CHECK(first.item_factors().row(item_index{0})[0] == doctest::Approx(std::sqrt(0.5)));
    CHECK(first.score(user_index{0}, item_index{1}) == doctest::Approx(2));
    CHECK(!first.knows(user_index{7})); // no history
    CHECK(first.recommend(user_index{7}, 3).empty());

    // The second group: AᵀA = 3·J + e₁e₁ᵀ on three items; all of it is kept with enough factors.
    pure_svd all{{.factors = 4}};
    all.fit(matrix);
    for (std::size_t user = 0; user < 8; ++user)
        for (std::size_t item = 0; item < 7; ++item) {
            float expected = 0;
            for (const auto [known, weight] : matrix.row(user_index(user)))
                if (known.value() == item)
                    expected = weight;
            CHECK(std::abs(all.score(user_index(user), item_index(item)) - expected) < 1e-4F);
        }
    CHECK(all.singular_values()[3] == 0);
    CHECK(!all.knows(item_index{5}));
}

TEST_CASE("pure_svd folds in, explains and leaves no trace of threads") {
    const user_items matrix = random_matrix(600, 50);
    thread_pool one{1};
    pure_svd model{{.factors = 7, .iterations = 4}};
    CHECK(!model.fitted());
    CHECK_THROWS_AS((void)model.fold_in(std::vector{item_index{0}}), not_fitted_error);
    std::size_t reports = 0;
    model.fit(matrix, [&](const progress_event&) { ++reports; }, {.pool = &one});
    CHECK(reports == 5);
    for (const std::size_t threads : {2U, 3U}) {
        thread_pool pool{threads};
        pure_svd other{model.options()};
        other.fit(user_items{matrix}, execution{.pool = &pool});
        CHECK(other == model);
        CHECK(other.user_factors() == model.user_factors());
    }
    for (std::size_t user = 0; user < 20; ++user) {
        const auto folded = model.fold_in(matrix.row(user_index(user)));
        for (std::size_t factor = 0; factor < 7; ++factor) // V is orthonormal: x·V = (x·V·Vᵀ)·V
            CHECK(std::abs(folded.values()[factor] -
                           model.user_factors().row(user_index(user))[factor]) < 1e-5F);
        const auto why = model.explain(user_index(user), item_index{3});
        CHECK(why.parts.size() == matrix.row(user_index(user)).size());
        CHECK(std::abs(why.remainder) < 1e-5F);
        const auto again = model.explain(folded, item_index{3}, matrix.row(user_index(user)));
        CHECK(again.parts == why.parts);
        CHECK(std::abs(again.score - why.score) < 1e-5F);
    }
    for (std::size_t i = 0; i < 7; ++i)
        for (std::size_t j = 0; j < 7; ++j) {
            double sum = 0;
            for (std::size_t item = 0; item < 50; ++item)
                sum += static_cast<double>(model.item_factors().row(item_index(item))[i]) *
                       static_cast<double>(model.item_factors().row(item_index(item))[j]);
            CHECK(std::abs(sum - (i == j)) < 1e-5);
        }

    const pure_svd before = model;
    std::stop_source stopped;
    stopped.request_stop();
    CHECK_THROWS_AS(model.fit(matrix, execution{.stop = stopped.get_token()}), cancelled);
    CHECK_THROWS_AS(model.fit(user_items(2, 2)), data_error);
    user_items broken = matrix;
    broken.values().front() = std::numeric_limits<float>::infinity();
    CHECK_THROWS_AS(model.fit(broken), data_error);
    CHECK(model == before);
}

TEST_CASE("pure_svd names what is wrong") {
    CHECK_THROWS_WITH_AS(pure_svd{{.factors = 0}}, doctest::Contains("pure_svd: factors is 0"),
                         option_error);
    CHECK_THROWS_AS(pure_svd{{.iterations = 0}}, option_error);
    pure_svd small{{.memory_budget = 100}};
    CHECK_THROWS_WITH_AS(small.fit(random_matrix(10, 10)),
                         doctest::Contains("memory_budget is 100"), memory_budget_error);
    pure_svd model;
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{0}), not_fitted_error);
    model.fit(matrix_of({{user_index{0}, item_index{0}, 2}}, 1, 1));
    CHECK(model.score(user_index{0}, item_index{0}) == doctest::Approx(2));
    CHECK_THROWS_AS((void)model.explain(user_index{1}, item_index{0}), shape_error);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{1}), shape_error);
    const std::vector basket{item_index{0}};
    const auto visitor = model.fold_in(basket);
    CHECK(model.explain(visitor, item_index{0}, basket).score == doctest::Approx(1));
    CHECK_THROWS_AS((void)model.explain(visitor, item_index{1}, basket), shape_error);
    CHECK_THROWS_AS((void)model.explain(visitor, item_index{0}, std::vector{item_index{1}}),
                    shape_error);
    CHECK_THROWS_AS((void)model.explain(folded_user<float>{3}, item_index{0}, basket), shape_error);
}
