// SPDX-License-Identifier: MIT
#include <hybrec/concepts/combiner.hpp>

#include <doctest/doctest.h>

using namespace hybrec;

namespace {

struct first_component {
    struct workspace {};
    template <class Request>
    void combine(const Request&, score_table& table, std::span<float> out, workspace&) const {
        for (std::size_t row = 0; row < out.size(); ++row)
            out[row] = table.scores(0)[row];
    }
};
struct of_probabilities : first_component {
    static constexpr score_kind kind = score_kind::probability;
};

struct explained_component : first_component {
    template <class Request>
    double contributions(const Request&, score_table&, std::size_t, std::span<affine_map>,
                         workspace&) const {
        return 0;
    }
};

static_assert(combiner<first_component> && combiner<of_probabilities>);
static_assert(explaining_combiner<explained_component> && !explaining_combiner<first_component>);
static_assert(!combiner<int> && !normalizer<first_component> && !weight_learner<first_component>);
static_assert(!makes_own_kind<first_component> && makes_own_kind<of_probabilities>);
static_assert(kind_after<first_component, score_kind::similarity> == score_kind::similarity);
static_assert(kind_after<of_probabilities, score_kind::similarity> == score_kind::probability);

} // namespace

TEST_CASE("an affine map scales, then shifts") {
    CHECK(affine_map{}(3) == 3);
    CHECK(affine_map{.scale = 2, .shift = -1}(3) == 5);
    CHECK(3 * affine_map{.scale = 2, .shift = -1} == affine_map{.scale = 6, .shift = -3});
}

TEST_CASE("what is added is shared in proportion to a positive score") {
    CHECK(in_proportion(4, 2) == affine_map{0.5, 0});
    CHECK(in_proportion(4, -2) == affine_map{-0.5, 0});
    CHECK(in_proportion(0, 2) == affine_map{0, 2});
    CHECK(in_proportion(-4, 2) == affine_map{0, 2});
}
