// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/detail/fit_parts.hpp>

#include "../table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/blend.hpp>
#include <hybrec/hybrid/cold_start.hpp>
#include <hybrec/hybrid/fallback.hpp>
#include <hybrec/hybrid/history_lengths.hpp>
#include <hybrec/hybrid/mixed.hpp>
#include <hybrec/hybrid/neighbour_hybrid.hpp>
#include <hybrec/hybrid/normalizers.hpp>
#include <hybrec/hybrid/switching.hpp>
#include <hybrec/hybrid/weighted_sum.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <utility>
#include <vector>

using namespace hybrec;

namespace {

user_items two_users() { // of two items and of one
    return build_csr<user_index, item_index, float>(
        std::vector<triplet<user_index, item_index, float>>{{user_index{0}, item_index{0}, 1.0F},
                                                            {user_index{0}, item_index{1}, 1.0F},
                                                            {user_index{1}, item_index{2}, 1.0F}},
        {.row_count = 2});
}

} // namespace

TEST_CASE("fit trains every part of nested hybrids once, and not those that are const") {
    const user_items train = two_users();
    test::counting_model shared;
    const test::counting_model frozen;
    const history_between short_history{.lengths = {}, .from = 0, .below = 2};
    mixed model{filling{},
                switching{when("short", short_history, std::ref(shared)),
                          otherwise("long", blend{weighted_sum<as_is>{{1, 1}}, std::ref(shared),
                                                  test::counting_model{}})},
                std::cref(frozen), std::ref(shared)};
    model.fit(train);
    CHECK(shared.fits == 1);
    CHECK(frozen.fits == 0);
    const auto& chosen = model.model<0>();
    CHECK(chosen.model<1>().model<1>().fits == 1);
    CHECK(shared.recommend(user_index{1}, 1)[0].score == 3);
    // What gates know of histories is counted as well.
    CHECK(chosen.regime_of(request<>{user_index{0}}) == 1);
    CHECK(chosen.regime_of(request<>{user_index{1}}) == 0);
    model.fit(train);
    CHECK(shared.fits == 2);
}

TEST_CASE("fit trains the parts of fallback, cold_start and neighbour_hybrid") {
    const user_items train = two_users();
    // The first part of a hybrid has the hybrid's address.
    fallback safe{test::counting_model{}, popularity{}};
    safe.fit(train);
    CHECK(safe.primary().fits == 1);
    CHECK(safe.secondary().recommend(5).size() == 3);

    cold_start growing{popularity{},
                       test::counting_model{},
                       test::counting_model{},
                       history_lengths{},
                       {.content_below = 2, .collaborative_from = 2}};
    CHECK(growing.regime_of(request<>{user_index{0}}) == cold_start_regime::popularity);
    growing.fit(train);
    CHECK(growing.regime_of(request<>{user_index{0}}) == cold_start_regime::collaborative);
    CHECK(growing.regime_of(request<>{user_index{1}}) == cold_start_regime::content);
    CHECK(growing.recommend(user_index{0}, 3).size() == 3);
    CHECK(growing.recommend(user_index{9}, 3).size() == 3); // popular

    const auto log = make_synthetic_catalogue({.users = 60, .items = 40, .mean_interactions = 9});
    implicit_als als{{.factors = 4, .iterations = 3}};
    blend neighbours{weighted_sum<as_is>{1},
                     neighbour_hybrid{std::ref(als), std::ref(als), {.similar_users = 5}}};
    neighbours.fit(log.log.matrix);
    CHECK(als.user_count() == 60);
    CHECK(neighbours.recommend(user_index{0}, 3).size() == 3);
}
