// SPDX-License-Identifier: MIT
#include <hybrec/hybrid/normalize_column.hpp>

#include "tables.hpp"

#include <hybrec/hybrid/normalizers.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace hybrec;
using tables::nothing;

TEST_CASE("a column is normalized over the items that its component scored") {
    // A missing item counted as 0 would be the lowest.
    auto table = tables::table({{4, nothing, 2, 3}, {4, 0, 2, 3}});
    normalizing_workspace<min_max> memory;
    std::vector<float> scratch;
    CHECK(scored_rows(table, 0, scratch).size() == 3);
    CHECK(scored_rows(table, 1, scratch).data() == table.scores(1).data());
    normalize_column(min_max{}, table, 0, memory);
    normalize_column(min_max{}, table, 1, memory);
    const auto column = [&](std::size_t k) {
        return std::vector<float>(table.scores(k).begin(), table.scores(k).end());
    };
    CHECK(column(0) == std::vector<float>{1, 0, 0, 0.5F});
    CHECK(column(1) == std::vector<float>{1, 0, 0.5F, 0.75F});

    auto silent = tables::table({{nothing, nothing}});
    normalize_column(min_max{}, silent, 0, memory);
    CHECK(silent.scores(0)[0] == 0);
}
