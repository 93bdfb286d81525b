// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/fallback.hpp>

#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/switching.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;

namespace {

struct likeness : popularity {
    static constexpr score_kind kind = score_kind::similarity;
};

template <class Primary, class Secondary>
concept can_fall_back = requires(Primary primary, Secondary secondary) {
    fallback{primary, secondary};
};

static_assert(can_fall_back<implicit_als<>, popularity>);
static_assert(recommender<likeness> && !can_fall_back<implicit_als<>, likeness>,
              "scores of different kinds do not mix without a normalizer");
static_assert(!can_fall_back<implicit_als<>, int>);
static_assert(recommender<fallback<implicit_als<>, popularity>>);
static_assert(explainable<fallback<implicit_als<>, popularity>>,
              "no history accounts for what is popular");

} // namespace

TEST_CASE("fallback serves unknown users from its second model") {
    const auto matrix = build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F},
                                                            {user_index{0}, item_index{1}, 1.0F},
                                                            {user_index{1}, item_index{1}, 1.0F},
                                                            {user_index{1}, item_index{2}, 1.0F}},
        {.row_count = 3});
    implicit_als als{{.factors = 4, .iterations = 3}};
    als.fit(matrix);
    popularity popular;
    popular.fit(matrix);

    const fallback model{als, std::ref(popular)};
    CHECK(model.served_by_primary(user_index{0}));
    CHECK(model.recommend(user_index{0}, 2) == als.recommend(user_index{0}, 2));
    CHECK(model.explain(user_index{0}, item_index{2}).parts.size() == 2);
    const auto popularly = model.explain(user_index{2}, item_index{1});
    CHECK(popularly.parts.empty());
    CHECK(popularly.score == 2);
    CHECK(popularly.remainder == 2);
    CHECK_THROWS_AS((void)model.explain(user_index{0}, item_index{3}), shape_error);
    static_assert(scorer<fallback<implicit_als<>, popularity>>);
    const item_index one{1};
    float score = 0;
    model.score(user_index{0}, {&one, 1}, {&score, 1});
    CHECK(score == als.score(user_index{0}, one));
    model.score(user_index{2}, {&one, 1}, {&score, 1});
    CHECK(score == 2);
    for (const user_index cold : {user_index{2}, user_index{1000}}) {
        CHECK_FALSE(model.served_by_primary(cold));
        CHECK(model.recommend(cold, 2) == popular.recommend(2));
        std::vector<scored_item> buffer(1);
        CHECK(model.recommend_into(cold, buffer) == 1);
        CHECK(buffer.front().index == item_index{1});
    }
}

TEST_CASE("fallback explains by the model that answers") {
    using test::explaining_table;
    const explaining_table<> primary{{{1, 2}, {}}, 2};
    const explaining_table<> secondary{{{5, 6}, {3, 4}}, 2};
    const fallback model{primary, std::cref(secondary)};
    static_assert(explainable<fallback<explaining_table<>, explaining_table<>>>);
    static_assert(!explainable<fallback<explaining_table<>, test::table_model<>>> &&
                  !explainable<fallback<test::table_model<>, explaining_table<>>>);
    for (const std::uint32_t item : {0U, 1U}) {
        const auto known = model.explain(user_index{0}, item_index{item});
        CHECK(known.parts == primary.explain(user_index{0}, item_index{item}).parts);
        CHECK(known.score == static_cast<float>(item + 1));
        const auto unknown = model.explain(user_index{1}, item_index{item});
        CHECK(unknown.parts == secondary.explain(user_index{1}, item_index{item}).parts);
        CHECK(unknown.score == static_cast<float>(item + 3));
    }
    // It is a part like any other.
    const blend outer{weighted_sum<as_is>{{0.5F, 0.5F}}, std::cref(primary), std::cref(secondary)};
    const switching nested{otherwise("either", outer)};
    CHECK(nested.explain(user_index{0}, item_index{1}).components[0].score == 4);
}
