// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/score_fusion.hpp>

#include "tables.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using tables::combined;
using tables::nothing;

static_assert(explaining_combiner<comb_sum<>> && explaining_combiner<comb_mnz<z_score>> &&
              explaining_combiner<comb_anz<as_is>>);
static_assert(archivable<comb_sum<>>);
static_assert(comb_sum<min_max>::kind == score_kind::preference);
static_assert(!makes_own_kind<comb_sum<as_is>>);

TEST_CASE("CombSUM, CombMNZ and CombANZ by hand") {
    const auto table = tables::table(
        {{1, nothing, 2, nothing}, {3, 5, nothing, nothing}, {2, 1, nothing, nothing}});
    CHECK(combined(comb_sum<as_is>{}, table) == std::vector<float>{6, 6, 2, 0});
    CHECK(combined(comb_mnz<as_is>{}, table) == std::vector<float>{18, 12, 2, 0});
    CHECK(combined(comb_anz<as_is>{}, table) == std::vector<float>{2, 3, 2, 0});
    // min_max: (0, ·, 1, ·), (0, 1, ·, ·), (1, 0, ·, ·)
    CHECK(combined(comb_mnz<>{}, table) == std::vector<float>{3, 2, 1, 0});
    CHECK(combined(comb_sum<>{}, tables::table({{}})).empty());

    // The same sums by components: of row 1, which two scored, and of row 2.
    using maps = std::vector<affine_map>;
    const auto of = [&](const auto& fusion, std::size_t row) {
        return tables::contributions(fusion, table, row);
    };
    CHECK(of(comb_sum<as_is>{}, 1) == maps{{0, 0}, {1, 0}, {1, 0}});
    CHECK(of(comb_mnz<as_is>{}, 1) == maps{{0, 0}, {2, 0}, {2, 0}});
    CHECK(of(comb_anz<as_is>{}, 1) == maps{{0, 0}, {0.5, 0}, {0.5, 0}});
    CHECK(of(comb_mnz<>{}, 1) == maps{{0, 0}, {1, -3}, {2, -2}}); // 2·(s − 3)/2, 2·(s − 1)
    CHECK(of(comb_mnz<>{}, 2) == maps{{1, -1}, {0, 0}, {0, 0}});
    tables::check_contributions(comb_sum<sigmoid>{});
    tables::check_contributions(comb_mnz<percentile_rank>{});
    tables::check_contributions(comb_anz<z_score>{});
    CHECK(combined(comb_anz<as_is>{}, tables::table({{4, 1}})) == std::vector<float>{4, 1});
    CHECK(tables::round_trip(comb_mnz<sigmoid>{sigmoid{{.scale = 2}}}) ==
          comb_mnz<sigmoid>{sigmoid{{.scale = 2}}});
    CHECK(comb_anz<>::type_name() == "comb_anz<min_max>");
}
