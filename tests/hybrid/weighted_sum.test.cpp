// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/weighted_sum.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <span>
#include <vector>

using namespace hybrec;
using tables::combined;
using tables::nothing;

static_assert(combiner<weighted_sum<>> && explaining_combiner<weighted_sum<as_is>>);
static_assert(archivable<weighted_sum<>>);
static_assert(makes_own_kind<weighted_sum<>> && !makes_own_kind<weighted_sum<as_is>>);

namespace {

static_assert(kind_after<weighted_sum<as_is>, score_kind::rating> == score_kind::rating);
static_assert(kind_after<weighted_sum<min_max>, score_kind::rating> == score_kind::probability);
static_assert(!combiner<z_score>);

static_assert(explaining_combiner<weighted_sum<percentile_rank>>);
static_assert(!explaining_combiner<z_score>);

} // namespace

TEST_CASE("weighted_sum") {
    SUBCASE("weights sum to 1, and scale columns by hand") {
        const weighted_sum<min_max> sum{{3, 1}};
        CHECK(sum.weights()[0] == 0.75F);
        CHECK(combined(sum, tables::table({{0, 1, 2}, {5, 7, 6}})) ==
              std::vector<float>{0, 0.75F * 0.5F + 0.25F, 0.75F + 0.25F * 0.5F});
    }
    SUBCASE("what is missing counts as 0, or not at all") {
        const auto scores = [] {
            return tables::table({{1, nothing, nothing, 2}, {4, 8, nothing, nothing}});
        };
        CHECK(combined(weighted_sum<as_is>{{1, 3}}, scores()) ==
              std::vector<float>{3.25F, 6, 0, 0.5F});
        CHECK(combined(weighted_sum<as_is>{{1, 3}, missing::renormalize}, scores()) ==
              std::vector<float>{3.25F, 8, 0, 2});
        // Nobody with a weight scored row 3.
        CHECK(combined(weighted_sum<as_is>{{0, 3}, missing::renormalize}, scores()) ==
              std::vector<float>{4, 8, 0, 0});
    }
    SUBCASE("any number of rows, any alignment of the result") {
        const std::vector<float> weights{0.5F, 0.25F, 0.25F};
        const weighted_sum<as_is> sum{weights};
        for (std::size_t rows = 0; rows <= 50; ++rows) {
            const auto columns = tables::random_columns(3, rows, rows);
            auto table = tables::table(columns);
            std::vector<float> out(rows + 1, 99.0F);
            weighted_sum<as_is>::workspace memory;
            sum.combine(tables::somebody, table, std::span{out}.subspan(1), memory);
            CHECK(out[0] == 99.0F);
            for (std::size_t row = 0; row < rows; ++row) {
                float expected = 0; // quarters of quarters: exact
                for (std::size_t k = 0; k < 3; ++k)
                    expected += std::isnan(columns[k][row]) ? 0.0F : weights[k] * columns[k][row];
                CHECK(out[row + 1] == expected);
            }
        }
    }
    SUBCASE("the order of the list does not matter") {
        const auto columns = tables::random_columns(4, 100, 3);
        const auto other = tables::shuffle(columns, 7);
        const weighted_sum<percentile_rank> sum{{1, 2, 3, 4}, missing::renormalize};
        const auto expected = combined(sum, tables::table(columns));
        const auto found = combined(sum, tables::table(other.scores, other.items));
        for (std::size_t row = 0; row < 100; ++row)
            CHECK(found[row] == expected[other.order[row]]);
    }
    SUBCASE("limits: one component, constant scores, empty lists") {
        CHECK(combined(weighted_sum<as_is>{std::vector<float>{5}}, tables::table({{3, 1}})) ==
              std::vector<float>{3, 1});
        CHECK(combined(weighted_sum<z_score>{{1, 1}}, tables::table({{3, 3}, {0, 0}})) ==
              std::vector<float>{0, 0});
        CHECK(combined(weighted_sum<z_score>{{1, 1}}, tables::table({{}, {}})).empty());
    }
    SUBCASE("weights change at run time") {
        weighted_sum<as_is> sum{{1, 1}};
        sum.set_weights(std::vector<float>{0, 2});
        CHECK(sum.weights()[1] == 1);
        CHECK_THROWS_WITH_AS(sum.set_weights(std::vector<float>{1, -2}),
                             "weighted_sum: weights[1] is -2; expected a finite number, at least 0",
                             option_error);
        CHECK(sum.weights()[1] == 1);
        CHECK_THROWS_AS(sum.set_weights(std::vector<float>{0, 0}), option_error);
        CHECK_THROWS_AS(sum.set_weights(std::vector<float>{0, std::nanf("")}), option_error);
        CHECK_THROWS_AS((void)weighted_sum<as_is>{std::vector<float>{}}, option_error);
        CHECK_THROWS_AS((void)weighted_sum<as_is>{std::vector<float>(33, 1.0F)}, option_error);
    }
    SUBCASE("contributions of the components add up to the score") {
        tables::check_contributions(weighted_sum<z_score>{{1, 2, 3}});
        tables::check_contributions(weighted_sum<min_max>{{1, 2, 3}, missing::renormalize});
        tables::check_contributions(weighted_sum<percentile_rank>{{3, 2, 1}});
        tables::check_contributions(weighted_sum<sigmoid>{{0, 0, 1}, missing::renormalize});
        // 2/3·(s − 1)/2, and 1/3 of the percentile 1/2 of a score of 4.
        using maps = std::vector<affine_map>;
        CHECK(tables::contributions(weighted_sum<min_max>{{1, 1}},
                                    tables::table({{1, 3, 2}, {4, nothing, 5}}),
                                    1) == maps{{0.25, -0.25}, {0, 0}});
        CHECK(tables::contributions(weighted_sum<min_max>{{1, 1}, missing::renormalize},
                                    tables::table({{1, 3, 2}, {4, nothing, 5}}),
                                    1) == maps{{0.5, -0.5}, {0, 0}});
        CHECK(tables::contributions(weighted_sum<percentile_rank>{{1, 1}},
                                    tables::table({{-1, 3, -2}, {3, 4, 5}}),
                                    1) == maps{{0.5 / 3, 0}, {0.25 / 4, 0}});
        CHECK(tables::contributions(weighted_sum<percentile_rank>{{1, 1}},
                                    tables::table({{-1, 3, -2}, {3, 4, 5}}),
                                    0) == maps{{0, 0.25}, {0, 0}});
    }
    SUBCASE("it comes back from an archive to the bit") {
        const weighted_sum<sigmoid> sum{
            {0.1F, 0.2F, 0.4F}, missing::renormalize, sigmoid{{.scale = 3}}};
        CHECK(tables::round_trip(sum) == sum);
        CHECK(sum.type_name() == "weighted_sum<sigmoid>");
        tables::memory_archive archive;
        archive.write_tensor("weights", std::span<const float>{std::vector<float>{1, -1}}, {2, 1});
        archive.write_integer("renormalize", 0);
        CHECK_THROWS_WITH((void)weighted_sum<z_score>::load(archive),
                          doctest::Contains("weights[1] is -1"));
    }
}
