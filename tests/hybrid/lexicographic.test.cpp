// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/lexicographic.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <cmath>
#include <vector>

using namespace hybrec;
using tables::combined;
using tables::nothing;

static_assert(explaining_combiner<lexicographic> && archivable<lexicographic>);

TEST_CASE("lexicographic: the second component refines the first one's steps") {
    const lexicographic cascade{{.step = 0.5}};
    SUBCASE("by hand") {
        // Steps 2, 2, 1, −1 (of −0.1), none.
        CHECK(combined(cascade,
                       tables::table({{1.2F, 1.0F, 0.6F, -0.1F, nothing}, {1, 2, 9, 9, 99}})) ==
              std::vector<float>{0.8F, 1, 0.6F, 0.4F, 0.2F});
        // Without a step the first component decides where it can; equal items share a place.
        CHECK(combined(lexicographic{}, tables::table({{1.2F, 1.0F, 1.0F}, {1, 2, 2}})) ==
              std::vector<float>{1, 0.5F, 0.5F});
        // What the second did not score comes last in its step.
        CHECK(combined(cascade, tables::table({{1, 1, 0}, {nothing, -5, 3}})) ==
              std::vector<float>{static_cast<float>(1 - 1.0 / 3), 1,
                                 static_cast<float>(1 - 2.0 / 3)});
    }
    SUBCASE("what each component adds, by hand") {
        // The first alone: steps 2, 2, 1, −1, none, so places 1, 1, 3/4, 2/4, 1/4.
        const auto scores = tables::table({{1.2F, 1.0F, 0.6F, -0.1F, nothing}, {1, 2, 9, -9, 99}});
        const auto added = [&](std::size_t row, std::size_t component) {
            const affine_map map = tables::contributions(cascade, scores, row)[component];
            CHECK((map.scale == 0 || map.shift == 0));
            return map;
        };
        CHECK(added(0, 0).scale == doctest::Approx(1 / 1.2));
        CHECK(added(0, 1).scale == doctest::Approx(0.8 - 1));
        CHECK(added(2, 0).scale == doctest::Approx(0.75 / 0.6));
        CHECK(added(2, 1).scale == doctest::Approx((0.6 - 0.75) / 9));
        CHECK(added(3, 0).shift == doctest::Approx(0.5)); // no positive score to share it
        CHECK(added(3, 1).shift == doctest::Approx(0.4 - 0.5));
        CHECK(added(4, 0).shift == doctest::Approx(0.25));
        CHECK(added(4, 1).scale == doctest::Approx((0.2 - 0.25) / 99));
        tables::check_contributions(cascade);
        tables::check_contributions(lexicographic{});
    }
    SUBCASE("against all pairs") {
        const auto columns = tables::random_columns(3, 120, 9);
        const auto scores = combined(cascade, tables::table(columns));
        const auto key = [&](std::size_t row) {
            std::vector<double> parts;
            for (std::size_t k = 0; k < 3; ++k) {
                const auto score = static_cast<double>(columns[k][row]);
                parts.push_back(std::isnan(score) ? -1e9 : k < 2 ? std::floor(score / 0.5) : score);
            }
            return parts;
        };
        for (std::size_t left = 0; left < 120; ++left)
            for (std::size_t right = 0; right < 120; ++right) {
                CHECK((scores[left] > scores[right]) == (key(left) > key(right)));
            }
        const auto other = tables::shuffle(columns, 4);
        const auto found = combined(cascade, tables::table(other.scores, other.items));
        for (std::size_t row = 0; row < 120; ++row)
            CHECK(found[row] == scores[other.order[row]]);
    }
    SUBCASE("limits") {
        CHECK(combined(cascade, tables::table({{}})).empty());
        CHECK(combined(cascade, tables::table({{1.2F, 1.4F}})) == std::vector<float>{0.5F, 1});
        CHECK(combined(cascade, tables::table({{nothing, nothing}})) == std::vector<float>{1, 1});
        CHECK_THROWS_AS((void)lexicographic{{.step = -1}}, option_error);
        CHECK(tables::round_trip(cascade) == cascade);
    }
}
