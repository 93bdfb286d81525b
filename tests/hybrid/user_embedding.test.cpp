// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/user_embedding.hpp>

#include "table_model.hpp"

#include <hybrec/baseline/popularity.hpp>
#include <hybrec/data/synthetic.hpp>
#include <hybrec/factorization/als/als.hpp>
#include <hybrec/hybrid/linear_blend.hpp>
#include <hybrec/hybrid/ridge.hpp>
#include <hybrec/hybrid/stacking.hpp>
#include <hybrec/sparse/build.hpp>

#include <doctest/doctest.h>

#include <functional>
#include <vector>

using namespace hybrec;

namespace {
static_assert(blend_features<user_embedding<implicit_als<>>>);
template <class Model>
concept has_embedding = requires(Model model) {
    user_embedding{model, 4};
};
static_assert(has_embedding<implicit_als<>> && !has_embedding<test::table_model<>>);
} // namespace

TEST_CASE("a user's embedding is what the weights of a meta-level hybrid depend on") {
    const auto data =
        make_synthetic_catalogue({.users = 120, .items = 90, .mean_interactions = 12});
    const auto split = [&] {
        std::vector<triplet<user_index, item_index, float>> train, held_out;
        for (std::uint32_t user = 0; user < 120; ++user)
            for (const auto [item, weight] : data.log.matrix.row(user_index{user}))
                ((item.value() + user) % 5 == 0 ? held_out : train)
                    .push_back({user_index{user}, item, weight});
        const auto build = [](const auto& entries) {
            return build_csr<user_index, item_index, float>(entries,
                                                            {.row_count = 120, .column_count = 90});
        };
        return std::pair{build(train), build(held_out)};
    }();
    implicit_als<> als{{.factors = 4, .iterations = 4}};
    als.fit(split.first);

    const user_embedding features{std::ref(als), 6};
    std::vector<float> out(6, 9.0F);
    features(request{user_index{7}}, item_index{0}, out);
    double squares = 0;
    for (const float value : out)
        squares += static_cast<double>(value) * static_cast<double>(value);
    CHECK(squares == doctest::Approx(1));
    CHECK(out[0] / out[1] == doctest::Approx(als.user_factors().row(user_index{7})[0] /
                                             als.user_factors().row(user_index{7})[1]));
    CHECK(out[4] == 0); // beyond the vector
    const std::vector<weighted_item> history{{item_index{1}, 1.0F}};
    for (const request<> who : {request<>{history}, request<>{user_index{5000}}}) {
        features(who, item_index{0}, out);
        CHECK(out == std::vector<float>(6, 0.0F));
    }
    CHECK_THROWS_AS((user_embedding{std::ref(als), 0}), option_error);

    popularity popular;
    popular.fit(split.first);
    stacking meta{ridge{{.regularization = 10}}, z_score{}, user_embedding{std::ref(als), 4},
                  std::ref(als), std::ref(popular)};
    meta.learn(split.first, split.second);
    CHECK(meta.combiner().weights().size() == 10);
    CHECK(meta.combiner().weights()[1] != 0);
    CHECK(meta.recommend(user_index{3}, 5).size() == 5);
}
