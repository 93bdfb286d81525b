// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/rank_fusion.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;
using tables::combined;
using tables::nothing;

static_assert(explaining_combiner<reciprocal_rank_fusion> && explaining_combiner<borda> &&
              explaining_combiner<inverse_square_rank>);
static_assert(archivable<reciprocal_rank_fusion> && archivable<borda> &&
              archivable<inverse_square_rank>);

namespace {

/// The rank of a row among those that a column scored: one more than those that rank before it.
std::size_t rank_of(const std::vector<float>& column, std::size_t row) {
    std::size_t rank = 1;
    for (std::size_t other = 0; other < column.size(); ++other)
        if (!std::isnan(column[other]) && other != row)
            rank += column[other] > column[row] || (column[other] == column[row] && other < row);
    return rank;
}

/// Σ of `points(rank, how many are ranked)` over components; rank 0 for what is missing.
template <class Points>
std::vector<double> by_definition(const tables::columns& columns, const Points& points) {
    std::vector<double> totals(columns[0].size());
    for (const auto& column : columns) {
        std::size_t ranked = 0;
        for (const float score : column)
            ranked += !std::isnan(score);
        for (std::size_t row = 0; row < column.size(); ++row)
            totals[row] += points(std::isnan(column[row]) ? 0 : rank_of(column, row), ranked);
    }
    return totals;
}

template <class Fusion, class Expected>
void check_random_lists(const Fusion& fusion, const Expected& expected) {
    for (const std::size_t rows : {1U, 2U, 7U, 63U, 64U, 65U, 200U}) {
        const auto columns = tables::random_columns(4, rows, rows);
        const auto wanted = expected(columns);
        const auto found = combined(fusion, tables::table(columns));
        const auto other = tables::shuffle(columns, rows + 1);
        const auto shuffled = combined(fusion, tables::table(other.scores, other.items));
        for (std::size_t row = 0; row < rows; ++row) {
            CHECK(static_cast<double>(found[row]) == doctest::Approx(wanted[row]).epsilon(1e-6));
            CHECK(shuffled[row] == found[other.order[row]]);
        }
    }
}

double real(std::size_t count) { return static_cast<double>(count); }

static_assert(makes_own_kind<reciprocal_rank_fusion> && borda::kind == score_kind::rank);

} // namespace

TEST_CASE("reciprocal rank fusion") {
    SUBCASE("by hand") {
        const auto scores =
            combined(reciprocal_rank_fusion{},
                     tables::table({{9, 8, nothing, nothing}, {nothing, 7, 9, nothing}}));
        CHECK(scores[0] == static_cast<float>(1.0 / 61));
        CHECK(scores[1] == static_cast<float>(2.0 / 62));
        CHECK(scores[2] == static_cast<float>(1.0 / 61));
        CHECK(scores[3] == 0);
    }
    SUBCASE("random lists with ties and gaps") {
        check_random_lists(reciprocal_rank_fusion{{.k = 3}}, [](const auto& columns) {
            return by_definition(columns, [](std::size_t rank, std::size_t) {
                return rank == 0 ? 0.0 : 1 / (3 + real(rank));
            });
        });
    }
    SUBCASE("a component that agrees twice changes no order; permuted ranks tie exactly") {
        // Ranks (1, 2, 3), (2, 3, 1), (3, 1, 2).
        const auto scores =
            combined(reciprocal_rank_fusion{}, tables::table({{3, 2, 1}, {2, 1, 3}, {1, 3, 2}}));
        CHECK(scores[0] == scores[1]);
        CHECK(scores[1] == scores[2]);
    }
    SUBCASE("options") {
        CHECK_THROWS_WITH_AS(
            (void)reciprocal_rank_fusion{{.k = -1}},
            "reciprocal_rank_fusion: k is -1; expected a finite number, at least 0", option_error);
        const reciprocal_rank_fusion stored{{.k = 7.5}};
        CHECK(tables::round_trip(stored) == stored);
        CHECK_FALSE(tables::round_trip(stored) == reciprocal_rank_fusion{});
        CHECK(combined(stored, tables::table({{}, {}})).empty());
    }
}

TEST_CASE("Borda counts") {
    // Four candidates; the first component ranks three, the second one.
    CHECK(combined(borda{}, tables::table({{9, 8, 7, nothing}, {nothing, nothing, 1, nothing}})) ==
          std::vector<float>{4 + 2, 3 + 2, 2 + 4, 1 + 2});
    check_random_lists(borda{}, [](const auto& columns) {
        const std::size_t candidates = columns[0].size();
        return by_definition(columns, [=](std::size_t rank, std::size_t ranked) {
            return rank == 0 ? real(candidates - ranked + 1) / 2 : real(candidates - rank + 1);
        });
    });
    // Every component hands out 1 + 2 + … + C points.
    double total = 0;
    for (const float points : combined(borda{}, tables::table(tables::random_columns(5, 30, 2))))
        total += static_cast<double>(points);
    CHECK(total == 5 * 30 * 31 / 2);
    // A silent component says the same about everything.
    CHECK(combined(borda{}, tables::table({{nothing, nothing, nothing}})) ==
          std::vector<float>{2, 2, 2});
    CHECK(tables::round_trip(borda{}) == borda{});
}

TEST_CASE("inverse square ranks") {
    CHECK(
        combined(inverse_square_rank{}, tables::table({{9, 8, nothing}, {nothing, 9, nothing}})) ==
        std::vector<float>{1, 2 * (0.25F + 1), 0});
    check_random_lists(inverse_square_rank{}, [](const auto& columns) {
        auto totals = by_definition(columns, [](std::size_t rank, std::size_t) {
            return rank == 0 ? 0.0 : 1 / (real(rank) * real(rank));
        });
        for (std::size_t row = 0; row < totals.size(); ++row) {
            double count = 0;
            for (const auto& column : columns)
                count += !std::isnan(column[row]);
            totals[row] *= count;
        }
        return totals;
    });
}

TEST_CASE("what each component adds to fused ranks, by hand") {
    using maps = std::vector<affine_map>;
    // Row 0 has ranks 1 and 2, and is not in the third list.
    const auto table = tables::table({{4, 2, -1}, {5, nothing, 8}, {nothing, 1, nothing}});
    const auto of = [&](const auto& fusion, std::size_t row) {
        return tables::contributions(fusion, table, row);
    };
    CHECK(of(reciprocal_rank_fusion{}, 0) == maps{{1.0 / 61 / 4, 0}, {1.0 / 62 / 5, 0}, {0, 0}});
    // Three candidates: 3 points and 2; the third list ranked one, and leaves (3 − 1 + 1)/2 to others.
    CHECK(of(borda{}, 0) == maps{{0.75, 0}, {0.4, 0}, {0, 1.5}});
    CHECK(of(inverse_square_rank{}, 0) == maps{{2.0 / 4, 0}, {2 * 0.25 / 5, 0}, {0, 0}});
    // Nothing to share where the score is not positive.
    CHECK(of(borda{}, 2) == maps{{0, 1}, {3.0 / 8, 0}, {0, 1.5}});
    CHECK(of(borda{}, 1) == maps{{1, 0}, {0, 1}, {3, 0}}); // two of three ranked: (3 − 2 + 1)/2
    tables::check_contributions(reciprocal_rank_fusion{{.k = 2}});
    tables::check_contributions(borda{});
    tables::check_contributions(inverse_square_rank{});
}
